import type { INodeProperties } from 'n8n-workflow';

import { ASPECT_RATIOS } from '../../piapi/images';
import type { Operation } from '../operation';
import { creationRequest } from './creation';
import { aspectRatioField } from './model';
import { requiredPrompt } from './prompt';
import { createVideos } from './takes';

const durationField: INodeProperties = {
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
};

export const textToVideo: Operation = {
	fields: [durationField],
	execute: createVideos(async (parameters) => {
		const prompt = requiredPrompt(parameters);
		const seconds = parameters.choice<number>(durationField);
		const input = {
			prompt: prompt.text,
			duration: seconds,
			aspect_ratio: parameters.choice(aspectRatioField, ASPECT_RATIOS),
		};
		return await creationRequest(parameters, { prompt, seconds, input });
	}),
};
