import type { INodeProperties } from 'n8n-workflow';

import { sceneHints } from '../../prompt/storyboard';
import type { Parameters } from '../parameters';
import { guidedField, guidedParameter } from './guided';
import { storyboardField, storyboardParameter } from './storyboard';

/** The ways to say what the video shows. */
export const promptModeField: INodeProperties = {
	displayName: 'Prompt Mode',
	name: 'promptMode',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Text', value: 'text', description: 'Write the prompt yourself' },
		{
			name: 'Guided',
			value: 'guided',
			description: 'Fill in the parts; the node puts them in the order that Luma follows best',
		},
		{
			name: 'Storyboard',
			value: 'storyboard',
			description: 'One subject in several scenes with one style',
		},
	],
	default: 'text',
	description: 'How to say what the video shows',
};

/** For videos that nothing but the prompt describes. */
export const promptField: INodeProperties = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	required: true,
	placeholder:
		'e.g. A red fox is trotting along a snowy ridge at dawn, powder drifting behind it, camera orbits left, soft golden light',
	displayOptions: { show: { promptMode: ['text'] } },
	description:
		'What the video shows, best in English with 15 to 200 words: who or what, what it is doing, where, one camera move, the light. Say what should be there rather than what should not.',
};

/** For videos from images, which show already who is where. */
export const motionPromptField: INodeProperties = {
	...promptField,
	required: false,
	placeholder:
		'e.g. Steam is rising from the cup, a hand is stirring slowly, camera pushes in, soft morning light',
	description:
		'What moves in the image and what the camera does, best in English. The image itself shows who or what is where.',
	hint: 'Without a prompt, Luma is asked for gentle, natural motion. The video has 5 seconds and costs about $0.20.',
};

/** What the modes besides Text ask for. */
export const composingFields: INodeProperties[] = [guidedField, storyboardField];

/** The prompt of an item, and how it was given; its text is empty when there is none. */
export type ItemPrompt =
	| { mode: 'text'; text: string }
	| { mode: 'guided'; text: string }
	| { mode: 'storyboard'; text: string; sceneCount: number };

/** @throws NodeOperationError when what was given cannot be used */
export function promptParameter(parameters: Parameters): ItemPrompt {
	const mode = parameters.choice<ItemPrompt['mode']>(promptModeField);
	switch (mode) {
		case 'text':
			return { mode, text: parameters.text(promptField) };
		case 'guided':
			return { mode, text: guidedParameter(parameters) };
		case 'storyboard':
			return { mode, ...storyboardParameter(parameters) };
	}
}

/** @throws NodeOperationError when there is no prompt */
export function requiredPrompt(parameters: Parameters): ItemPrompt {
	const prompt = promptParameter(parameters);
	if (prompt.text !== '') return prompt;
	throw parameters.error(
		'The prompt is empty',
		'Describe what the video should show. If the prompt comes from another node, check that this item has it.',
	);
}

/**
 * What a person should know about a prompt that the node put together: its text, and how short its
 * scenes become.
 *
 * @param sent the prompt in the request
 * @param seconds length of the video
 */
export function composedPromptHints(
	prompt: ItemPrompt,
	sent: string | null,
	seconds: number,
): string[] {
	if (prompt.mode === 'text' || !sent) return [];
	const shown = `The prompt of this video: “${sent}”`;
	return prompt.mode === 'guided' ? [shown] : [shown, ...sceneHints(prompt.sceneCount, seconds)];
}
