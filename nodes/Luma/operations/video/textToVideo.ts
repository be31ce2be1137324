import type { INodeProperties } from 'n8n-workflow';

import { promptOf } from '../../jobs/hints';
import type { Operation } from '../operation';
import { aspectRatioParameter } from './aspectRatio';
import { creationRequest, durationParameter } from './creation';
import { composedPromptHints, requiredPrompt } from './prompt';
import { createVideos } from './takes';

const fields: INodeProperties[] = [
	{
		displayName: 'Duration',
		name: 'duration',
		type: 'options',
		options: [
			{ name: '5 Seconds', value: 5, description: 'About $0.20' },
			{ name: '10 Seconds', value: 10, description: 'About $0.40' },
		],
		default: 5,
		description: 'Length of the video in seconds, 5 or 10. Ten seconds cost twice as much as five.',
		hint: 'Each video is paid from your PiAPI balance: about $0.20 for 5 seconds, $0.40 for 10',
	},
];

export const textToVideo: Operation = {
	fields,
	execute: createVideos(async (context, itemIndex) => {
		const prompt = requiredPrompt(context, itemIndex);
		const duration = durationParameter(context, itemIndex);
		const request = await creationRequest(context, itemIndex, {
			prompt: prompt.text,
			duration,
			aspect_ratio: aspectRatioParameter(context, itemIndex),
		});
		return { ...request, hints: composedPromptHints(prompt, promptOf(request), duration) };
	}),
};
