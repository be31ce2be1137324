import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { choice, imageAddress, mistake, textParameter } from '../checks';
import { generating } from '../generating';
import type { Operation } from '../operation';
import { aspectRatioParameter, creationRequest, durationParameter } from './creation';
import { promptParameter } from './prompt';

const IMAGE_SOURCES = ['none', 'url'] as const;

// PiAPI requires a prompt with every image; this one adds nothing of its own.
const NEUTRAL_PROMPT = 'The scene comes to life with gentle, natural motion.';

const fields: INodeProperties[] = [
	...frameFields({ frame: 'start', label: 'Start Image', defaultSource: 'url' }),
	...frameFields({ frame: 'end', label: 'End Image', defaultSource: 'none' }),
	{
		displayName: 'Duration',
		name: 'duration',
		type: 'options',
		options: [{ name: '5 Seconds', value: 5, description: 'About $0.20' }],
		default: 5,
		description: 'Length of the video in seconds. From images Luma always makes 5.',
		hint: 'Each video is paid from your PiAPI balance: about $0.20. Without a prompt, Luma is asked for gentle, natural motion.',
	},
];

function frameFields({
	frame,
	label,
	defaultSource,
}: {
	frame: 'start' | 'end';
	label: string;
	defaultSource: 'none' | 'url';
}): INodeProperties[] {
	return [
		{
			displayName: label,
			name: `${frame}ImageSource`,
			type: 'options',
			options: [
				{ name: 'None', value: 'none' },
				{ name: 'Web Address', value: 'url', description: 'A picture that is online' },
			],
			default: defaultSource,
			description: `Where the ${frame === 'start' ? 'first' : 'last'} frame of the video comes from`,
		},
		{
			displayName: `${label} URL`,
			name: `${frame}ImageUrl`,
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://example.com/photo.jpg',
			displayOptions: { show: { [`${frame}ImageSource`]: ['url'] } },
			description: 'Address of a JPG, PNG or WebP picture that anyone can open, without a login',
		},
	];
}

export const imageToVideo: Operation = {
	fields,
	execute: generating((context, itemIndex) => {
		const startImage = frameAddress(context, itemIndex, 'start', 'Start Image');
		const endImage = frameAddress(context, itemIndex, 'end', 'End Image');
		if (startImage === undefined && endImage === undefined) {
			throw mistake(
				context,
				itemIndex,
				'There is no image',
				'Choose a Start Image, an End Image or both. For a video without an image use Text to Video.',
			);
		}
		return creationRequest(context, itemIndex, {
			prompt: promptParameter(context, itemIndex) || NEUTRAL_PROMPT,
			duration: durationParameter(context, itemIndex, [5]),
			aspect_ratio: aspectRatioParameter(context, itemIndex),
			...(startImage !== undefined && { start_image: startImage }),
			...(endImage !== undefined && { end_image: endImage }),
		});
	}),
};

function frameAddress(
	context: IExecuteFunctions,
	itemIndex: number,
	frame: 'start' | 'end',
	label: string,
): string | undefined {
	const source = choice(context, itemIndex, {
		label,
		value: context.getNodeParameter(`${frame}ImageSource`, itemIndex),
		values: IMAGE_SOURCES,
	});
	if (source === 'none') return undefined;
	return imageAddress(
		context,
		itemIndex,
		`${label} URL`,
		textParameter(context, `${frame}ImageUrl`, itemIndex),
	);
}
