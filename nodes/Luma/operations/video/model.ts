import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

import { shortened } from '../../messages/items';
import { DEFAULT_ASPECT_RATIO, MATCH_IMAGE } from '../../piapi/images';
import type { CreateTaskBody } from '../../piapi/client';
import { recordOf, type JsonRecord } from '../../piapi/json';
import { saysNothing } from '../../prompt/given';
import { choiceMeant } from '../choices';
import type { Parameters } from '../parameters';

const MODELS = [
	{ name: 'Ray 2', value: 'ray-v2' },
	{ name: 'Ray 1', value: 'ray-v1' },
];

const [NEWEST] = MODELS;

/** The models that PiAPI documents, or any other by its ID. */
export const modelOption: INodeProperties = {
	displayName: 'Model',
	name: 'model',
	type: 'resourceLocator',
	default: { mode: 'list', value: NEWEST.value, cachedResultName: NEWEST.name },
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchModels', skipCredentialsCheckInRLC: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. ray-v2',
		},
	],
	description:
		"The Luma model that makes the video: ray-v2 (newer, better motion and detail) or ray-v1 (older, for videos that should match earlier ones). Without this option it is ray-v2, and Extend leaves the choice to PiAPI. By ID takes the name of a model that is not in the list; see PiAPI's documentation for its price.",
};

/** The list of the option 'Model'; needs no request. */
export async function searchModels(this: ILoadOptionsFunctions): Promise<INodeListSearchResult> {
	return { results: MODELS };
}

const ID_FORM = /^[a-z][\w.:-]{1,63}$/i;

/**
 * The `model` of a request. A continuation goes without, as in PiAPI's own catalogue, unless the user
 * chose one.
 *
 * @throws NodeOperationError when what was chosen cannot be the ID of a model
 */
export function modelInput(
	parameters: Parameters,
	taskType: CreateTaskBody['task_type'],
): JsonRecord {
	const options = recordOf(parameters.value({ displayName: '', name: 'options', default: {} }));
	// Also where its expression finds nothing: another model can have another price.
	const isChosen = Object.hasOwn(options, modelOption.name);
	if (isChosen) return { model: chosenModel(parameters.in('options')) };
	return taskType === 'extend_video' ? {} : { model: NEWEST.value };
}

function chosenModel(options: Parameters): string {
	const given = options.locator({ ...modelOption, default: '' });
	const id = choiceMeant(given, MODELS)?.value ?? given;
	if (ID_FORM.test(id) && !saysNothing(id)) return id;
	const remedy = 'Choose a model from the list, enter its ID such as ray-v2, or remove the option.';
	if (id === '') throw options.error("'Model' is empty", remedy);
	throw options.cannotBe(modelOption, id, remedy);
}

/** What to know about a model that this node does not know. */
export function modelHints(model: unknown): string[] {
	if (model === undefined || MODELS.some(({ value }) => value === model)) return [];
	const known = MODELS.map(({ value }) => value).join(' and ');
	return [
		`'Model' is “${shortened(model)}”. PiAPI documents ${known}: whether it has this one, and at what price, it says when it answers.`,
	];
}

const RATIOS: INodePropertyOptions[] = [
	{ name: '1:1 (Square, for Feeds)', value: '1:1' },
	{ name: '16:9 (Wide, for YouTube and Websites)', value: '16:9' },
	{ name: '21:9 (Cinema)', value: '21:9' },
	{ name: '3:4 (Portrait)', value: '3:4' },
	{ name: '4:3 (Classic)', value: '4:3' },
	{ name: '9:16 (Vertical, for Reels, Shorts and TikTok)', value: '9:16' },
];

export const aspectRatioField: INodeProperties = {
	displayName: 'Aspect Ratio',
	name: 'aspectRatio',
	type: 'options',
	options: RATIOS,
	default: DEFAULT_ASPECT_RATIO,
	description: 'Width to height of the video: 9:16, 3:4, 1:1, 4:3, 16:9 or 21:9',
};

/** A portrait photo does not become a wide video unless somebody asks for that. */
export const imageAspectRatioField: INodeProperties = {
	...aspectRatioField,
	options: [
		...RATIOS,
		{
			name: 'Match Start Image',
			value: MATCH_IMAGE,
			description: 'The ratio nearest to the start image, or else to the end image',
		},
	],
	default: MATCH_IMAGE,
	description:
		'Width to height of the video: nearest to the image, or 9:16, 3:4, 1:1, 4:3, 16:9 or 21:9. Another ratio than that of the image can cut off a part of it.',
};
