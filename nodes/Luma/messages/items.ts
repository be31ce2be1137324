/**
 * Names input items as n8n's editor does, counted from 0, such as ` [item 3]`. The editor adds the same to
 * a message that does not have it yet (read in its source, 1.123 to 2.41).
 *
 * @param itemCount number of input items; with a single one, or all of them, nothing has to be told apart
 */
export function itemSuffix(itemIndexes: readonly number[], itemCount: number): string {
	const isToldApart = itemIndexes.length > 0 && itemIndexes.length < itemCount;
	if (!isToldApart) return '';
	return ` [${itemIndexes.length === 1 ? 'item' : 'items'} ${itemIndexes.join(', ')}]`;
}

/** One of several videos of the same item. */
export interface Take {
	/** Which one, from 1. */
	number: number;
	/** How many videos the item asks for. */
	of: number;
}

/** Such as `video 2 of 3`; undefined where the item has one video. */
export function wordsForTake(take: Take | undefined): string | undefined {
	return take && `video ${take.number} of ${take.of}`;
}

/** An amount of US dollars as people read it, such as $0.20. */
export function usd(amount: number): string {
	return `$${amount.toFixed(2)}`;
}

const MAX_SHOWN = 60;

/** A value as a message shows it: at most 60 characters of it, none of them cut. */
export function shortened(value: unknown): string {
	const text = spelled(value);
	const start = [...text.slice(0, 2 * MAX_SHOWN)].slice(0, MAX_SHOWN).join('');
	return start === text ? text : `${start}…`;
}

/** The value as a text. JSON can have a `toString` that is no function. */
export function spelled(value: unknown): string {
	if (Array.isArray(value)) return value.slice(0, MAX_SHOWN).map(spelled).join();
	return isObject(value) ? '[object Object]' : String(value);
}

/** What a value is that should be a text. */
export function kindOf(value: unknown): string {
	if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
	if (!isObject(value)) return typeof value === 'number' ? 'a number' : shortened(value);
	if ('mimeType' in value || ArrayBuffer.isView(value)) return 'a file';
	return 'toISO' in value || value instanceof Date ? 'a time' : 'an object';
}

function isObject(value: unknown): value is object {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
