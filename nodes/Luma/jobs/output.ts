import type { IDataObject, INode } from 'n8n-workflow';

import { isoOf } from '../piapi/json';
import type { Task } from '../piapi/task';

/** Whether an AI agent calls the node as its tool: n8n then gives it a type of its own. */
export function isAgentTool({ type }: INode): boolean {
	return type.endsWith('Tool');
}

/** The fields of a simplified output, the most used first. n8n's guidelines allow ten, with the task ID. */
export const SIMPLIFIED_FIELDS = [
	'status',
	'videoUrl',
	'thumbnailUrl',
	'lastFrameUrl',
	'prompt',
	'duration',
	'aspectRatio',
	'costUsd',
	'completedAt',
] as const;

/** What else is known of a task. */
export const FURTHER_FIELDS = [
	'watermarkedVideoUrl',
	'width',
	'height',
	'model',
	'seed',
	'createdAt',
	'startedAt',
	'waitSeconds',
	'failureReason',
] as const;

export type OutputField = (typeof SIMPLIFIED_FIELDS)[number] | (typeof FURTHER_FIELDS)[number];

/** A task that failed has no pictures, but a reason. */
const FIELDS_OF_FAILED: readonly OutputField[] = [
	'status',
	'failureReason',
	...SIMPLIFIED_FIELDS.filter(
		(field) => !['status', 'thumbnailUrl', 'lastFrameUrl'].includes(field),
	),
];

/** What an output item shows of a task. */
export type OutputFormat<Field extends string = OutputField> =
	| { type: 'simplified' }
	/** These fields and the task ID. */
	| { type: 'selected'; fields: readonly Field[] }
	/** PiAPI's own object, under `task`. */
	| { type: 'raw' };

export const SIMPLIFIED = { type: 'simplified' } as const;

/** The format that the switch 'Simplify' stands for. */
export function simplifiedOrRaw(simplify: boolean): OutputFormat<never> {
	return simplify ? SIMPLIFIED : { type: 'raw' };
}

/** What this run knows about a task besides what PiAPI says. */
export interface RunFacts {
	/** Seconds from the creation of the task (or the start of the wait) until its end was seen. */
	waitSeconds?: number | null;
	timedOut?: boolean;
}

/**
 * The JSON of an output item: one flat object, or PiAPI's own task beside the three fields that
 * every workflow needs. Never has a top-level `error`: n8n would take the item for a failed one and
 * run the node again.
 */
export function taskOutput(task: Task, format: OutputFormat, facts: RunFacts = {}): IDataObject {
	const { taskId, videoUrl } = task;
	const values = valuesOf(task, facts);
	switch (format.type) {
		case 'raw':
			return { taskId, status: values.status, videoUrl, task: task.raw as IDataObject };
		case 'selected':
			return { taskId, ...pick(values, format.fields) };
		case 'simplified':
			return {
				taskId,
				...pick(values, values.status === 'failed' ? FIELDS_OF_FAILED : SIMPLIFIED_FIELDS),
			};
	}
}

/** These fields of an object, in this order. */
export function pick<Field extends string>(
	values: Record<Field, IDataObject[string]>,
	fields: readonly Field[],
): IDataObject {
	return Object.fromEntries(fields.map((field) => [field, values[field]]));
}

function valuesOf(task: Task, facts: RunFacts): Record<OutputField, string | number | null> {
	return {
		status: facts.timedOut ? 'timeout' : task.status,
		videoUrl: task.videoUrl,
		thumbnailUrl: task.thumbnailUrl,
		lastFrameUrl: task.lastFrameUrl,
		prompt: task.prompt,
		duration: task.duration,
		aspectRatio: task.aspectRatio,
		costUsd: task.costUsd,
		completedAt: isoOf(task.completedAt),
		watermarkedVideoUrl: task.watermarkedVideoUrl,
		width: task.width,
		height: task.height,
		model: task.model,
		seed: task.seed,
		createdAt: isoOf(task.createdAt),
		startedAt: isoOf(task.startedAt),
		waitSeconds: facts.waitSeconds ?? null,
		failureReason: task.failure || null,
	};
}
