import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { CAMERA_MOVES, isCameraMove } from '../../prompt/camera';
import { guidedPrompt } from '../../prompt/guided';
import { storyboardPrompt } from '../../prompt/storyboard';
import { choice, validationError, textOfParameter, stringParameter } from '../validation';

const PROMPT_MODES = ['text', 'guided', 'storyboard'] as const;

/** The ways to say what the video shows. */
export const promptFields: INodeProperties[] = [
	{
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
	},
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder:
			'e.g. A red fox is trotting along a snowy ridge at dawn, powder drifting behind it, camera orbits left, soft golden light',
		displayOptions: { show: { promptMode: ['text'] } },
		description:
			'What the video shows, best in English with 15 to 200 words: who or what, what it is doing, where, one camera move, the light. Say what should be there rather than what should not.',
	},
	{
		displayName: 'Parts',
		name: 'guided',
		type: 'collection',
		placeholder: 'Add part',
		default: {},
		displayOptions: { show: { promptMode: ['guided'] } },
		description: 'The parts of the prompt; use as many as you need',
		options: [
			textPart('Action', 'action', 'is pouring milk into a cup', 'One thing that is happening'),
			{
				displayName: 'Camera',
				name: 'camera',
				type: 'options',
				options: CAMERA_MOVES.map(({ label, value }) => ({ name: label, value })),
				default: 'static',
				description: 'One camera move; Luma knows these by name',
			},
			textPart(
				'Details',
				'details',
				'shallow depth of field',
				'Anything else, providerMessage at the end',
			),
			textPart(
				'Lighting',
				'lighting',
				'soft morning light',
				'Where the light comes from, and its mood',
			),
			textPart('Secondary Motion', 'secondaryMotion', 'steam is rising', 'What moves besides'),
			textPart('Setting', 'setting', 'in a small Lisbon café', 'Where and when it happens'),
			textPart('Style', 'style', 'documentary', 'The look of the whole clip'),
			textPart(
				'Subject',
				'subject',
				'a barista with a green apron',
				'Who or what the video is about',
			),
		],
	},
	{
		displayName: 'Storyboard',
		name: 'storyboard',
		type: 'collection',
		placeholder: 'Add part',
		default: {},
		displayOptions: { show: { promptMode: ['storyboard'] } },
		description: 'One subject, several scenes, one style',
		options: [
			{
				displayName: 'Scenes',
				name: 'scenes',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true, sortable: true },
				placeholder: 'Add scene',
				default: {},
				description: 'The scenes in their order, two to four work best',
				options: [
					{
						displayName: 'Scene',
						name: 'scene',
						values: [
							{
								displayName: 'Description',
								name: 'description',
								type: 'string',
								default: '',
								placeholder: 'e.g. on a rustic wooden table by a window',
								description: 'Where the subject is and what happens in this scene',
							},
						],
					},
				],
			},
			textPart('Shared Subject', 'sharedSubject', 'a bouquet of peonies', 'What all scenes show'),
			textPart('Style', 'style', 'bright editorial photography', 'The look of all scenes'),
		],
	},
];

function textPart(
	displayName: string,
	name: string,
	example: string,
	description: string,
): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		placeholder: `e.g. ${example}`,
		description,
	};
}

/** The prompt of an item in whichever way it was given; empty when there is none. */
export function promptParameter(context: IExecuteFunctions, itemIndex: number): string {
	const mode = choice(context, itemIndex, {
		label: 'Prompt Mode',
		value: context.getNodeParameter('promptMode', itemIndex, 'text'),
		values: PROMPT_MODES,
	});
	if (mode === 'guided') return guided(context, itemIndex);
	if (mode === 'storyboard') return storyboard(context, itemIndex);
	return stringParameter(context, 'prompt', itemIndex);
}

/** @throws NodeOperationError when there is no prompt */
export function requiredPrompt(context: IExecuteFunctions, itemIndex: number): string {
	const prompt = promptParameter(context, itemIndex);
	if (prompt !== '') return prompt;
	throw validationError(
		context,
		itemIndex,
		'The prompt is empty',
		'Describe what the video should show. If the prompt comes from another node, check that this item has it.',
	);
}

function guided(context: IExecuteFunctions, itemIndex: number): string {
	const given = context.getNodeParameter('guided', itemIndex, {}) as IDataObject;
	const { camera, ...parts } = textParts(context, itemIndex, given);
	if (camera && !isCameraMove(camera)) {
		throw validationError(
			context,
			itemIndex,
			`'Camera' cannot be “${camera}”`,
			'Choose a camera move from the list, or name one such as orbitLeft, pushIn or static.',
		);
	}
	return guidedPrompt({ ...parts, ...(isCameraMove(camera) && { camera }) });
}

function storyboard(context: IExecuteFunctions, itemIndex: number): string {
	const given = context.getNodeParameter('storyboard', itemIndex, {}) as IDataObject;
	const { scenes, ...others } = given;
	const { scene = [] } = (scenes ?? {}) as { scene?: IDataObject[] };
	const { sharedSubject = '', style = '' } = textParts(context, itemIndex, others);
	const prompt = storyboardPrompt({
		sharedSubject,
		style,
		scenes: scene.map((part) => textParts(context, itemIndex, part).description ?? ''),
	});
	if (prompt !== '') return prompt;
	throw validationError(
		context,
		itemIndex,
		'The storyboard has no scenes',
		"Describe at least one scene, or set 'Prompt Mode' to Text.",
	);
}

const PART_LABELS = new Map(
	partsOf(promptFields).map(({ name, displayName }) => [name, displayName]),
);

/** All fields that hold a part of a prompt, however deep they lie. */
function partsOf(fields: INodeProperties[]): INodeProperties[] {
	return fields.flatMap((field) => [
		field,
		...(field.options ?? []).flatMap((option) => {
			if ('values' in option) return partsOf(option.values);
			return 'type' in option ? partsOf([option]) : [];
		}),
	]);
}

/**
 * Parts of a prompt as texts. An expression can bring anything else, which would be paid as
 * “[object Object]”.
 *
 * @throws NodeOperationError when a part is an object or a list
 */
function textParts(
	context: IExecuteFunctions,
	itemIndex: number,
	parts: IDataObject,
): Record<string, string> {
	return Object.fromEntries(
		Object.entries(parts).map(([name, value]) => {
			if (typeof value !== 'object' || value === null) return [name, textOfParameter(value)];
			throw validationError(
				context,
				itemIndex,
				`'${PART_LABELS.get(name) ?? name}' is not a text`,
				'Enter words, or choose a single value of the data, such as {{ $json.idea }}.',
			);
		}),
	);
}
