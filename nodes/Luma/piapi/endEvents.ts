import { textOf } from './json';
import type { Task } from './task';

/** The ends of a task that a workflow can be started by. */
const END_EVENTS = ['completed', 'failed'] as const;

export type EndEvent = (typeof END_EVENTS)[number];

/** @param chosen what the field 'Events' holds; nothing in it means no filter, so that no paid video is missed */
export function endEvents(chosen: unknown): readonly EndEvent[] {
	const values = [chosen].flat();
	const events = END_EVENTS.filter((event) => values.includes(event));
	return events.length > 0 ? events : END_EVENTS;
}

export function isOneOf(events: readonly EndEvent[], { status }: Task): boolean {
	return events.some((event) => event === status);
}

/** Whether it is not a task of another model of PiAPI. */
export function isOfLuma({ raw }: Task): boolean {
	return (textOf(raw.model) ?? 'luma').trim().toLowerCase() === 'luma';
}
