import { PiapiError } from '../../piapi/errors';
import type { HistoryPage, HistoryQuery, HistoryRow } from '../../piapi/history';

export const DAY_MS = 24 * 60 * 60_000;

const PAGE_SIZE = 100;
/** 10,000 tasks: more than the largest plan of PiAPI makes in a day. */
const MAX_PAGES = 100;
/** The list is asked for with that much to spare: its filter may not be exact. */
const MARGIN_MS = 60_000;
/** The times of the two clocks are compared with that much to spare. */
const TOLERANCE_MS = 30_000;
const TOO_MANY = `more than ${PAGE_SIZE * MAX_PAGES} tasks in 24 hours`;

/** Reads a page of the account's task list; rejects with PiapiError. */
export type ListTasks = (query: HistoryQuery) => Promise<HistoryPage>;

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
	const pageFrom = async (page: number, ahead: number) =>
		await list({ page, pageSize: PAGE_SIZE, startTime: now() - ahead - DAY_MS - MARGIN_MS });
	const first = await pageFrom(1, aheadMs);
	const seenAheadMs = first.serverTime === null ? aheadMs : now() - first.serverTime;
	if (Math.abs(seenAheadMs - aheadMs) <= TOLERANCE_MS) {
		return { rows: await allRows(first, async (page) => await pageFrom(page, aheadMs)), aheadMs };
	}
	// The first page began at a wrong time.
	const again = await pageFrom(1, seenAheadMs);
	const rows = await allRows(again, async (page) => await pageFrom(page, seenAheadMs));
	return { rows, aheadMs: seenAheadMs };
}

/** The list need not be sorted, and a task that is created meanwhile moves others to the next page. */
async function allRows(
	first: HistoryPage,
	read: (page: number) => Promise<HistoryPage>,
): Promise<HistoryRow[]> {
	const rows = new Map(first.rows.map((row) => [row.taskId, row]));
	let { hasMore } = first;
	for (let page = 2; hasMore; page++) {
		if (page > MAX_PAGES) throw new PiapiError('unreadable', { technicalDetail: TOO_MANY });
		const { rows: found, hasMore: isMore } = await read(page);
		const known = rows.size;
		for (const row of found) rows.set(row.taskId, row);
		const isRepeated = found.length > 0 && rows.size === known;
		hasMore = isMore && !isRepeated;
	}
	return [...rows.values()];
}
