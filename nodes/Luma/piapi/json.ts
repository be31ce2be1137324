/** A JSON object from outside, whose values can be anything. */
export type JsonRecord = Record<string, unknown>;

/** The value as an object, or an empty one, so that reading a property never throws. */
export function recordOf(value: unknown): JsonRecord {
	return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is JsonRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a text with something in it, else null. */
export function textOf(value: unknown): string | null {
	return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** The value as a finite number, also when it came as a text; else null. */
export function numberOf(value: unknown): number | null {
	if (typeof value !== 'number' && textOf(value) === null) return null;
	const number = Number(value);
	return Number.isFinite(number) ? number : null;
}
