import { expect, it } from '@jest/globals';

import { historyPages, taskListOf } from '../../../nodes/Luma/jobs/historyPages';
import type { PiapiClient } from '../../../nodes/Luma/piapi/client';
import type { HistoryPage, HistoryQuery } from '../../../nodes/Luma/piapi/history';
import { RunClock, systemClock } from '../../../nodes/Luma/runtime/clock';

/** Reads all pages of a list, and counts the pages. */
async function readAll(listTasks: (query: HistoryQuery) => Promise<HistoryPage>) {
	let pages = 0;
	const client = {
		listTasks: async (query: HistoryQuery) => {
			pages++;
			return await listTasks(query);
		},
	} as unknown as PiapiClient;
	const taskIds: string[] = [];
	const outcome = (async () => {
		const list = historyPages(taskListOf(client, new RunClock(systemClock)), { pageSize: 2 });
		for await (const { rows } of list) taskIds.push(...rows.map(({ taskId }) => taskId));
	})();
	const error = await outcome.catch((caught: unknown) => caught);
	return { taskIds, pages, error };
}

function pageOf(ids: string[], { hasMore = true, total = null as number | null } = {}) {
	const unknown = { status: null, action: null, serviceMode: null, costUsd: null };
	const rows = ids.map((taskId) => ({
		taskId,
		...unknown,
		createdAt: null,
		updatedAt: null,
		raw: {},
	}));
	return { rows, hasMore, total, serverTime: null };
}

it('brings each task once when new tasks move others to the next page', async () => {
	const pages = [['d', 'c'], ['c', 'b'], ['a']];
	const { taskIds } = await readAll(async ({ page }) =>
		pageOf(pages[page - 1], { hasMore: page < pages.length }),
	);

	expect(taskIds).toEqual(['d', 'c', 'b', 'a']);
});

it('goes on behind a page of other models, and ends at the total', async () => {
	const { taskIds, pages } = await readAll(async ({ page }) =>
		pageOf(page === 2 ? ['a'] : [], { total: 6 }),
	);

	expect(taskIds).toEqual(['a']);
	expect(pages).toBe(3);
});

it('ends when PiAPI brings the same page for every number', async () => {
	const { taskIds, pages, error } = await readAll(async () => pageOf(['b', 'a']));

	expect(error).toBeUndefined();
	expect(taskIds).toEqual(['b', 'a']);
	expect(pages).toBe(2);
});

it('ends with a clear message when a list has no end', async () => {
	const { taskIds, pages, error } = await readAll(async ({ page }) => pageOf([`task ${page}`]));

	expect(error).toMatchObject({ code: 'tooManyTasks' });
	expect(pages).toBe(1_000);
	expect(taskIds).toHaveLength(1_000);
});
