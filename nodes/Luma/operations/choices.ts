import type { INodePropertyOptions } from 'n8n-workflow';

import { numberOf } from '../piapi/json';

type Choice = Pick<INodePropertyOptions, 'name' | 'value'>;

/** In alphabetical order. `localeCompare` would load tables first, each time n8n starts. */
export function byName(one: Choice, other: Choice): number {
	return one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1;
}

const YES_AND_NO = new Map<string, boolean>([
	...['true', '1', 'yes', 'y', 'on'].map((word) => [word, true] as const),
	...['false', '0', 'no', 'n', 'off'].map((word) => [word, false] as const),
]);

/** What a word or a number says about a switch; undefined when it says nothing. */
export function isOn(value: unknown): boolean | undefined {
	return YES_AND_NO.get(wordOf(value));
}

/**
 * The choice that a value means, as people write it: the choice itself or its label, with or without what
 * stands in brackets, and "5s" for 5 Seconds, 16x9 for 16:9, "square" for 1:1 (Square). Undefined when it
 * means none, or more than one.
 */
export function choiceMeant<T extends Choice>(
	value: unknown,
	choices: readonly T[],
): T | undefined {
	const word = wordOf(value);
	if (word === '') return choices.find((choice) => choice.value === value);
	const isMeant = [
		(choice: T) => wordOf(choice.value) === word,
		(choice: T) => namesOf(choice).includes(lettersOf(word)),
		(choice: T) => amountIn(word, wordOf(choice.name).replace(/^\d+ /, '')) === choice.value,
		(choice: T) => ratioIn(word) !== undefined && ratioIn(word) === ratioIn(choice.value),
	];
	const found = isMeant.map((is) => choices.filter(is)).find((matches) => matches.length > 0);
	return found?.length === 1 ? found[0] : undefined;
}

/** A number, also with its unit behind it: "15 min" for minutes; null when it is none. */
export function amountIn(value: unknown, unit: string): number | null {
	const word = wordOf(value).replace(/^\$(.*)$/, '$1 usd');
	const [, amount, own] = /^([-+\d.]+) ?([a-z]+)$/.exec(word) ?? [];
	const isUnit = own !== undefined && unit.startsWith(own.replace(/(?<=..)s$/, ''));
	return numberOf(isUnit ? amount : value);
}

/** No choice is as long. */
const MAX_WORD = 200;

function wordOf(value: unknown): string {
	const isWord = ['string', 'number', 'boolean'].includes(typeof value);
	const word = isWord ? String(value).trim().toLowerCase() : '';
	return word.length > MAX_WORD ? '' : word;
}

/** What a choice is called: its value and its label, as a whole, before its bracket, and how that begins. */
function namesOf({ name, value }: Choice): string[] {
	const [, before, inside] = /^(.*?)(?: \(([^,)]*).*)?$/.exec(name.toLowerCase()) ?? [];
	return [String(value), name, before, inside, SAME_WORD.get(inside)].flatMap((each) =>
		each ? lettersOf(each.toLowerCase()) : [],
	);
}

const SAME_WORD = new Map([['wide', 'landscape']]);

function lettersOf(word: string): string {
	return word.replace(/[\s_-]/g, '');
}

/** Such as 16:9 for 16x9, 16/9, 1920×1080 and "16:9 (wide)": undefined without exactly one ratio. */
function ratioIn(value: unknown): number | undefined {
	const found = [...wordOf(value).matchAll(/(?<!\d)(\d{1,5}) ?(?:[:x×/]|by) ?(\d{1,5})(?!\d)/g)];
	const ratios = new Set(found.map(([, width, height]) => Number(width) / Number(height)));
	return ratios.size === 1 ? [...ratios][0] : undefined;
}
