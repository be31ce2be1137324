import type { INodeProperties } from 'n8n-workflow';

import { promptOf } from '../../jobs/hints';
import { taskIdParameter } from '../validation';
import type { Operation } from '../operation';
import { taskLocator } from '../taskLocator';
import { creationRequest } from './creation';
import { composedPromptHints, requiredPrompt } from './prompt';
import { createVideos } from './takes';

const fields: INodeProperties[] = [
	taskLocator('searchCompletedTasks', {
		displayName: 'Source Task ID',
		name: 'sourceTaskId',
		description: 'The completed task whose video is to be continued',
		hint: 'A continuation is paid like a new video: about $0.20',
	}),
];

/** A continuation's length. */
const SECONDS = 5;

export const extend: Operation = {
	fields,
	execute: createVideos(async (context, itemIndex) => {
		const id = taskIdParameter(context, itemIndex, {
			name: 'sourceTaskId',
			label: 'Source Task ID',
		});
		const prompt = requiredPrompt(context, itemIndex);
		const keyFrames = { frame0: { type: 'generation', id } };
		const request = await creationRequest(
			context,
			itemIndex,
			{ prompt: prompt.text, key_frames: keyFrames },
			'extend_video',
		);
		return { ...request, hints: composedPromptHints(prompt, promptOf(request), SECONDS) };
	}),
};
