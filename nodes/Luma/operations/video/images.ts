import { createHash } from 'node:crypto';
import type { IBinaryData, INodeProperties } from 'n8n-workflow';

import type { ImageSize } from '../../images/facts';
import type { ImageUpload, VideoImage } from '../../jobs/request';
import { shortened } from '../../messages/items';
import { canBeFetched } from '../../piapi/addresses';
import { credentialOf } from '../../piapi/credential';
import { imageContent, imageTypeOf, type ImageContent, type ImageType } from '../../piapi/images';
import { UPLOAD_LIMIT_BYTES, uploadName } from '../../piapi/upload';
import { fileBytes, inputFiles, knownBytes } from '../files';
import type { Parameters } from '../parameters';
import { DAMAGED, imageProblem } from './imageFit';
import { shareServiceOf } from './shareLinks';

type ImageSource = 'none' | 'binary' | 'url';

/** One end of the video, and the fields of its image. */
interface End {
	/** The image in PiAPI's request. */
	input: ImageUpload['field'];
	label: string;
	source: INodeProperties;
	address: INodeProperties;
	/** Names the binary field with the file. */
	property: INodeProperties;
}

function endOf(name: 'start' | 'end', frame: string, defaultSource: ImageSource): End {
	const label = name === 'start' ? 'Start Image' : 'End Image';
	return {
		input: `${name}_image`,
		label,
		source: {
			displayName: label,
			name: `${name}ImageSource`,
			type: 'options',
			options: [
				{ name: 'None', value: 'none' },
				{
					name: 'Input Data',
					value: 'binary',
					description: 'A file of an earlier node. Needs the Creator plan of PiAPI.',
				},
				{ name: 'Web Address', value: 'url', description: 'An image that is online' },
			],
			default: defaultSource,
			description: `Where the ${frame} frame of the video comes from`,
		},
		address: {
			displayName: `${label} URL`,
			name: `${name}ImageUrl`,
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://example.com/image.png',
			displayOptions: { show: { [`${name}ImageSource`]: ['url'] } },
			description: 'Link to a JPG, PNG or WebP image that anyone can open, without a login',
		},
		property: {
			displayName: `Input Binary Field (${label})`,
			name: `${name}ImageBinaryProperty`,
			type: 'string',
			default: 'data',
			required: true,
			placeholder: 'e.g. data',
			displayOptions: { show: { [`${name}ImageSource`]: ['binary'] } },
			description:
				'The name of the input binary field containing the image: JPG, PNG or WebP, at most 10 MB. PiAPI keeps it for 24 hours.',
			hint: 'The name of the input binary field containing the image. A file that is the only one of its item is taken whatever its field is called.',
		},
	};
}

const START = endOf('start', 'first', 'url');
const END = endOf('end', 'last', 'none');

/** Where the images of a video come from. */
export const imageFields: INodeProperties[] = [START, END].flatMap(
	({ source, address, property }) => [source, address, property],
);

/** An image that the video begins or ends with. */
interface Frame {
	/** Its field in the request, and what is sent: an address, or the reference of an image that has none yet. */
	input: ImageUpload['field'];
	value: string;
	image: VideoImage;
	upload?: ImageUpload;
}

/**
 * The images that an item's video begins and ends with.
 *
 * @throws NodeOperationError when there is none, or one cannot be used
 */
export async function framesOf(parameters: Parameters): Promise<Frame[]> {
	const frames = [await frameOf(parameters, START), await frameOf(parameters, END)];
	const found = frames.filter((frame) => frame !== undefined);
	if (found.length > 0) return found;
	throw parameters.error(
		'There is no image',
		"Choose a 'Start Image', an 'End Image' or both. For a video without an image use Text to Video.",
	);
}

async function frameOf(parameters: Parameters, end: End): Promise<Frame | undefined> {
	const { input, label } = end;
	switch (parameters.choice<ImageSource>(end.source)) {
		case 'none':
			return undefined;
		case 'url': {
			const url = await imageAddress(parameters, end);
			return { input, value: url, image: { label, url } };
		}
		case 'binary': {
			const { upload, size } = await imageFile(parameters, end);
			return { input, value: upload.reference, image: { label, size }, upload };
		}
	}
}

const ADDRESS_REMEDY =
	'Enter the complete link to an image that anyone can open, such as https://example.com/image.png.';

async function imageAddress(parameters: Parameters, { address }: End): Promise<string> {
	const { displayName } = address;
	const url = parameters.webAddress(address, ADDRESS_REMEDY);
	const share = shareServiceOf(url);
	if (share) {
		throw parameters.error(
			`'${displayName}' is a share link of ${share.name}: it shows a page, not the image`,
			`Use ${share.direct(url)}, and let everyone open it who has the link.`,
		);
	}
	const { baseUrl } = await credentialOf(parameters.context, parameters.itemIndex);
	if (canBeFetched(url, baseUrl)) return url.href;
	throw parameters.error(
		`PiAPI cannot open '${address.displayName}' at ${shortened(url.origin)}, which is in a private network`,
		`${ADDRESS_REMEDY} Or bring the image as a file and set it to Input Data.`,
	);
}

/**
 * Checks an image among the item's files by size and content, before anything is sent. Keeps no bytes: what
 * is to be uploaded is read again, so that 100 items do not hold 100 images.
 */
async function imageFile(
	parameters: Parameters,
	end: End,
): Promise<{ upload: ImageUpload; size: ImageSize }> {
	const { context, itemIndex } = parameters;
	const property = binaryFieldOf(parameters, end);
	const file = binaryFile(parameters, end, property);
	checkBytes(parameters, end, await knownBytes(parameters, file));

	const bytes = await fileBytes(parameters, `'${end.label}'`, property);
	checkBytes(parameters, end, bytes.length);
	const { type, size } = checkedContent(parameters, end, bytes, file.fileName ?? property);
	const upload = {
		field: end.input,
		reference: `upload:${createHash('sha256').update(bytes).digest('hex')}`,
		fileName: uploadName(file.fileName, type),
		read: async () => await context.helpers.getBinaryDataBuffer(itemIndex, property),
	};
	return { upload, size };
}

/** @throws NodeOperationError for what PiAPI does not take, and for an image that cannot become a video */
function checkedContent(
	parameters: Parameters,
	{ label }: End,
	bytes: Buffer,
	name: string,
): { type: ImageType; size: ImageSize } {
	const content = imageContent(bytes);
	const type = imageTypeOf(bytes);
	const problem = imageProblem(type ? content : asOther(content));
	if (type && content.type === 'still' && !problem) return { type, size: content.size };
	const { what, remedy } = problem ?? DAMAGED;
	const source = type ? '' : `, going by the content of “${shortened(name)}”`;
	throw parameters.error(`'${label}' ${what}${source}`, remedy);
}

/** PiAPI takes no GIF as a file. */
function asOther(content: ImageContent): ImageContent {
	if ('kind' in content) return content;
	return { type: 'other', kind: content.type === 'damaged' ? undefined : 'a GIF' };
}

/**
 * The binary field with the image: the named one, or the only one of the item. With two images from files
 * the names count, so that one file is not taken for both.
 */
function binaryFieldOf(parameters: Parameters, end: End): string {
	const names = Object.keys(inputFiles(parameters));
	const other = end === START ? END : START;
	const isOtherFromFile = parameters.value(other.source) === 'binary';
	return names.length === 1 && !isOtherFromFile ? names[0] : parameters.text(end.property);
}

function binaryFile(
	parameters: Parameters,
	{ label, property: { displayName } }: End,
	property: string,
): IBinaryData {
	const { context, itemIndex } = parameters;
	const names = Object.keys(inputFiles(parameters));
	if (names.includes(property)) return context.helpers.assertBinaryData(itemIndex, property);
	throw parameters.error(
		property === ''
			? `'${displayName}' is empty`
			: `'${label}' finds no file in the binary field “${shortened(property)}”`,
		names.length > 0
			? `Set '${displayName}' to one that this item has: ${shortened(names.join(', '))}.`
			: `Connect a node that brings the image as a file, such as HTTP Request or Read/Write Files: this item has no files. Or set '${label}' to Web Address.`,
	);
}

const MB = 1024 * 1024;

function checkBytes(parameters: Parameters, { label }: End, bytes: number | undefined): void {
	if (bytes === undefined || (bytes > 0 && bytes <= UPLOAD_LIMIT_BYTES)) return;
	throw parameters.error(
		bytes === 0
			? `'${label}' is an empty file`
			: `'${label}' has ${(bytes / MB).toFixed(1)} MB, but PiAPI takes up to ${UPLOAD_LIMIT_BYTES / MB} MB`,
		'Use a smaller image, for example by resizing it with the Edit Image node, or host it and enter its link.',
	);
}
