import type { INodeProperties } from 'n8n-workflow';

import { promptOf } from '../../jobs/hints';
import { validationError } from '../validation';
import type { Operation } from '../operation';
import { pictureAspectRatioParameter } from './aspectRatio';
import { creationRequest } from './creation';
import { END, frameFields, frameOf, START } from './frame';
import { composedPromptHints, promptParameter } from './prompt';
import { createVideos } from './takes';

// PiAPI requires a prompt with every image; this one adds nothing of its own.
const NEUTRAL_PROMPT = 'The scene comes to life with gentle, natural motion.';

const fields: INodeProperties[] = [...frameFields(START), ...frameFields(END)];

/** The length of all videos from images, in seconds. */
const SECONDS = 5;

export const imageToVideo: Operation = {
	fields,
	execute: createVideos(async (context, itemIndex) => {
		const start = await frameOf(context, itemIndex, START);
		const end = await frameOf(context, itemIndex, END);
		if (!start && !end) {
			throw validationError(
				context,
				itemIndex,
				'There is no image',
				"Choose a 'Start Image', an 'End Image' or both. For a video without an image use Text to Video.",
			);
		}
		const prompt = promptParameter(context, itemIndex);
		const request = await creationRequest(context, itemIndex, {
			prompt: prompt.text || NEUTRAL_PROMPT,
			duration: SECONDS,
			aspect_ratio: pictureAspectRatioParameter(context, itemIndex),
			...(start && { start_image: start.value }),
			...(end && { end_image: end.value }),
		});
		const frames = [start, end].filter((frame) => frame !== undefined);
		const pictures = frames.map(({ picture }) => picture);
		const images = frames.flatMap(({ image }) => image ?? []);
		const hints = composedPromptHints(prompt, promptOf(request), SECONDS);
		return { ...request, pictures, images, hints };
	}),
};
