import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';

import { itemSuffix, kindOf, shortened, spelled } from '../messages/items';
import { webAddress } from '../piapi/addresses';
import { isRecord, onlyEntry, plain, type JsonRecord } from '../piapi/json';
import { saysNothing, templateIn } from '../prompt/given';
import { amountIn, choiceMeant, isOn } from './choices';
import { daysMeant, timeMeant, type DateTime } from './times';

/** What is read of a field's description: nothing about it is written twice. */
export type Field = Pick<
	INodeProperties,
	'displayName' | 'name' | 'default' | 'typeOptions' | 'options'
>;

/** What a number has to be, besides what its field says. */
export interface NumberRules {
	/** Counts when the option was not added, in place of the field's default. */
	unset?: number;
	/** In place of the field's bounds. */
	min?: number;
	max?: number;
	isWhole?: boolean;
	/** What to do, where it is more than to enter a number that the field can have. */
	remedy?: string;
}

const NOT_ADDED = '((not added))';

/** Options that decide what is paid. */
const ABOUT_MONEY = ['dryRun', 'keepBalanceUsd', 'maxSpendUsd', 'numberOfVideos', 'seed'];

// PiAPI's ids are UUIDs; a little room is left for other forms, none for an address, a name or "undefined".
const PLAUSIBLE_TASK_ID = /^(?=.*\d)[\w-]{8,128}$/;

/** A link can hold another one, as that of a proxy does: behind a slash, in brackets or as a value. */
const SEVERAL_LINKS = /^https?:.*[^/=(:]https?:\/\//is;

/**
 * Reads the parameters of one item by the fields that describe them. An expression can bring a value of any
 * type: it is used where its meaning is certain, else all readers throw a `NodeOperationError` that names
 * the field.
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

	/** Whether the option was added, and has a value. */
	has(field: Field): boolean {
		return this.value(field, NOT_ADDED) !== NOT_ADDED;
	}

	/**
	 * Its value, whatever it is; `unset` when it is not there. An option whose expression finds nothing
	 * counts as not added, but is refused where it decides about money: nobody knows what was meant.
	 */
	value(field: Field, unset: unknown = field.default): unknown {
		const path = this.path + field.name;
		const value = onlyEntry(this.context.getNodeParameter(path, this.itemIndex, NOT_ADDED));
		if (value === NOT_ADDED) return unset;
		if (this.path === '' || (value !== null && value !== undefined)) return value;
		if (!ABOUT_MONEY.includes(field.name)) return unset;
		const remedy = `Set '${field.displayName}' to a value, or remove the option: its expression finds nothing in this item.`;
		throw this.cannotBe(field, value, remedy);
	}

	/** A text without blanks around it; empty where there is none. */
	text(field: Field, given: unknown = this.value(field)): string {
		const value = onlyEntry(given);
		if (value === null || value === undefined) return '';
		if (typeof value === 'string') return this.evaluated(field, plain(value));
		throw this.error(
			`'${field.displayName}' is ${kindOf(value)}, not a text`,
			this.textWithin(field, value),
		);
	}

	/** A text that is one link, or is to be; empty where there is none. */
	link(field: Field): string {
		const text = this.text(field).replace(/[\u200B-\u200F\u2060\uFEFF]/g, '');
		const remedy = 'Enter one link; for several, use an item for each.';
		if (SEVERAL_LINKS.test(text)) {
			throw this.error(`'${field.displayName}' holds more than one link`, remedy);
		}
		if (text !== '') this.checkPieces(field);
		return text;
	}

	/** The web address that a field needs. */
	webAddress(field: Field, remedy: string): URL {
		const link = this.link(field);
		const url = webAddress(link);
		if (url) return url;
		const what = link === '' ? 'is empty' : `is not a web address: “${shortened(link)}”`;
		throw this.error(`'${field.displayName}' ${what}`, remedy);
	}

	/** @throws NodeOperationError when an expression within the field's text leaves a hole in it */
	checkPieces({ name, displayName }: Field): void {
		const text = this.template(name)?.slice(1).trim() ?? '';
		// One that is the whole text leaves no hole, and need not be evaluated again.
		const expressions = expressionsIn(text).filter((each) => each !== text);
		for (const expression of expressions) {
			const value: unknown = this.context.evaluateExpression(expression, this.itemIndex);
			const words = Array.isArray(value) && value.length === 0 ? 'null' : spelled(value);
			if (!saysNothing(words)) continue;
			const isObject = typeof value === 'object' && value !== null && words !== 'null';
			const what = isObject ? 'gives an object, not a text' : 'finds nothing';
			const inside = shortened(expression.slice(2, -2).trim());
			throw this.error(
				`'${displayName}' has an expression that ${what}: {{ ${inside} }}`,
				`Choose a field that this item has. If it may be missing, write {{ ${inside} ?? '' }}.`,
			);
		}
	}

	number(field: Field, { unset, isWhole, ...rules }: NumberRules = {}): number {
		const { minValue = -Infinity, maxValue = Infinity } = field.typeOptions ?? {};
		const { min = minValue, max = maxValue } = rules;
		const kind = isWhole ? 'whole number' : 'number';
		const { remedy = `Enter a ${kind} from ${min} to ${max}, such as ${String(field.default)}.` } =
			rules;
		const value = this.value(field, unset);
		const [, unit = ''] = /\((\w+)\)$/.exec(field.displayName) ?? [];
		const number = amountIn(value, unit.toLowerCase());
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
		values: readonly T[] = choicesOf<T>(field).map(({ value }) => value),
		unset?: T,
	): T {
		return this.oneOf(field, this.value(field, unset), values);
	}

	/** Some of the values, in their order. */
	choices<T extends string | number>(field: Field, values: readonly T[], unset?: T[]): T[] {
		const given: unknown[] = [this.value(field, unset)].flat();
		const chosen = given
			.flatMap((value) => (typeof value === 'string' ? value.split(',') : value))
			.map((value) => this.oneOf(field, value, values));
		return values.filter((value) => chosen.includes(value));
	}

	/** A switch. An expression can bring it as a text or a number; taking "true" for off could cost money. */
	switch(field: Field, unset?: boolean): boolean {
		const value = this.value(field, unset);
		const on = isOn(value);
		if (on !== undefined) return on;
		const remedy = `Set '${field.displayName}' to on or off, or let the expression give true or false.`;
		throw this.cannotBe(field, value, remedy);
	}

	/** A JSON object, also when it came as a text. */
	object(field: Field): JsonRecord {
		const value = this.value(field);
		const given = parsedJson(typeof value === 'string' ? this.evaluated(field, value) : value);
		const isDeep = isNested(given, MAX_LEVELS);
		if (isRecord(given) && !isDeep) return withoutSurrogates(given);
		const what = isDeep
			? `has more than ${MAX_LEVELS} brackets in each other`
			: 'is not a JSON object';
		throw this.error(
			`'${field.displayName.replace(' (JSON)', '')}' ${what}`,
			'Enter names and values in curly brackets, such as { "seed": 42 }, or remove the option.',
		);
	}

	/** A date and time; undefined when it is empty. One without a zone is meant in the workflow's. */
	time(field: Field): DateTime | undefined {
		const value = this.value(field);
		if (value === null || value === undefined || value === '') return undefined;
		const time = timeMeant(value, this.context.getTimezone());
		if (time) return time;
		const days = daysMeant(value);
		throw this.error(
			`'${field.displayName}' is not a time: “${shortened(value)}”`,
			days.length > 0
				? `Enter the year first, then the month and the day: ${days.join(' or ')}.`
				: 'Choose a time, or enter one such as 2026-01-31T12:00:00Z.',
		);
	}

	/** What a resource locator names. An expression, or a workflow from before there was a list, gives the bare value. */
	locator(field: Field): string {
		const value = this.value(field);
		const isLocator = isRecord(value) && 'mode' in value;
		return this.text(field, isLocator ? (value.value ?? '') : value);
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

	/** The field as it is in the workflow, where it has expressions. */
	template(name: string): string | undefined {
		const steps = `${this.path}${name}`.split(/[.[\]]+/);
		const stored = steps.reduce<unknown>(
			(value, step) =>
				typeof value === 'object' && value !== null ? (value as JsonRecord)[step] : undefined,
			this.context.getNode().parameters,
		);
		return typeof stored === 'string' && stored.startsWith('=') ? stored : undefined;
	}

	/** @throws NodeOperationError for a text with an expression that nobody has evaluated */
	private evaluated({ displayName }: Field, text: string): string {
		const template = templateIn(text);
		if (template === undefined) return text;
		throw this.error(
			`'${displayName}' has an expression that was not evaluated: ${shortened(template)}`,
			`Set '${displayName}' to Expression, above the field. In a text that another node brings, put the value in the place of the expression.`,
		);
	}

	private oneOf<T extends string | number>(field: Field, value: unknown, values: readonly T[]): T {
		const choices = values.map((each) => ({ name: nameOf(field, each), value: each }));
		const found = choiceMeant(value, choices);
		if (found) return found.value;
		const remedy = `Choose one of these for '${field.displayName}': ${values.join(', ')}.`;
		throw this.cannotBe(field, value, remedy);
	}

	/** What to write in place of an object or a list: one of its texts. */
	private textWithin({ displayName, name }: Field, value: unknown): string {
		const [, source = '$json'] =
			/^=\s*\{\{\s*(\$[^{}\s]+)\s*\}\}\s*$/.exec(this.template(name) ?? '') ?? [];
		if (Array.isArray(value) && value.length > 0) {
			return `Choose one entry of the list, such as {{ ${shortened(source)}[0] }}.`;
		}
		const keys = isRecord(value) ? Object.keys(value) : [];
		if (keys.length === 0) {
			return 'Enter words, or choose a single text of the data, such as {{ $json.idea }}.';
		}
		const word = displayName.toLowerCase().split(' ').at(-1) ?? '';
		const key = keys.find((each) => each.toLowerCase().includes(word)) ?? keys[0];
		const step = /^[a-z_$][\w$]*$/i.test(key) ? `.${key}` : `["${key}"]`;
		return `Choose one of its values, such as {{ ${shortened(source)}${shortened(step)} }}. It has: ${shortened(keys.join(', '))}.`;
	}
}

function choicesOf<T>({ options = [] }: Field): Array<{ name: string; value: T }> {
	return options.flatMap((option) =>
		'value' in option ? { name: option.name, value: option.value as T } : [],
	);
}

function nameOf(field: Field, value: unknown): string {
	return choicesOf(field).find((choice) => choice.value === value)?.name ?? String(value);
}

/** What can be sent of it; undefined for a text that is no JSON. */
function parsedJson(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value.trim() || '{}');
	} catch {
		return undefined;
	}
}

/** The parts of a text that n8n evaluates: from `{{` to the next `}}`. */
function expressionsIn(text: string): string[] {
	const found: string[] = [];
	let start: number | undefined;
	for (const { 0: mark, index } of text.matchAll(/(?<!\\)\{\{|\}\}/g)) {
		if (mark === '{{') start ??= index;
		else if (start !== undefined) found.push(text.slice(start, index + 2));
		if (mark === '}}') start = undefined;
	}
	return found;
}

/** A copy that can be sent: halves of characters have no form on the wire. */
function withoutSurrogates(value: JsonRecord): JsonRecord {
	return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
		typeof each === 'string' ? each.replace(/\p{Cs}/gu, '') : each,
	) as JsonRecord;
}

/** What is nested more deeply fills the stack. */
const MAX_LEVELS = 50;

function isNested(value: unknown, levels: number): boolean {
	if (typeof value !== 'object' || value === null) return false;
	return levels === 0 || Object.values(value).some((inner) => isNested(inner, levels - 1));
}
