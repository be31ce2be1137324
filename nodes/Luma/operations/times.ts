import { tryToParseDateTime } from 'n8n-workflow';

import { isRecord, numberOf } from '../piapi/json';

/** A point in time with its zone, as n8n and its expressions have it. */
export type DateTime = ReturnType<typeof tryToParseDateTime>;

const DAY_MS = 86_400_000;
/** Day 0 of a spreadsheet's dates. */
const SHEET_EPOCH = Date.UTC(1899, 11, 30);
/** What a number can mean: a day of this century, however it is counted. */
const [FROM, TO] = [Date.UTC(2000), Date.UTC(2100)];

const MONTHS =
	'january february march april may june july august september october november december';

// A day, and whatever follows it.
const YEAR_FIRST =
	/^(?<year>\d{4})([-/.])(?<month>\d{1,2})\2(?<day>\d{1,2})(?!\d)[T ,]*(?<time>.*)$/;
const MONTH_FIRST =
	/^(?:[a-z]+,? )?(?<month>[a-z]{3,9})\.? (?<day>\d{1,2})(?:st|nd|rd|th)?,? (?<year>\d{4})(?!\d),? ?(?<time>.*)$/i;
const DAY_FIRST =
	/^(?:[a-z]+,? )?(?<day>\d{1,2})(?:st|nd|rd|th|\.)?[ -](?<month>[a-z]{3,9})[.,]?[ -](?<year>\d{4})(?!\d),? ?(?<time>.*)$/i;
const TIME =
	/^(\d\d?)(:\d\d(?::\d\d(?:\.\d+)?)?) ?(?:(z|utc|gmt)?([+-]\d\d:?\d\d)?)(?: ?\(.*\))?$/i;

/** A day of which nobody knows which number is the month. */
const WITHOUT_ORDER = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)/;

/**
 * The time that a value means, as people, spreadsheets and services write it. What has no zone of its own
 * is meant in the given one, never in that of the server.
 *
 * @returns undefined for what is no time, or can mean more than one day
 */
export function timeMeant(value: unknown, zone: string): DateTime | undefined {
	// A date of JavaScript or Luxon.
	const parsable = isRecord(value) ? value : isoIn(value);
	if (parsable === undefined) return undefined;
	try {
		return tryToParseDateTime(parsable, zone);
	} catch {
		return undefined;
	}
}

/** The days that a date such as 7/2/2026 can mean, as year-month-day; empty for other values. */
export function daysMeant(value: unknown): string[] {
	const [, first, , second, year] = WITHOUT_ORDER.exec(String(value).trim()) ?? [];
	const days = [isoDay(year, first, second), isoDay(year, second, first)];
	return [...new Set(days.filter((day) => day !== undefined))];
}

function isoIn(value: unknown): string | undefined {
	const number = numberOf(value);
	if (number !== null) return isoOfNumber(number);
	const text = String(value).trim().replace(/\s+/g, ' ');
	const found = YEAR_FIRST.exec(text) ?? MONTH_FIRST.exec(text) ?? DAY_FIRST.exec(text);
	const { year, month, day, time = '' } = found?.groups ?? {};
	const date = isoDay(year, monthNumber(month), day);
	if (date === undefined || time === '') return date;
	const [, hour, rest, utc, offset] = TIME.exec(time) ?? [];
	return hour && `${date}T${hour.padStart(2, '0')}${rest}${offset ?? (utc && 'Z') ?? ''}`;
}

/** Seconds or milliseconds since 1970, 20260702, or a spreadsheet's days, which know no zone. */
function isoOfNumber(number: number): string | undefined {
	const inSheet = SHEET_EPOCH + number * DAY_MS;
	if (inSheet >= FROM && inSheet < TO) return new Date(inSheet).toISOString().slice(0, -1);
	const [, year, month, day] = /^(20\d\d)(\d\d)(\d\d)$/.exec(String(number)) ?? [];
	const at = [number, number * 1000].find((each) => each >= FROM && each < TO);
	return isoDay(year, month, day) ?? (at === undefined ? undefined : new Date(at).toISOString());
}

function monthNumber(word = ''): string {
	const name = word.toLowerCase().replace(/^sept$/, 'sep');
	const index = MONTHS.split(' ').findIndex((month) => name !== '' && month.startsWith(name));
	return index < 0 ? word : String(index + 1);
}

/** Undefined for a day that is in no calendar. */
function isoDay(year?: string, month?: string, day?: string): string | undefined {
	const at = Date.UTC(Number(year), Number(month) - 1, Number(day));
	const date = Number.isNaN(at) ? '' : new Date(at).toISOString().slice(0, 10);
	return date === [year, month?.padStart(2, '0'), day?.padStart(2, '0')].join('-')
		? date
		: undefined;
}
