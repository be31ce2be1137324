import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { textOfParameter, validationError } from '../../validation';

/** A field with a part of a prompt. */
export function textPart(
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

/**
 * Parts of a prompt as texts. An expression can bring anything else, which would be paid as
 * “[object Object]”.
 *
 * @param fields where the parts are entered; a message names them
 * @throws NodeOperationError when a part is an object or a list
 */
export function textParts(
	context: IExecuteFunctions,
	itemIndex: number,
	parts: IDataObject,
	fields: readonly INodeProperties[],
): Record<string, string> {
	return Object.fromEntries(
		Object.entries(parts).map(([name, value]) => {
			if (typeof value !== 'object' || value === null) return [name, textOfParameter(value)];
			const label = fields.find((field) => field.name === name)?.displayName ?? name;
			throw validationError(
				context,
				itemIndex,
				`'${label}' is not a text`,
				'Enter words, or choose a single value of the data, such as {{ $json.idea }}.',
			);
		}),
	);
}
