import {
	NodeOperationError,
	tryToParseDateTime,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';

import { itemSuffix } from '../messages/items';
import { isRecord, numberOf, type JsonRecord } from '../piapi/json';

/** What is read of a field's description: nothing about it is written twice. */
export type Field = Pick<
	INodeProperties,
	'displayName' | 'name' | 'default' | 'typeOptions' | 'options'
>;

/** A point in time with its zone, as n8n and its expressions have it. */
export type DateTime = ReturnType<typeof tryToParseDateTime>;

/** What a number has to be, besides what its field says. */
export interface NumberRules {
	/** Counts when the option was not added, in place of the field's default. */
	unset?: number;
	/** In place of the field's bounds. */
	min?: number;
	max?: number;
	isWhole?: boolean;
	/** Whether an option whose expression finds nothing counts as not added; never where it decides about money. */
	orDefault?: boolean;
	remedy: string;
}

const NOT_ADDED = '((not added))';

const YES_AND_NO = new Map<unknown, boolean>([
	['true', true],
	['1', true],
	['false', false],
	['0', false],
]);

// PiAPI's ids are UUIDs; a little room is left for other forms, none for an address, a name or "undefined".
const PLAUSIBLE_TASK_ID = /^(?=.*\d)[\w-]{8,128}$/;

/**
 * Reads the parameters of one item by the fields that describe them. An expression can bring a value of any
 * type: all readers throw a `NodeOperationError` for one that the field cannot have.
 */
export class Parameters {
	constructor(
		readonly context: IExecuteFunctions,
		readonly itemIndex: number,
		private readonly path = '',
	) {}

	/** Those inside of a collection such as 'options'. */
	in(collection: string): Parameters {
		return new Parameters(this.context, this.itemIndex, `${this.path}${collection}.`);
	}

	/** Whether the parameter is there (an option that was added). */
	has(field: Field): boolean {
		const value = this.read(field, NOT_ADDED);
		return value !== NOT_ADDED && value !== undefined;
	}

	/** Its value, whatever it is; `unset` when it is not there, or is an option whose expression finds nothing. */
	value(field: Field, unset: unknown = field.default): unknown {
		const value = this.read(field, unset);
		return this.path === '' ? value : (value ?? unset);
	}

	/** A trimmed text; empty for an object or nothing. */
	text(field: Field): string {
		return plainText(this.value(field));
	}

	number(field: Field, { unset, isWhole, orDefault, remedy, ...bounds }: NumberRules): number {
		const { minValue = -Infinity, maxValue = Infinity } = field.typeOptions ?? {};
		const { min = minValue, max = maxValue } = bounds;
		const value = orDefault ? this.value(field, unset) : this.read(field, unset);
		const number = numberOf(value);
		if (number === null || number < min) throw this.cannotBe(field, value, remedy);
		if (number > max) {
			const words = `'${field.displayName}' can be ${max} at the most, not “${shortened(value)}”`;
			throw this.error(words, remedy);
		}
		if (isWhole && !Number.isInteger(number)) throw this.cannotBe(field, number, remedy);
		return number;
	}

	/** One of the values, which are those of the field's options unless given. */
	choice<T extends string | number>(
		field: Field,
		values: readonly T[] = valuesOf<T>(field),
		unset?: T,
	): T {
		return this.oneOf(field, this.value(field, unset), values);
	}

	/** Some of the values, in their order. */
	choices<T extends string | number>(field: Field, values: readonly T[], unset?: T[]): T[] {
		const given: unknown[] = [this.value(field, unset)].flat();
		const chosen = given.map((value) => this.oneOf(field, value, values));
		return values.filter((value) => chosen.includes(value));
	}

	/** A switch. An expression can bring it as a text or a number; taking "true" for off could cost money. */
	switch(field: Field, unset?: boolean): boolean {
		const value = this.read(field, unset);
		const isOn = YES_AND_NO.get(String(value).trim().toLowerCase());
		if (isOn !== undefined) return isOn;
		const remedy = `Set '${field.displayName}' to on or off, or let the expression give true or false.`;
		throw this.cannotBe(field, value, remedy);
	}

	/** A JSON object, also when it came as a text. */
	object(field: Field): JsonRecord {
		const value = this.value(field);
		const parsed = typeof value === 'string' ? parsedJson(value) : value;
		const isDeep = isNested(parsed, MAX_LEVELS);
		if (isRecord(parsed) && !isDeep) return parsed;
		const what = isDeep
			? `has more than ${MAX_LEVELS} brackets in each other`
			: 'is not a JSON object';
		throw this.error(
			`'${field.displayName.replace(' (JSON)', '')}' ${what}`,
			'Enter names and values in curly brackets, such as { "seed": 42 }, or remove the option.',
		);
	}

	/** A date and time; undefined when it is empty. The date picker gives one without a zone: it is meant in the workflow's. */
	time(field: Field): DateTime | undefined {
		const value = this.value(field);
		if (value === null || value === undefined || value === '') return undefined;
		try {
			return tryToParseDateTime(value, this.context.getTimezone());
		} catch {
			throw this.error(
				`'${field.displayName}' is not a time: “${shortened(value)}”`,
				'Choose a time, or enter one such as 2026-01-31T12:00:00Z.',
			);
		}
	}

	/** What a resource locator names. An expression, or a workflow from before there was a list, gives the bare value. */
	locator(field: Field): string {
		const value = this.value(field);
		const isLocator = isRecord(value) && 'mode' in value && 'value' in value;
		return plainText(isLocator ? value.value : value);
	}

	/** The ID of a task. */
	taskId(field: Field): string {
		const taskId = this.locator(field);
		if (PLAUSIBLE_TASK_ID.test(taskId)) return taskId;
		const remedy =
			'Enter the ID that came out of the node that made the video, for example {{ $json.taskId }}. It looks like c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d.';
		if (taskId === '') throw this.error(`'${field.displayName}' is empty`, remedy);
		throw this.cannotBe(field, taskId, remedy);
	}

	/** A field that cannot be sent: which item, what about it, and what to do. */
	error(message: string, remedy: string): NodeOperationError {
		const { context, itemIndex } = this;
		const suffix = itemSuffix([itemIndex], context.getInputData().length);
		return new NodeOperationError(context.getNode(), `${message}${suffix}`, {
			description: `${remedy} Nothing was sent to PiAPI for this item.`,
			itemIndex,
			level: 'warning',
		});
	}

	/** The error of a value that a field cannot have: the field by its label in quotes, and the value. */
	cannotBe(field: Field, value: unknown, remedy: string, because?: string): NodeOperationError {
		const words = `'${field.displayName}' cannot be “${shortened(value)}”`;
		return this.error(because === undefined ? words : `${words}: ${because}`, remedy);
	}

	private read({ name, default: standard }: Field, unset: unknown = standard): unknown {
		return this.context.getNodeParameter(`${this.path}${name}`, this.itemIndex, unset);
	}

	private oneOf<T extends string | number>(field: Field, value: unknown, values: readonly T[]): T {
		const found = values.find((candidate) => String(candidate) === String(value).trim());
		if (found !== undefined) return found;
		const remedy = `Choose one of these for '${field.displayName}': ${values.join(', ')}.`;
		throw this.cannotBe(field, value, remedy);
	}
}

function valuesOf<T>({ options = [] }: Field): T[] {
	return options.flatMap((option) => ('value' in option ? (option.value as T) : []));
}

/** Empty for an object or nothing. */
function plainText(value: unknown): string {
	const isNone = value === null || value === undefined || typeof value === 'object';
	return isNone ? '' : String(value).trim();
}

function parsedJson(text: string): unknown {
	if (text.trim() === '') return {};
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** What is nested more deeply fills the stack. */
const MAX_LEVELS = 50;

function isNested(value: unknown, levels: number): boolean {
	if (typeof value !== 'object' || value === null) return false;
	return levels === 0 || Object.values(value).some((inner) => isNested(inner, levels - 1));
}

/** A value for a message. */
export function shortened(value: unknown): string {
	const text = String(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
