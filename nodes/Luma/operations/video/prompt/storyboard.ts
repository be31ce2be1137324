import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { describedScenes, storyboardPrompt } from '../../../prompt/storyboard';
import { validationError } from '../../validation';
import { textPart, textParts } from './part';

const DESCRIPTION: INodeProperties = {
	displayName: 'Scene',
	name: 'description',
	type: 'string',
	default: '',
	placeholder: 'e.g. on a rustic wooden table by a window',
	description: 'Where the subject is and what happens in this scene',
};

const PARTS: INodeProperties[] = [
	textPart(
		'Shared Subject',
		'sharedSubject',
		'a bouquet of white peonies',
		"What all scenes show. For further videos that match this one, use the same words, the same style and the same 'Seed'.",
	),
	textPart('Style', 'style', 'bright editorial photography', 'The look of all scenes'),
	{
		displayName: 'Scenes',
		name: 'scenes',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add scene',
		default: {},
		description:
			'The scenes in their order. Two or three work best: four scenes in 10 seconds have 2.5 seconds each.',
		options: [{ displayName: 'Scene', name: 'scene', values: [DESCRIPTION] }],
	},
];

export const storyboardField: INodeProperties = {
	displayName: 'Storyboard',
	name: 'storyboard',
	type: 'collection',
	placeholder: 'Add part',
	default: { sharedSubject: '', style: '', scenes: { scene: [{ description: '' }] } },
	displayOptions: { show: { promptMode: ['storyboard'] } },
	description: 'One subject, several scenes, one style',
	options: PARTS,
};

/** @throws NodeOperationError when a part cannot be used, or no scene is described */
export function storyboardParameter(
	context: IExecuteFunctions,
	itemIndex: number,
): { text: string; sceneCount: number } {
	const given = context.getNodeParameter('storyboard', itemIndex, {}) as IDataObject;
	const { scenes: rows, ...others } = given;
	const { scene = [] } = (rows ?? {}) as { scene?: IDataObject[] };
	const { sharedSubject = '', style = '' } = textParts(context, itemIndex, others, PARTS);
	const scenes = scene.map(
		(part) => textParts(context, itemIndex, part, [DESCRIPTION]).description ?? '',
	);
	const text = storyboardPrompt({ sharedSubject, style, scenes });
	if (text !== '') return { text, sceneCount: describedScenes(scenes).length };
	throw validationError(
		context,
		itemIndex,
		'The storyboard has no scenes',
		"Describe at least one scene, or set 'Prompt Mode' to Text.",
	);
}
