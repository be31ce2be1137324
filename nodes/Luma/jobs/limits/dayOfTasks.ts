import { MAX_PAGE_SIZE, type HistoryPage, type HistoryRow } from '../../piapi/history';
import { historyPages, type ListTasks } from '../historyPages';

export const DAY_MS = 24 * 60 * 60_000;

/** 10,000 tasks: more than the largest plan of PiAPI makes in a day. */
const MAX_PAGES = 100;
/** The list is asked for with that much to spare: its filter may not be exact. */
const MARGIN_MS = 60_000;
/** The times of the two clocks are compared with that much to spare. */
const TOLERANCE_MS = 30_000;

/** The account's Luma tasks of the last 24 hours, each once. */
export interface DayOfTasks {
	rows: HistoryRow[];
	/** How far the clock of this n8n is ahead of PiAPI's; milliseconds. */
	aheadMs: number;
}

/**
 * Reads the tasks that were created in the last 24 hours on PiAPI's clock, whatever this n8n's clock says.
 *
 * @param now milliseconds since 1970 on the clock of this n8n
 * @param aheadMs how far that is known to be ahead of PiAPI's clock
 * @throws PiapiError when a page cannot be read, or there are too many
 */
export async function readDay(
	list: ListTasks,
	now: () => number,
	aheadMs: number,
): Promise<DayOfTasks> {
	const startTimeAt = (ahead: number) => now() - ahead - DAY_MS - MARGIN_MS;
	const firstPage = async (startTime: number) =>
		await list({ page: 1, pageSize: MAX_PAGE_SIZE, startTime });

	const since = startTimeAt(aheadMs);
	const first = await firstPage(since);
	const seenAheadMs = first.serverTime === null ? aheadMs : now() - first.serverTime;
	if (Math.abs(seenAheadMs - aheadMs) <= TOLERANCE_MS) {
		return { rows: await allRows(list, first, since), aheadMs };
	}
	// The first page began at a wrong time.
	const rightSince = startTimeAt(seenAheadMs);
	return {
		rows: await allRows(list, await firstPage(rightSince), rightSince),
		aheadMs: seenAheadMs,
	};
}

/** The list need not be sorted. */
async function allRows(
	list: ListTasks,
	first: HistoryPage,
	startTime: number,
): Promise<HistoryRow[]> {
	const rows = new Map(first.rows.map((row) => [row.taskId, row]));
	if (!first.hasMore) return [...rows.values()];
	const query = { page: 2, pageSize: MAX_PAGE_SIZE, startTime };
	for await (const page of historyPages(list, query, MAX_PAGES)) {
		for (const row of page.rows) rows.set(row.taskId, row);
	}
	return [...rows.values()];
}
