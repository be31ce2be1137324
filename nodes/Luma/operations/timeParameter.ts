import { tryToParseDateTime, type IExecuteFunctions } from 'n8n-workflow';

import { shortened, validationError } from './validation';

/** A point in time with its zone, as n8n and its expressions have it. */
export type DateTime = ReturnType<typeof tryToParseDateTime>;

/**
 * Reads a date and time. The date picker gives one without a zone: it is meant in the workflow's.
 *
 * @returns undefined when it is empty
 * @throws NodeOperationError when it is no time
 */
export function timeParameter(
	context: IExecuteFunctions,
	itemIndex: number,
	{ name, label }: { name: string; label: string },
): DateTime | undefined {
	const value = context.getNodeParameter(name, itemIndex, '') as unknown;
	if (value === null || value === undefined || value === '') return undefined;
	try {
		return tryToParseDateTime(value, context.getTimezone());
	} catch {
		throw validationError(
			context,
			itemIndex,
			`'${label}' is not a time: “${shortened(value)}”`,
			'Choose a time, or enter one such as 2026-01-31T12:00:00Z.',
		);
	}
}
