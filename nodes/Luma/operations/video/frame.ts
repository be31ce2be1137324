import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { FrameImage, FramePicture } from '../../jobs/request';
import { choice, stringParameter } from '../validation';
import { frameImage, inputFieldLabel } from './frameImage';
import { imageAddress } from './imageAddress';

const IMAGE_SOURCES = ['none', 'binary', 'url'] as const;

/** One end of the video, and what its fields are called. */
interface End {
	name: 'start' | 'end';
	label: string;
	defaultSource: (typeof IMAGE_SOURCES)[number];
}

export const START: End = { name: 'start', label: 'Start Image', defaultSource: 'url' };
export const END: End = { name: 'end', label: 'End Image', defaultSource: 'none' };

export function frameFields({ name, label, defaultSource }: End): INodeProperties[] {
	return [
		{
			displayName: label,
			name: `${name}ImageSource`,
			type: 'options',
			options: [
				{ name: 'None', value: 'none' },
				{
					name: 'Input Data',
					value: 'binary',
					description: 'A file that an earlier node brought. Needs the Creator plan of PiAPI.',
				},
				{ name: 'Web Address', value: 'url', description: 'An image that is online' },
			],
			default: defaultSource,
			description: `Where the ${name === 'start' ? 'first' : 'last'} frame of the video comes from`,
		},
		{
			displayName: `${label} URL`,
			name: `${name}ImageUrl`,
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://example.com/image.png',
			displayOptions: { show: { [`${name}ImageSource`]: ['url'] } },
			description: 'Link to a JPG, PNG or WebP image that anyone can open, without a login',
		},
		{
			displayName: inputFieldLabel(label),
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
	];
}

/** What an end of the video begins or ends with: a value for the request, and the image behind it if it is to be uploaded. */
interface Frame {
	/** An address, or the reference of an image that has none yet. */
	value: string;
	picture: FramePicture;
	image?: FrameImage;
}

/** @throws NodeOperationError when there is to be an image and it cannot be used */
export async function frameOf(
	context: IExecuteFunctions,
	itemIndex: number,
	end: End,
): Promise<Frame | undefined> {
	const { name, label } = end;
	const source = choice(context, itemIndex, {
		label,
		value: context.getNodeParameter(`${name}ImageSource`, itemIndex),
		values: IMAGE_SOURCES,
	});
	if (source === 'none') return undefined;
	if (source === 'url') {
		const url = await imageAddress(context, itemIndex, {
			name: `${name}ImageUrl`,
			label: `${label} URL`,
		});
		return { value: url, picture: { label, url } };
	}
	const { image, size } = await frameImage(context, itemIndex, {
		label,
		property: inputField(context, itemIndex, end),
		field: `${name}_image`,
	});
	return { value: image.reference, picture: { label, size }, image };
}

/**
 * The binary field with the picture: the named one, or the only one of the item. With two pictures from
 * files the names count, so that one file is not taken for both.
 */
function inputField(context: IExecuteFunctions, itemIndex: number, { name }: End): string {
	const names = Object.keys(context.getInputData()[itemIndex].binary ?? {});
	const other = name === 'start' ? END : START;
	const isOtherFromFile =
		context.getNodeParameter(`${other.name}ImageSource`, itemIndex) === 'binary';
	if (names.length === 1 && !isOtherFromFile) return names[0];
	return stringParameter(context, `${name}ImageBinaryProperty`, itemIndex);
}
