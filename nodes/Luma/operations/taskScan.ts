import type { PiapiClient } from '../piapi/client';
import { MAX_PAGE_SIZE, type HistoryRow } from '../piapi/history';

const MAX_REQUESTS = 5;
const REQUEST_TIMEOUT_MS = 10_000;

/** Tasks that the editor gets at a time. The prompt of each takes a request, so they are few. */
const RESULTS = 10;
/** Tasks whose prompts one search reads. */
const MAX_EXAMINED = 50;

export interface Scan {
	/** How many of the newest tasks are skipped: where the scan before this one ended. */
	start: number;
	isCandidate: (row: HistoryRow) => boolean;
	/** Gets what `matches` needs to know of these tasks. */
	prepare: (rows: HistoryRow[]) => Promise<void>;
	matches: (row: HistoryRow) => boolean;
}

export interface ScanResult {
	found: HistoryRow[];
	/** Where the next scan goes on; absent at the end of the history. */
	next?: number;
}

/**
 * Goes through the account's history, the newest task first, until there is enough to show.
 *
 * @throws PiapiError when the history cannot be read
 */
export async function scanHistory(client: PiapiClient, scan: Scan): Promise<ScanResult> {
	const found: HistoryRow[] = [];
	let position = scan.start;
	let examined = 0;
	for (let requests = 0; requests < MAX_REQUESTS; requests++) {
		const page = Math.floor(position / MAX_PAGE_SIZE);
		const { rows, hasMore } = await client.listTasks(
			{ page: page + 1, pageSize: MAX_PAGE_SIZE },
			REQUEST_TIMEOUT_MS,
		);
		while (position < page * MAX_PAGE_SIZE + rows.length) {
			const batch = nextBatch(rows, position - page * MAX_PAGE_SIZE, scan.isCandidate);
			await scan.prepare(batch.candidates);
			found.push(...batch.candidates.filter(scan.matches));
			position = page * MAX_PAGE_SIZE + batch.end;
			examined += batch.candidates.length;
			if (found.length >= RESULTS || examined >= MAX_EXAMINED) {
				const isAtEnd = batch.end === rows.length && !hasMore;
				return isAtEnd ? { found } : { found, next: position };
			}
		}
		if (!hasMore) return { found };
		position = (page + 1) * MAX_PAGE_SIZE;
	}
	return { found, next: position };
}

/** The next candidates of a page, and the index behind the last of them. */
function nextBatch(rows: HistoryRow[], from: number, isCandidate: Scan['isCandidate']) {
	const candidates: HistoryRow[] = [];
	let end = from;
	for (; end < rows.length && candidates.length < RESULTS; end++) {
		if (isCandidate(rows[end])) candidates.push(rows[end]);
	}
	return { candidates, end };
}
