import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

import { itemSuffix } from '../messages/itemSuffix';
import { isRecord, numberOf } from '../piapi/json';
import { locatorValue } from './locator';

/** A field that cannot be sent: which item, what about it, and what to do. */
export function validationError(
	context: IExecuteFunctions,
	itemIndex: number,
	message: string,
	description: string,
): NodeOperationError {
	const suffix = itemSuffix([itemIndex], context.getInputData().length);
	return new NodeOperationError(context.getNode(), `${message}${suffix}`, {
		description: `${description} Nothing was sent to PiAPI for this item.`,
		itemIndex,
		level: 'warning',
	});
}

/** What is said of a value that a field cannot have: the field by its label in quotes, and the value. */
export function cannotBe(label: string, value: unknown): string {
	return `'${label}' cannot be “${shortened(value)}”`;
}

/** A trimmed text parameter; an expression can return any other type. */
export function stringParameter(
	context: IExecuteFunctions,
	name: string,
	itemIndex: number,
): string {
	return textOfParameter(context.getNodeParameter(name, itemIndex, ''));
}

/** The trimmed text of a parameter's value; empty for an object or nothing. */
export function textOfParameter(value: unknown): string {
	return value === null || value === undefined || typeof value === 'object'
		? ''
		: String(value).trim();
}

/** @throws NodeOperationError when the parameter is none of the values */
export function choice<T extends string | number>(
	context: IExecuteFunctions,
	itemIndex: number,
	{ label, value, values }: { label: string; value: unknown; values: readonly T[] },
): T {
	const found = values.find((candidate) => String(candidate) === String(value).trim());
	if (found === undefined) {
		throw validationError(
			context,
			itemIndex,
			cannotBe(label, value),
			`Choose one of these for '${label}': ${values.join(', ')}.`,
		);
	}
	return found;
}

// PiAPI's ids are UUIDs; a little room is left for other forms, none for an address, a name or "undefined".
const PLAUSIBLE_TASK_ID = /^(?=.*\d)[\w-]{8,128}$/;

/** The trimmed value of a field that names a task, whatever it is. */
export function namedTask(context: IExecuteFunctions, name: string, itemIndex: number): string {
	return textOfParameter(locatorValue(context.getNodeParameter(name, itemIndex, '')));
}

/** @throws NodeOperationError when the parameter cannot be the id of a task */
export function taskIdParameter(
	context: IExecuteFunctions,
	itemIndex: number,
	{ name, label }: { name: string; label: string },
): string {
	const taskId = namedTask(context, name, itemIndex);
	if (PLAUSIBLE_TASK_ID.test(taskId)) return taskId;
	throw validationError(
		context,
		itemIndex,
		taskId === '' ? `'${label}' is empty` : cannotBe(label, taskId),
		'Enter the ID that came out of the node that made the video, for example {{ $json.taskId }}. It looks like c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d.',
	);
}

/** @throws NodeOperationError when the value is not a number from `min` to `max`; the message names `max` */
export function numberOption(
	context: IExecuteFunctions,
	itemIndex: number,
	field: { label: string; value: unknown; min: number; max: number; remedy: string },
): number {
	const { label, value, min, max, remedy } = field;
	const number = numberOf(value);
	if (number !== null && number >= min && number <= max) return number;
	const isTooLarge = number !== null && number > max;
	throw validationError(
		context,
		itemIndex,
		isTooLarge
			? `'${label}' can be ${max} at the most, not “${shortened(value)}”`
			: cannotBe(label, value),
		remedy,
	);
}

const YES_AND_NO = new Map<unknown, boolean>([
	['true', true],
	['1', true],
	['false', false],
	['0', false],
]);

/**
 * A switch. An expression can bring it as a text or a number; taking "true" for off could cost money.
 *
 * @throws NodeOperationError when the value is neither yes nor no
 */
export function switchOption(
	context: IExecuteFunctions,
	itemIndex: number,
	label: string,
	value: unknown,
): boolean {
	const isOn = YES_AND_NO.get(String(value).trim().toLowerCase());
	if (isOn !== undefined) return isOn;
	throw validationError(
		context,
		itemIndex,
		cannotBe(label, value),
		`Set '${label}' to on or off, or let the expression give true or false.`,
	);
}

/** @throws NodeOperationError when the option is not a JSON object */
export function objectOption(
	context: IExecuteFunctions,
	itemIndex: number,
	label: string,
	value: unknown,
): IDataObject {
	const parsed = typeof value === 'string' ? parsedJson(value) : value;
	if (isRecord(parsed)) return parsed as IDataObject;
	throw validationError(
		context,
		itemIndex,
		`'${label}' is not a JSON object`,
		'Enter names and values in curly brackets, such as { "seed": 42 }, or remove the option.',
	);
}

function parsedJson(text: string): unknown {
	if (text.trim() === '') return {};
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** A value for a message. */
export function shortened(value: unknown): string {
	const text = String(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
