import type { INodeProperties } from 'n8n-workflow';

import { validationError } from '../validation';
import { createJobs } from '../createJobs';
import type { Operation } from '../operation';
import { aspectRatioParameter, creationRequest, durationParameter } from './creation';
import { END, frameFields, frameOf, START } from './frame';
import { promptParameter } from './prompt';

// PiAPI requires a prompt with every image; this one adds nothing of its own.
const NEUTRAL_PROMPT = 'The scene comes to life with gentle, natural motion.';

const fields: INodeProperties[] = [...frameFields(START), ...frameFields(END)];

/** Asked after the prompt. */
export const imageDurationField: INodeProperties = {
	displayName: 'Duration',
	name: 'duration',
	type: 'options',
	options: [{ name: '5 Seconds', value: 5, description: 'About $0.20' }],
	default: 5,
	description: 'Length of the video in seconds. From images Luma always makes 5.',
	hint: 'Each video is paid from your PiAPI balance: about $0.20. Without a prompt, Luma is asked for gentle, natural motion.',
};

export const imageToVideo: Operation = {
	fields,
	execute: createJobs(async (context, itemIndex) => {
		const start = await frameOf(context, itemIndex, START);
		const end = await frameOf(context, itemIndex, END);
		if (!start && !end) {
			throw validationError(
				context,
				itemIndex,
				'There is no image',
				'Choose a Start Image, an End Image or both. For a video without an image use Text to Video.',
			);
		}
		const request = await creationRequest(context, itemIndex, {
			prompt: promptParameter(context, itemIndex) || NEUTRAL_PROMPT,
			duration: durationParameter(context, itemIndex, [5]),
			aspect_ratio: aspectRatioParameter(context, itemIndex),
			...(start && { start_image: start.value }),
			...(end && { end_image: end.value }),
		});
		const images = [start?.image, end?.image].filter((image) => image !== undefined);
		return { ...request, images };
	}),
};
