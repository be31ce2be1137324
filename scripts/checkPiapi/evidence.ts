import type { Answer, PiapiClient } from './client';
import { readLink, type Link } from './link';
import type { Paid } from './paid';
import { at, textAt } from './path';
import { hasEnded, HISTORY, listOf, rowId, rowSeconds, videoOf } from './reading';

/** All that PiAPI was asked, and what it answered. The facts judge by nothing else. */
export interface Evidence {
	/** Every answer, in the order they came. */
	answers: readonly Answer[];
	account: Answer;
	wrongKey: Answer;
	activeTasks: Answer;
	unknownTask: Answer;
	unknownCancel: Answer;
	badCreate: Answer;
	history: HistoryEvidence;
	/** Tasks of the account, made earlier, with the rows that led to them. */
	tasks: Array<{ row: unknown; task: unknown }>;
	/** The newest finished video among them. */
	link?: Link;
	paid?: Paid;
}

export interface HistoryEvidence {
	first: Answer;
	/** Its second page, when there is one. */
	second?: Answer;
	hundred: Answer;
	/** The tasks of one moment and later, and of that moment and earlier, in unix seconds. */
	period?: { seconds: number; after: Answer; before: Answer };
}

const UNKNOWN_TASK = '/api/v1/task/00000000-0000-4000-8000-000000000000';
const PAGE_SIZE = 10;
const MOST_READS = 5;

export async function askForAccount(client: PiapiClient): Promise<Answer> {
	return await client.get('/account/info');
}

/** Asks what else can be asked for free. */
export async function gatherFree(
	client: PiapiClient,
	fetcher: typeof fetch,
	account: Answer,
): Promise<Evidence> {
	const wrongKey = await client.get('/account/info', { apiKey: 'not-a-key' });
	const activeTasks = await client.get('/account/active_tasks');
	const unknownTask = await client.get(UNKNOWN_TASK);
	const unknownCancel = await client.delete(UNKNOWN_TASK);
	// There is no such type and no prompt: nothing that could be made or charged.
	const nonsense = { model: 'luma', task_type: 'no_such_task_type', input: {} };
	const badCreate = await client.post('/api/v1/task', nonsense);
	const history = await gatherHistory(client);
	const tasks = await readSome(client, listOf(history.hundred) ?? []);
	const finished = tasks.map(({ task }) => videoOf(task)?.url).find((url) => url !== undefined);
	return {
		answers: client.answers,
		account,
		wrongKey,
		activeTasks,
		unknownTask,
		unknownCancel,
		badCreate,
		history,
		tasks,
		link: finished === undefined ? undefined : await readLink(finished, fetcher),
	};
}

async function gatherHistory(client: PiapiClient): Promise<HistoryEvidence> {
	const ask = async (query: string) => await client.get(`${HISTORY}?model=luma&${query}`);
	const first = await ask(`page=1&page_size=${PAGE_SIZE}`);
	const total = Number(at(first.body, 'data.total'));
	const second = total > PAGE_SIZE ? await ask(`page=2&page_size=${PAGE_SIZE}`) : undefined;
	const hundred = await ask('page=1&page_size=100');
	const rows = listOf(first) ?? [];
	const seconds = rowSeconds(rows[Math.floor(rows.length / 2)]);
	if (seconds === undefined) return { first, second, hundred };
	const after = await ask(`page=1&page_size=100&start_time=${seconds}`);
	const before = await ask(`page=1&page_size=100&end_time=${seconds}`);
	return { first, second, hundred, period: { seconds, after, before } };
}

/** Reads the newest task of each status, then the newest of all, up to a few. */
async function readSome(client: PiapiClient, rows: unknown[]): Promise<Evidence['tasks']> {
	const ofEachStatus = rows.filter(
		(row, i) => rows.findIndex((other) => textAt(other, 'status') === textAt(row, 'status')) === i,
	);
	const newest = [...rows].filter(hasEnded);
	const chosen = [...new Set([...ofEachStatus, ...newest])].filter(rowId).slice(0, MOST_READS);
	const tasks: Evidence['tasks'] = [];
	for (const row of chosen) {
		const { body } = await client.get(`/api/v1/task/${encodeURIComponent(rowId(row))}`);
		const task = at(body, 'data');
		// PiAPI deletes tasks after a while, and may still list them.
		if (at(task, 'task_id') !== undefined) tasks.push({ row, task });
	}
	return tasks;
}
