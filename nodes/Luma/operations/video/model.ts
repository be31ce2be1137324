import type {
	IDataObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeProperties,
} from 'n8n-workflow';

import type { CreateTaskBody } from '../../piapi/client';
import type { JsonRecord } from '../../piapi/json';
import { locatorValue } from '../locator';
import { cannotBe, textOfParameter, validationError } from '../validation';

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

/** Texts of expressions that found nothing, or something else. */
const NO_ID = ['undefined', 'null', 'NaN', 'true', 'false'];
const ID_FORM = /^[a-z][\w.:-]{1,63}$/i;

/**
 * The `model` of a request. A continuation goes without, as in PiAPI's own catalogue, unless the user
 * chose one.
 *
 * @throws NodeOperationError when what was chosen cannot be the ID of a model
 */
export function modelInput(
	context: IExecuteFunctions,
	itemIndex: number,
	{ taskType, options }: { taskType: CreateTaskBody['task_type']; options: IDataObject },
): JsonRecord {
	if (Object.hasOwn(options, 'model')) {
		return { model: chosenModel(context, itemIndex, options.model) };
	}
	return taskType === 'extend_video' ? {} : { model: NEWEST.value };
}

function chosenModel(context: IExecuteFunctions, itemIndex: number, chosen: unknown): string {
	const id = textOfParameter(locatorValue(chosen));
	if (ID_FORM.test(id) && !NO_ID.includes(id)) return id;
	throw validationError(
		context,
		itemIndex,
		id === '' ? "'Model' is empty" : cannotBe('Model', id),
		'Choose a model from the list, enter its ID such as ray-v2, or remove the option.',
	);
}
