import type { CreateTaskBody } from './client';
import { isRecord, recordOf, textOf, type JsonRecord } from './json';

/** The part of a create's body that tells one order from another. */
export type OrderedTask = Pick<CreateTaskBody, 'task_type' | 'input'>;

/**
 * Whether a task, as PiAPI shows it, is what was ordered: the same type and the whole same input, in the
 * newer or the older names of its fields, with or without the defaults that PiAPI fills in. When in
 * doubt it is not: a task that is not claimed can still be picked up by hand.
 */
export function isOrderOf(ordered: OrderedTask, task: JsonRecord): boolean {
	return (
		textOf(task.task_type)?.toLowerCase() === ordered.task_type &&
		isRecord(task.input) &&
		same(inOneForm(ordered.input), inOneForm(task.input))
	);
}

/** What PiAPI takes for a field that is not sent (PiAPI, "Video Creation"). */
const DEFAULTS: ReadonlyArray<[string, unknown]> = [
	['model', 'ray-v2'],
	['duration', 5],
	['aspect_ratio', '16:9'],
];

const FRAMES = [
	['frame0', 'start_image'],
	['frame1', 'end_image'],
] as const;

/** Was: `model_name`, and images as `key_frames` of the type `image`. Is: `model`, `start_image`, `end_image`. */
function inOneForm({ model_name: modelName, key_frames: keyFrames, ...input }: JsonRecord) {
	const frames = recordOf(keyFrames);
	const fields = new Map([...DEFAULTS, ...given({ model: modelName }), ...given(input)]);
	for (const [older, newer] of FRAMES) {
		const frame = recordOf(frames[older]);
		if (frame.type === 'image') fields.set(newer, frame.url);
		else if (!isNothing(frame)) fields.set(older, frame);
	}
	return fields;
}

function given(fields: JsonRecord): Array<[string, unknown]> {
	return Object.entries(fields).filter(([, value]) => !isNothing(value));
}

function same(ordered: unknown, seen: unknown): boolean {
	if (ordered instanceof Map && seen instanceof Map) {
		const names = new Set<unknown>([...ordered.keys(), ...seen.keys()]);
		return [...names].every((name) => same(ordered.get(name), seen.get(name)));
	}
	if (isRecord(ordered) && isRecord(seen)) {
		return same(new Map(given(ordered)), new Map(given(seen)));
	}
	if (Array.isArray(ordered) && Array.isArray(seen)) {
		return ordered.length === seen.length && ordered.every((value, i) => same(value, seen[i]));
	}
	if (typeof ordered === 'object' || typeof seen === 'object') return false;
	return String(ordered).trim() === String(seen).trim();
}

/** What an API writes for a field that was not set. */
function isNothing(value: unknown): boolean {
	if (isRecord(value)) return Object.values(value).every(isNothing);
	if (Array.isArray(value)) return value.length === 0;
	return value === undefined || value === null || value === '' || value === false || value === 0;
}
