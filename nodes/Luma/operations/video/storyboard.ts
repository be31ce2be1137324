import type { INodeProperties, NodeHint } from 'n8n-workflow';

import { recordOf } from '../../piapi/json';
import { describedScenes, storyboardPrompt } from '../../prompt/storyboard';
import type { Parameters } from '../parameters';
import { promptText, textPart } from './promptText';

const sharedSubject = textPart(
	'Shared Subject',
	'sharedSubject',
	'a bouquet of white peonies',
	"What all scenes show. For further videos that match this one, use the same words, the same style and the same 'Seed'.",
);

const style = textPart('Style', 'style', 'bright editorial photography', 'The look of all scenes');

const description = textPart(
	'Scene',
	'description',
	'on a rustic wooden table by a window',
	'Where the subject is and what happens in this scene',
);

const scenes: INodeProperties = {
	displayName: 'Scenes',
	name: 'scenes',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add scene',
	default: {},
	description:
		'The scenes in their order. Two or three work best: four scenes in 10 seconds have 2.5 seconds each.',
	options: [{ displayName: 'Scene', name: 'scene', values: [description] }],
};

export const storyboardField: INodeProperties = {
	displayName: 'Storyboard',
	name: 'storyboard',
	type: 'collection',
	placeholder: 'Add part',
	default: { sharedSubject: '', style: '', scenes: { scene: [{ description: '' }] } },
	displayOptions: { show: { promptMode: ['storyboard'] } },
	description: 'One subject, several scenes, one style',
	options: [sharedSubject, style, scenes],
};

/** @throws NodeOperationError when a part cannot be used, or no scene is described */
export function storyboardParameter(parameters: Parameters): { text: string; sceneCount: number } {
	const given = parameters.in(storyboardField.name);
	const rows = [recordOf(given.value(scenes)).scene ?? []].flat();
	const described = rows.map((row, index) =>
		promptText(given.in(`scenes.scene[${index}]`), description, recordOf(row).description),
	);
	const text = storyboardPrompt({
		sharedSubject: promptText(given, sharedSubject),
		style: promptText(given, style),
		scenes: described,
	});
	if (text !== '') return { text, sceneCount: describedScenes(described).length };
	throw parameters.error(
		'The storyboard has no scenes',
		"Describe at least one scene, or set 'Prompt Mode' to Text.",
	);
}

const IS_STORYBOARD = '$parameter.promptMode === "storyboard"';
const SCENE_COUNT = '($parameter.storyboard?.scenes?.scene?.length ?? 0)';
const HAS_TEN_SECONDS = '$parameter.operation === "textToVideo" && $parameter.duration === 10';

/** Shown in the editor beside the fields, before anything is paid. */
export const storyboardHints: NodeHint[] = [
	{
		message:
			"Three scenes and more need time. Text to Video with a 'Duration' of 10 seconds suits them: 3 scenes then have about 3.3 seconds each, 4 scenes 2.5 seconds.",
		location: 'ndv',
		whenToDisplay: 'beforeExecution',
		displayCondition: `={{ ${IS_STORYBOARD} && ${SCENE_COUNT} >= 3 && !(${HAS_TEN_SECONDS}) }}`,
	},
	{
		message:
			'Four scenes in 10 seconds have 2.5 seconds each, and more scenes even less. Fewer scenes are easier to recognise.',
		location: 'ndv',
		whenToDisplay: 'beforeExecution',
		displayCondition: `={{ ${IS_STORYBOARD} && ${SCENE_COUNT} >= 4 && ${HAS_TEN_SECONDS} }}`,
	},
];
