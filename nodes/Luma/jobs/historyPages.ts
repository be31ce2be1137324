import type { PiapiClient } from '../piapi/client';
import { PiapiError } from '../piapi/errors';
import type { HistoryPage, HistoryQuery, HistoryRow } from '../piapi/history';
import type { RunClock } from '../runtime/clock';
import { retry } from '../runtime/retry';

/** With full pages that is 100,000 tasks. */
const MAX_PAGES = 1_000;

/** Reads a page of the account's task list; rejects with PiapiError. */
export type ListTasks = (query: HistoryQuery) => Promise<HistoryPage>;

/** Reads pages with retries. */
export function taskListOf(client: Pick<PiapiClient, 'listTasks'>, clock: RunClock): ListTasks {
	return async (query) => await retry(clock, async () => await client.listTasks(query));
}

/**
 * Reads the account's task list page by page, as far as it is asked for. Each task comes once: a task that
 * is created meanwhile moves others to the next page.
 *
 * @param query `page` is the first page that is read
 * @throws PiapiError when a page cannot be read; `tooManyTasks` when there is no end
 */
export async function* historyPages(
	list: ListTasks,
	query: Omit<HistoryQuery, 'page'> & { page?: number },
	maxPages = MAX_PAGES,
): AsyncGenerator<HistoryPage> {
	const seen = new Set<string>();
	for (let page = query.page ?? 1; page <= maxPages; page++) {
		const listed = await list({ ...query, page });
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
