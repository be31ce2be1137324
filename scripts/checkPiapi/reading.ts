import type { Answer } from './client';
import { at, textAt } from './path';

export const HISTORY = '/api/open/tasks/histories';

/** The words of PiAPI's own pages. */
export const DOCUMENTED_STATUSES = ['pending', 'staged', 'processing', 'completed', 'failed'];

/** Words that clients of PiAPI have met besides. */
export const MET_STATUSES = [
	'success',
	'succeeded',
	'complete',
	'finished',
	'running',
	'in_progress',
	'retry',
	'cancelled',
	'canceled',
	'failure',
	'error',
	'rejected',
	'timeout',
];

const UNDER_WAY = ['pending', 'staged', 'processing', 'running', 'in_progress', 'retry'];

/** The status of a task or of a row, in lower case. */
export function statusOf(task: unknown): string {
	return textAt(task, 'status').toLowerCase();
}

export function hasEnded(task: unknown): boolean {
	const status = statusOf(task);
	return status !== '' && !UNDER_WAY.includes(status);
}

export function hasCompleted(task: unknown): boolean {
	return ['completed', 'success', 'succeeded', 'complete'].includes(statusOf(task));
}

/** The forms of `output` that PiAPI's pages and its clients show, the newest first. */
const VIDEO_PATHS = [
	'output.video',
	'output.video.url',
	'output.generation.video.url',
	'output.video_url',
	'output.works.0.video.resource',
];

/** The video of a task, and where in the task its link lies. */
export function videoOf(task: unknown): { path: string; url: string } | undefined {
	for (const path of VIDEO_PATHS) {
		const url = textAt(task, path);
		if (/^https?:/.test(url) && URL.canParse(url)) return { path, url };
	}
	return undefined;
}

/** The rows of a history answer; undefined when there is no list. */
export function listOf(answer: Answer | undefined): unknown[] | undefined {
	const rows = at(answer?.body, 'data.data');
	return Array.isArray(rows) ? rows : undefined;
}

/** A field of a row by its name in snake case, in whichever case the row has it. */
export function rowField(row: unknown, name: string): unknown {
	const camel = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
	return at(row, name) ?? at(row, camel);
}

export function rowId(row: unknown): string {
	const id = rowField(row, 'task_id');
	return typeof id === 'string' ? id : '';
}

/** When the task of a row was created, in whole unix seconds; undefined when it does not say. */
export function rowSeconds(row: unknown): number | undefined {
	const date = rowField(row, 'created_at');
	const ms = typeof date === 'number' ? date * 1000 : Date.parse(String(date));
	return Number.isFinite(ms) ? Math.floor(ms / 1000) : undefined;
}
