import { taskListOf } from '../jobs/historyPages';
import type { PiapiClient } from '../piapi/client';
import { MAX_PAGE_SIZE, type HistoryPage, type HistoryRow } from '../piapi/history';
import { isFinal } from '../piapi/task';
import type { RunClock } from '../runtime/clock';

/** What a poll needs to ask PiAPI. */
export interface PollRun {
	client: PiapiClient;
	clock: RunClock;
}

/** The account's tasks as PiAPI's list shows them. */
export interface TaskList {
	/** One for each task. */
	rows: HistoryRow[];
	/** PiAPI's time; where it does not say, the newest time in the list, 0 when there is none. */
	now: number;
}

// Far more than anybody has in a day: it ends the search where a list never ends.
const MAX_PAGES = 200;
/** Pages in a row without a task of Luma that is new: PiAPI repeats itself, or lists other models. */
const MAX_PAGES_IN_VAIN = 3;

/**
 * Lists the tasks that were created since a time.
 *
 * @param longestMs how far to go back at most, where there is more than a page
 * @throws PiapiError when a part of the list cannot be read
 */
export async function listTasks(run: PollRun, since: number, longestMs: number): Promise<TaskList> {
	const first = await readPage(run, 1, since);
	const now = first.serverTime ?? newestTime(first.rows);
	if (!first.hasMore) return { rows: oncePerTask(first.rows), now };

	const isTooLong = since < now - longestMs;
	const rest = isTooLong
		? await readPages(run, 1, now - longestMs)
		: await readPages(run, 2, since);
	return { rows: oncePerTask([...first.rows, ...rest]), now };
}

async function readPages(run: PollRun, from: number, since: number): Promise<HistoryRow[]> {
	const byId = new Map<string, HistoryRow>();
	for (let page = from, inVain = 0; page <= MAX_PAGES && inVain < MAX_PAGES_IN_VAIN; page++) {
		const { rows, hasMore } = await readPage(run, page, since);
		inVain = rows.some(({ taskId }) => !byId.has(taskId)) ? 0 : inVain + 1;
		rows.forEach((row) => byId.set(row.taskId, row));
		if (!hasMore) break;
	}
	return [...byId.values()];
}

async function readPage(
	{ client, clock }: PollRun,
	page: number,
	since: number,
): Promise<HistoryPage> {
	const startTime = since > 0 ? since : undefined;
	const query = { page, pageSize: MAX_PAGE_SIZE, startTime };
	return await taskListOf(client, clock)(query);
}

/** A task that is created meanwhile moves others to the next page; of two rows the one with the end counts. */
function oncePerTask(rows: HistoryRow[]): HistoryRow[] {
	const byId = new Map<string, HistoryRow>();
	for (const row of rows) {
		const known = byId.get(row.taskId);
		if (!known || !isFinal(known)) byId.set(row.taskId, row);
	}
	return [...byId.values()];
}

/** The newest time that is in the rows; 0 without any. */
export function newestTime(rows: HistoryRow[]): number {
	const times = rows.flatMap(({ createdAt, updatedAt }) => [timeOf(createdAt), timeOf(updatedAt)]);
	return times.reduce((one, other) => Math.max(one, other), 0);
}

/** @returns 0 for no time */
export function timeOf(date: string | null): number {
	return date === null ? 0 : Date.parse(date);
}
