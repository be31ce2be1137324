import { createHash } from 'node:crypto';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import type { FrameImage } from '../../jobs/request';
import { imageTypeOf, UPLOAD_LIMIT_BYTES, uploadName } from '../../piapi/files';
import { imageHeaderOf, type ImageSize } from '../../piapi/imageSize';
import { validationError } from '../validation';
import { pictureProblem } from './pictureCheck';

/** Where an image of the item is, and what it becomes. */
interface FrameField {
	/** The image's name for people, such as Start Image. */
	label: string;
	/** The binary field that holds the file. */
	property: string;
	field: FrameImage['field'];
}

/**
 * Checks an image among the item's files by size and content, before anything is sent. Keeps no
 * bytes: what is to be uploaded is read again, so that 100 items do not hold 100 pictures.
 *
 * @throws NodeOperationError when there is no such file, or it is no image that PiAPI takes
 */
export async function frameImage(
	context: IExecuteFunctions,
	itemIndex: number,
	frame: FrameField,
): Promise<{ image: FrameImage; size: ImageSize }> {
	const { label, property, field } = frame;
	const file = binaryFile(context, itemIndex, frame);
	checkSize(context, itemIndex, label, await knownSize(context, file));

	const bytes = await bytesOf(context, itemIndex, frame);
	checkSize(context, itemIndex, label, bytes.length);
	const type = imageTypeOf(bytes);
	if (!type) {
		throw validationError(
			context,
			itemIndex,
			`'${label}' is not a JPG, PNG or WebP image, going by the content of “${file.fileName ?? property}”`,
			'Use an image of one of these kinds, for example by converting it with the Edit Image node.',
		);
	}
	const image = {
		field,
		reference: `upload:${createHash('sha256').update(bytes).digest('hex')}`,
		fileName: uploadName(file.fileName, type),
		read: async () => await context.helpers.getBinaryDataBuffer(itemIndex, property),
	};
	return { image, size: sizeOf(context, itemIndex, label, bytes) };
}

/** The label of the field that names the file of an image. */
export function inputFieldLabel(label: string): string {
	return `Input Binary Field (${label})`;
}

/** @throws NodeOperationError when the picture's header is broken, or it is no picture for a video */
function sizeOf(
	context: IExecuteFunctions,
	itemIndex: number,
	label: string,
	bytes: Buffer,
): ImageSize {
	const header = imageHeaderOf(bytes);
	const problem = pictureProblem(header);
	if (header.type === 'still' && !problem) return header.size;
	throw validationError(
		context,
		itemIndex,
		`'${label}' ${problem?.what ?? 'has a damaged beginning, so that its size cannot be read'}`,
		problem?.remedy ?? 'Open the image, save it again as PNG or JPG, and use that file.',
	);
}

function binaryFile(
	context: IExecuteFunctions,
	itemIndex: number,
	{ label, property }: FrameField,
): IBinaryData {
	const { binary = {} } = context.getInputData()[itemIndex];
	if (property in binary) return context.helpers.assertBinaryData(itemIndex, property);
	const names = Object.keys(binary);
	throw validationError(
		context,
		itemIndex,
		property === ''
			? `'${inputFieldLabel(label)}' is empty`
			: `'${label}' finds no file in the binary field “${property}”`,
		names.length > 0
			? `Set '${inputFieldLabel(label)}' to one that this item has: ${names.join(', ')}.`
			: `Connect a node that brings the image as a file, such as HTTP Request or Read/Write Files: this item has no files. Or set '${label}' to Web Address.`,
	);
}

/** The size that n8n noted down, in bytes; undefined where it did not. */
async function knownSize(
	context: IExecuteFunctions,
	{ bytes, id }: IBinaryData,
): Promise<number | undefined> {
	if (bytes !== undefined || !id) return bytes;
	const metadata = await context.helpers.getBinaryMetadata(id).catch(() => undefined);
	return metadata?.fileSize;
}

async function bytesOf(
	context: IExecuteFunctions,
	itemIndex: number,
	{ label, property }: FrameField,
): Promise<Buffer> {
	try {
		return await context.helpers.getBinaryDataBuffer(itemIndex, property);
	} catch {
		throw validationError(
			context,
			itemIndex,
			`'${label}' is no longer in the store of n8n`,
			`Run the node that brings the file in “${property}” again.`,
		);
	}
}

const MB = 1024 * 1024;

function checkSize(
	context: IExecuteFunctions,
	itemIndex: number,
	label: string,
	bytes: number | undefined,
): void {
	if (bytes === undefined || (bytes > 0 && bytes <= UPLOAD_LIMIT_BYTES)) return;
	throw validationError(
		context,
		itemIndex,
		bytes === 0
			? `'${label}' is an empty file`
			: `'${label}' has ${(bytes / MB).toFixed(1)} MB, but PiAPI takes up to ${UPLOAD_LIMIT_BYTES / MB} MB`,
		'Use a smaller image, for example by resizing it with the Edit Image node, or host it and enter its link.',
	);
}
