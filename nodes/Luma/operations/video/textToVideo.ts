import type { INodeProperties } from 'n8n-workflow';

import { mistake, textParameter } from '../checks';
import { generating } from '../generating';
import type { Operation } from '../operation';
import { creationRequest, durationParameter } from './creation';

const fields: INodeProperties[] = [
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		placeholder:
			'e.g. A red fox is trotting along a snowy ridge at dawn, powder drifting behind it, camera orbits left, soft golden light',
		description:
			'What the video shows, in English, 15 to 200 words: who or what, what it is doing, where, one camera move, the light. Say what should be there rather than what should not.',
	},
	{
		displayName: 'Duration',
		name: 'duration',
		type: 'options',
		options: [
			{ name: '5 Seconds', value: 5, description: 'About $0.20' },
			{ name: '10 Seconds', value: 10, description: 'About $0.40' },
		],
		default: 5,
		description: 'Length of the video. Ten seconds cost twice as much as five.',
	},
];

export const textToVideo: Operation = {
	fields,
	execute: generating((context, itemIndex) => {
		const prompt = textParameter(context, 'prompt', itemIndex);
		if (prompt === '') {
			throw mistake(
				context,
				itemIndex,
				'The prompt is empty',
				'Describe what the video should show. If the prompt comes from another node, check that this item has it.',
			);
		}
		return creationRequest(context, itemIndex, {
			prompt,
			duration: durationParameter(context, itemIndex, [5, 10]),
		});
	}),
};
