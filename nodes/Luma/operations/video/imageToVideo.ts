import { ASPECT_RATIOS, MATCH_IMAGE } from '../../piapi/images';
import type { Operation } from '../operation';
import { creationRequest } from './creation';
import { framesOf, imageFields } from './images';
import { imageAspectRatioField } from './model';
import { promptParameter } from './prompt';
import { createVideos } from './takes';

// PiAPI requires a prompt with every image; this one adds nothing of its own.
const NEUTRAL_PROMPT = 'The scene comes to life with gentle, natural motion.';

/** The length of all videos from images. */
const SECONDS = 5;

export const imageToVideo: Operation = {
	fields: imageFields,
	execute: createVideos(async (parameters) => {
		const frames = await framesOf(parameters);
		const prompt = promptParameter(parameters);
		const input = {
			prompt: prompt.text || NEUTRAL_PROMPT,
			duration: SECONDS,
			aspect_ratio: parameters.choice(imageAspectRatioField, [...ASPECT_RATIOS, MATCH_IMAGE]),
			...Object.fromEntries(frames.map((frame) => [frame.input, frame.value])),
		};
		return {
			...(await creationRequest(parameters, { prompt, seconds: SECONDS, input })),
			videoImages: frames.map(({ image }) => image),
			uploads: frames.flatMap(({ upload }) => upload ?? []),
		};
	}),
};
