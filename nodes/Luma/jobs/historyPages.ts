import type { PiapiClient } from '../piapi/client';
import { PiapiError } from '../piapi/errors';
import type { HistoryPage, HistoryQuery, HistoryRow } from '../piapi/history';
import type { RunClock } from '../runtime/clock';
import { retry } from '../runtime/retry';

/** PiAPI's largest page. */
export const MAX_PAGE_SIZE = 100;

/** With full pages that is 100,000 tasks. */
const MAX_PAGES = 1_000;

/**
 * Reads the account's task list page by page, as far as it is asked for. Each task comes once: a task that
 * is created meanwhile moves others to the next page.
 *
 * @throws PiapiError when a page cannot be read; `tooManyTasks` when there is no end
 */
export async function* historyPages(
	client: PiapiClient,
	clock: RunClock,
	query: Omit<HistoryQuery, 'page'>,
): AsyncGenerator<HistoryPage> {
	const seen = new Set<string>();
	for (let page = 1; page <= MAX_PAGES; page++) {
		const listed = await retry(clock, async () => await client.listTasks({ ...query, page }));
		const rows = listed.rows.filter((row) => isFirst(row, seen));
		yield { ...listed, rows };
		if (!listed.hasMore || (rows.length === 0 && isEnd(listed, { ...query, page }))) return;
	}
	throw new PiapiError('tooManyTasks');
}

function isFirst({ taskId }: HistoryRow, seen: Set<string>): boolean {
	if (seen.has(taskId)) return false;
	seen.add(taskId);
	return true;
}

/** Of a page that brings nothing new: one that repeats others is the end, one of other models need not be. */
function isEnd({ rows, total }: HistoryPage, { page, pageSize }: HistoryQuery): boolean {
	return rows.length > 0 || (total !== null && page * pageSize >= total);
}
