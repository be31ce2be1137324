import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { JsonRecord } from '../../piapi/json';
import { validationError } from '../validation';

export const removeFieldsOption: INodeProperties = {
	displayName: 'Remove Fields',
	name: 'removeFields',
	type: 'string',
	default: '',
	placeholder: 'e.g. aspect_ratio, loop',
	description:
		'Names of fields to leave out of the "input" of PiAPI\'s request, with commas between them: for a field that PiAPI does not accept any more. \'Dry Run\' shows the names. The fields "model" and "prompt" are required.',
};

/** PiAPI makes no video without them. */
const REQUIRED = ['model', 'prompt'];

/**
 * The `input` of a request without the fields that are to be left out.
 *
 * @throws NodeOperationError when one of them is required, or is not in the request
 */
export function withoutRemovedFields(
	context: IExecuteFunctions,
	itemIndex: number,
	input: JsonRecord,
	value: unknown,
): JsonRecord {
	const names = namesIn(context, itemIndex, value);
	const required = names.find((name) => REQUIRED.includes(name));
	if (required !== undefined) {
		throw validationError(
			context,
			itemIndex,
			`'Remove Fields' cannot leave out “${required}”`,
			`Take “${required}” out of 'Remove Fields': PiAPI needs it for every video.`,
		);
	}
	const unknown = names.find((name) => !Object.hasOwn(input, name));
	if (unknown !== undefined) {
		const removable = Object.keys(input).filter((name) => !REQUIRED.includes(name));
		throw validationError(
			context,
			itemIndex,
			`'Remove Fields' names “${unknown.slice(0, 60)}”, which is not in the request`,
			`Choose among the names of this request: ${removable.join(', ') || 'it has no others'}.`,
		);
	}
	return Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name)));
}

/** An expression may give a list. */
function namesIn(context: IExecuteFunctions, itemIndex: number, value: unknown): string[] {
	const given: unknown[] = Array.isArray(value) ? value : [value ?? ''];
	if (given.every((name) => typeof name === 'string')) {
		return given
			.flatMap((names) => names.split(','))
			.map((name) => name.trim())
			.filter(Boolean);
	}
	throw validationError(
		context,
		itemIndex,
		"'Remove Fields' is not a list of names",
		'Enter the names of fields with commas between them, such as aspect_ratio, loop.',
	);
}
