import { PiapiError } from './errors';
import { dateOf, idOf, isRecord, numberOf, recordOf, textOf, type JsonRecord } from './json';
import { isLuma, knownStatus, readCost, type TaskStatus } from './task';

/** PiAPI's largest page of the task list. */
export const MAX_PAGE_SIZE = 100;
/** A page can have more than was asked for, but no page of PiAPI comes near. */
const MAX_ENTRIES = 20_000;
/** With full pages that is 100,000 tasks. */
const MAX_PAGES = 1_000;
/** A time that depends on PiAPI's present one is asked for with that much to spare: both clocks tick. */
const MARGIN_MS = 60_000;

/** A time in milliseconds since 1970 on PiAPI's clock, or what it is at PiAPI's present time. */
type PiapiTime = number | ((now: number) => number);

/** Which tasks of the account to list. */
export interface TaskQuery {
	/** Only tasks that were created at or after this time; a task of unknown date is listed, too. */
	since?: PiapiTime;
	/** Only tasks that were created at or before this time. */
	until?: PiapiTime;
	/** How many of the newest tasks to skip. */
	from?: number;
	/** Tasks per request, 1 to 100. */
	pageSize?: number;
	/** Requests at most; a longer list is an error. */
	maxPages?: number;
	/** Called for a row without an ID, which is left out. */
	onUnreadable?: () => void;
}

/** A task as PiAPI's task list shows it: without prompt and video. What is unknown is `null`. */
export interface TaskRow {
	taskId: string;
	status: TaskStatus | null;
	/** What was requested, such as `video_generation`. */
	action: string | null;
	serviceMode: string | null;
	/** US dollars: charged once the task ended, reserved before; 0 when it ended without a video. */
	costUsd: number | null;
	/** Milliseconds since 1970 on PiAPI's clock, as is the next one. */
	createdAt: number | null;
	updatedAt: number | null;
	/** How many tasks the list shows before it. */
	position: number;
	/** PiAPI's own row. */
	raw: JsonRecord;
}

/** One page of PiAPI's task list, the newest task first. */
export interface TaskPage {
	/** All that PiAPI lists, tasks of its other models and unreadable rows included. */
	entries: readonly unknown[];
	/** How many entries a full page of PiAPI's has; null when PiAPI does not say. */
	size: number | null;
}

/** A page of the list in PiAPI's own names; times are in seconds. */
export type PageQuery = Record<'page' | 'page_size', number> &
	Partial<Record<'start_time' | 'end_time', number>>;

/** How the list is read. */
interface TaskListSource {
	/** PiAPI's time, as its last answer told it. */
	now: () => number;
	readPage: (query: PageQuery) => Promise<TaskPage>;
}

/**
 * Goes through the task list, each task once, although a task that is created meanwhile moves others to the
 * next page. The list ends with a page that is not full, or brings nothing new: it is believed in what it
 * shows, and not in what it counts.
 *
 * @throws PiapiError when a page cannot be read; `tooManyTasks` when there is no end
 */
export async function* listTasks(
	query: TaskQuery,
	{ now, readPage }: TaskListSource,
): AsyncGenerator<TaskRow> {
	const { pageSize = MAX_PAGE_SIZE, from = 0, maxPages = MAX_PAGES, onUnreadable } = query;
	const firstPage = Math.floor(from / pageSize);
	const seen = new Set<string>();
	let asked = rangeAt(now(), query, MARGIN_MS);
	for (let page = firstPage; page < firstPage + maxPages; page++) {
		let listed = await readPage(pageQuery(page, pageSize, asked));
		const told = rangeAt(now(), query, MARGIN_MS);
		if (page === firstPage && differs(told, asked)) {
			// The clock of this n8n is wrong: the first page began at another time than meant.
			asked = told;
			listed = await readPage(pageQuery(page, pageSize, asked));
		}
		const { entries, size } = listed;
		const range = rangeAt(now(), query);
		const seenBefore = seen.size;
		for (const [index, entry] of entries.entries()) {
			const id = idOfEntry(entry);
			if (id === null) onUnreadable?.();
			if (id === null || seen.has(id)) continue;
			seen.add(id);
			const row = readRow(entry, page * pageSize + index);
			if (row && row.position >= from && isWithin(row, range)) yield row;
		}
		const isFull = entries.length >= Math.min(pageSize, size ?? pageSize);
		if (!isFull || seen.size === seenBefore) return;
	}
	throw new PiapiError('tooManyTasks');
}

interface TimeRange {
	since: number;
	until: number;
}

function rangeAt(
	now: number,
	{ since = -Infinity, until = Infinity }: TaskQuery,
	marginMs = 0,
): TimeRange {
	const timeOf = (at: PiapiTime, spareMs: number) =>
		typeof at === 'number' ? at : at(now) + spareMs;
	return { since: timeOf(since, -marginMs), until: timeOf(until, marginMs) };
}

function differs(one: TimeRange, other: TimeRange): boolean {
	const isFar = (a: number, b: number) => Math.abs(a - b) > MARGIN_MS / 2;
	return isFar(one.since, other.since) || isFar(one.until, other.until);
}

function isWithin({ createdAt }: TaskRow, { since, until }: TimeRange): boolean {
	return createdAt === null || (createdAt >= since && createdAt <= until);
}

function pageQuery(page: number, pageSize: number, { since, until }: TimeRange): PageQuery {
	return {
		page: page + 1,
		page_size: pageSize,
		...(since > -Infinity && { start_time: Math.floor(since / 1000) }),
		...(until < Infinity && { end_time: Math.ceil(until / 1000) }),
	};
}

/** Reads the `data` of PiAPI's task list; undefined when it is no list. */
export function readTaskPage(data: unknown): TaskPage | undefined {
	const { data: list, size, total } = recordOf(data);
	// Some servers write an empty list as null.
	const entries = list === null && numberOf(total) === 0 ? [] : (list ?? data);
	if (!Array.isArray(entries) || entries.length > MAX_ENTRIES) return undefined;
	return { entries, size: numberOf(size) };
}

/** The ID in an entry of the list, whichever model's task it is. PiAPI's pages disagree on the case of names. */
function idOfEntry(entry: unknown): string | null {
	return isRecord(entry) ? (idOf(entry.task_id) ?? idOf(entry.taskId)) : null;
}

/** @returns undefined for an entry without an ID, and for a task of another model */
function readRow(entry: unknown, position: number): TaskRow | undefined {
	const row = recordOf(entry);
	const taskId = idOfEntry(entry);
	if (taskId === null || !isLuma(row.task_model ?? row.taskModel)) return undefined;
	const status = knownStatus(row.status);
	return {
		taskId,
		status,
		action: textOf(row.action) ?? textOf(row.task_type) ?? textOf(row.taskType),
		serviceMode: textOf(row.service_mode) ?? textOf(row.serviceMode),
		costUsd: readUsage(row, status),
		createdAt: dateOf(row.created_at ?? row.createdAt),
		updatedAt: dateOf(row.updated_at ?? row.updatedAt),
		position,
		raw: row,
	};
}

/** An amount in the unit beside it, or written as in a task. */
function readUsage(row: JsonRecord, status: TaskStatus | null): number | null {
	const type = row.usage_type ?? row.usageType;
	const usage = isRecord(row.usage) ? row.usage : { consume: row.usage };
	return readCost({ type, ...usage }, status);
}
