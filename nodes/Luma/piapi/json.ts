/** A JSON object from outside, whose values can be anything. */
export type JsonRecord = Record<string, unknown>;

/** The value as an object, or an empty one, so that reading a property never throws. */
export function recordOf(value: unknown): JsonRecord {
	return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is JsonRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of an object or a list in JSON; any other text is itself. */
export function jsonIn(text: string): unknown {
	if (!/^\s*[[{]/.test(text)) return text;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

/** The value as a text with something in it, else null. */
export function textOf(value: unknown): string | null {
	return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** An ID, which can be a number; 0 is none. */
export function idOf(value: unknown): string | null {
	const id = typeof value === 'number' ? String(value) : textOf(value);
	return id === '0' ? null : id;
}

/** As much as is looked at of a text that somebody else has written for people. */
const MAX_WORDS = 2_000;

/** The beginning of a message from outside; null when it says nothing. */
export function wordsOf(value: unknown): string | null {
	return textOf(saidIn(value))?.trim().slice(0, MAX_WORDS) ?? null;
}

/** A message from outside can stand in a list or an object of its own. */
export function saidIn(value: unknown): unknown {
	const only = onlyEntry(value);
	return isRecord(only) ? (only.message ?? only.msg) : only;
}

/** The text without all of these characters at its end. A regular expression would look at each of them anew. */
export function withoutEnd(text: string, characters: string): string {
	let end = text.length;
	while (end > 0 && characters.includes(text[end - 1])) end--;
	return text.slice(0, end);
}

/** The first entries of an object or a list: with all of a million, n8n would stand still. */
export function firstEntries(value: object, most: number): Array<[string, unknown]> {
	if (Array.isArray(value)) return value.slice(0, most).map((each, at) => [String(at), each]);
	const names = Object.keys(value).slice(0, most);
	return names.map((name) => [name, (value as JsonRecord)[name]]);
}

/** Nobody puts one value into more lists, and with all of a million n8n would stand still. */
const MAX_LISTS = 50;

/** A list of one entry means the entry; anything else means itself. */
export function onlyEntry(value: unknown): unknown {
	let inner = value;
	for (let lists = 0; lists < MAX_LISTS && Array.isArray(inner) && inner.length === 1; lists++) {
		[inner] = inner;
	}
	return inner;
}

// Zero-width characters, marks of direction and others that come along when a text is copied.
const INVISIBLE = /[\s\p{Cc}\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]/u;

/** The text without what nobody sees at its ends, and without halves of characters, which JSON cannot carry. */
export function plain(text: string): string {
	const whole = text.replace(/\p{Cs}/gu, '');
	let [start, end] = [0, whole.length];
	while (start < end && INVISIBLE.test(whole[start])) start++;
	while (start < end && INVISIBLE.test(whole[end - 1])) end--;
	return whole.slice(start, end);
}

/** The value as a finite number, also when it came as a text; else null. */
export function numberOf(value: unknown): number | null {
	if (typeof value !== 'number' && textOf(value) === null) return null;
	const number = Number(value);
	return Number.isFinite(number) ? number : null;
}

const WITHOUT_ZONE = /^(\d{4}[-/]\d\d[-/]\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?$/;

/**
 * A date as a text in milliseconds since 1970, null when it is none. One without a zone is in UTC,
 * whatever the zone of this n8n.
 */
export function timeIn(value: unknown): number | null {
	const text = textOf(value)?.trim() ?? '';
	const [, day, time] = WITHOUT_ZONE.exec(text) ?? [];
	const iso = `${day?.replaceAll('/', '-')}T${time ?? '00:00'}Z`;
	const at = Date.parse(day === undefined ? text : iso);
	return Number.isNaN(at) ? null : at;
}

/** A date of PiAPI in seconds lies between these; one in milliseconds is more. */
const [MIN_SECONDS, MAX_SECONDS] = [1e9, 1e11];

/**
 * A date of a task in milliseconds since 1970. PiAPI writes `0001-01-01T00:00:00Z` for "not yet", which is
 * null; a number counts seconds since 1970, or milliseconds.
 */
export function dateOf(value: unknown): number | null {
	const number = numberOf(value);
	if (number !== null && number < MIN_SECONDS) return null;
	const unit = (number ?? 0) < MAX_SECONDS ? 1000 : 1;
	const at = number === null ? (timeIn(value) ?? NaN) : number * unit;
	return new Date(at).getTime() > 0 ? at : null;
}

/** ISO 8601 in UTC, for the output; null stays null. */
export function isoOf(at: number | null): string | null {
	return at === null ? null : new Date(at).toISOString();
}
