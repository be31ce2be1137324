import type { INodeProperties, NodeOperationError } from 'n8n-workflow';

import { shortened } from '../../messages/items';
import { isBlank } from '../../prompt/given';
import { sceneHints } from '../../prompt/storyboard';
import type { Parameters } from '../parameters';
import { guidedField, guidedParameter } from './guided';
import { NOTHING_REMEDY, promptText } from './promptText';
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
			description: 'Fill in the parts; the node puts them in the best order',
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

/** The prompt of an item; its text is empty when there is none. */
export interface ItemPrompt {
	text: string;
	/** What a person should know about how the text came about. */
	hints: string[];
	/** Whether the node put it together, and of how many scenes. */
	sceneCount?: number;
}

/** @throws NodeOperationError when what was given cannot be used */
export function promptParameter(parameters: Parameters): ItemPrompt {
	switch (parameters.choice<'text' | 'guided' | 'storyboard'>(promptModeField)) {
		case 'text':
			return writtenPrompt(parameters);
		case 'guided':
			return { text: guidedParameter(parameters), hints: [], sceneCount: 1 };
		case 'storyboard':
			return { ...storyboardParameter(parameters), hints: [] };
	}
}

function writtenPrompt(parameters: Parameters): ItemPrompt {
	const given = parameters.text(promptField);
	const text = promptText(parameters, promptField, given);
	// Blanks that nobody sees stand for no prompt only where nobody has written one.
	const value = parameters.value(promptField);
	const isWritten = typeof value === 'string' && value.trim() !== '';
	if (isWritten && isBlank(text)) throw emptyPrompt(parameters);
	if (text === '' && parameters.template(promptField.name) !== undefined) {
		const hint =
			"The expression in 'Prompt' finds nothing: Luma is asked for gentle, natural motion.";
		return { text, hints: [hint] };
	}
	return {
		text,
		hints:
			text === given
				? []
				: [`What stood around the prompt was taken off: it begins with “${shortened(text)}”.`],
	};
}

function emptyPrompt(parameters: Parameters): NodeOperationError {
	return parameters.error('The prompt is empty', NOTHING_REMEDY);
}

/** @throws NodeOperationError when there is no prompt */
export function requiredPrompt(parameters: Parameters): ItemPrompt {
	const prompt = promptParameter(parameters);
	if (prompt.text !== '') return prompt;
	throw emptyPrompt(parameters);
}

/**
 * What a person should know about a prompt: how it came about, its text where the node put it together,
 * and how short its scenes become.
 *
 * @param sent the prompt in the request
 * @param seconds length of the video
 */
export function promptNotes(
	{ hints, sceneCount }: ItemPrompt,
	sent: string | null,
	seconds: number,
): string[] {
	if (sceneCount === undefined || !sent) return hints;
	return [`The prompt of this video: “${sent}”`, ...sceneHints(sceneCount, seconds)];
}
