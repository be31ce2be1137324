import { textOf } from './json';

const WITHOUT_ZONE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?$/;

/**
 * A date of PiAPI in milliseconds since 1970, null when it is none. One without a zone is in UTC,
 * whatever the zone of this n8n.
 */
export function timeIn(value: unknown): number | null {
	const text = textOf(value)?.trim() ?? '';
	const [, day, time] = WITHOUT_ZONE.exec(text) ?? [];
	const at = Date.parse(day === undefined ? text : `${day}T${time ?? '00:00'}Z`);
	return Number.isNaN(at) ? null : at;
}
