import type { Operation } from '../operation';
import { taskLocator } from '../taskLists';
import { creationRequest } from './creation';
import { requiredPrompt } from './prompt';
import { createVideos } from './takes';

const sourceField = taskLocator('searchCompletedTasks', {
	displayName: 'Source Task ID',
	name: 'sourceTaskId',
	description:
		'The completed task whose video is to be continued: by default that of the incoming item',
	hint: 'A continuation is paid like a new video: about $0.20',
});

/** A continuation's length. */
const SECONDS = 5;

export const extend: Operation = {
	fields: [sourceField],
	execute: createVideos(async (parameters) => {
		const id = parameters.taskId(sourceField);
		const prompt = requiredPrompt(parameters);
		const keyFrames = { frame0: { type: 'generation', id } };
		return await creationRequest(parameters, {
			taskType: 'extend_video',
			prompt,
			seconds: SECONDS,
			input: { prompt: prompt.text, key_frames: keyFrames },
		});
	}),
};
