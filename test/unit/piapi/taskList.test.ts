import { describe, expect, it } from '@jest/globals';

import {
	listTasks,
	readTaskPage,
	type PageQuery,
	type TaskPage,
	type TaskQuery,
	type TaskRow,
} from '../../../nodes/Luma/piapi/taskList';
import { rowsOf } from '../../../support/taskRows';

const NOON = Date.UTC(2026, 0, 7, 12);
const HOUR_MS = 3_600_000;

/** Goes through a list whose pages come one after the other, and keeps what was asked for. */
async function read(
	answer: (query: PageQuery, requests: number) => TaskPage,
	query: TaskQuery = { pageSize: 2 },
	now = () => NOON,
) {
	const asked: PageQuery[] = [];
	const rows: TaskRow[] = [];
	const readPage = async (page: PageQuery) => {
		asked.push(page);
		return answer(page, asked.length);
	};
	const reading = (async () => {
		for await (const row of listTasks(query, { now, readPage })) rows.push(row);
	})();
	const error = await reading.catch((caught: unknown) => caught);
	return { rows, taskIds: rows.map(({ taskId }) => taskId), asked, error };
}

function pageOf(ids: string[], size: number | null = null): TaskPage {
	return { entries: ids.map((id) => ({ task_id: id })), size };
}

/** A list of pages with such tasks. */
function inPages(...pages: string[]) {
	return ({ page }: { page: number }) => pageOf([...pages[page - 1]]);
}

describe('each task comes once, in the order of the list', () => {
	it('when new tasks move others to the next page', async () => {
		const { taskIds, asked, error } = await read(inPages('dc', 'cb', 'a'));

		expect(error).toBeUndefined();
		expect(taskIds).toEqual(['d', 'c', 'b', 'a']);
		expect(asked.map(({ page }) => page)).toEqual([1, 2, 3]);
	});

	it('with its place in the list, from any place on', async () => {
		const { rows, asked } = await read(inPages('fe', 'dc', 'b'), { pageSize: 2, from: 3 });

		expect(rows.map(({ taskId, position }) => [taskId, position])).toEqual([
			['c', 3],
			['b', 4],
		]);
		expect(asked[0].page).toBe(2);
	});

	it('and no further page is read than somebody goes to', async () => {
		const pages: number[] = [];
		const readPage = async ({ page }: PageQuery) => {
			pages.push(page);
			return pageOf([`${page}a`, `${page}b`]);
		};
		for await (const { taskId } of listTasks({ pageSize: 2 }, { now: () => NOON, readPage })) {
			if (taskId === '2b') break;
		}
		expect(pages).toEqual([1, 2]);
	});
});

describe('the list', () => {
	const other = { entries: [1, 2].map((id) => ({ task_id: `${id}`, task_model: 'kling' })) };

	it.each<[string, (query: PageQuery) => TaskPage, string[], number]>([
		['ends with a page that is not full', () => pageOf(['a']), ['a'], 1],
		[
			'ends with a page that brings nothing new, when PiAPI brings the same for every number',
			() => pageOf(['b', 'a']),
			['b', 'a'],
			2,
		],
		[
			'does not end with a page of other models',
			({ page }) => (page === 1 ? { ...other, size: null } : pageOf(['a'])),
			['a'],
			2,
		],
		[
			'does not end with a smaller page, when PiAPI says that its pages are that small',
			({ page }) => pageOf(page > 3 ? [] : [`${page}`], 1),
			['1', '2', '3'],
			4,
		],
	])('%s', async (_, answer, ids, pages) => {
		const { taskIds, asked, error } = await read(answer);

		expect(error).toBeUndefined();
		expect(taskIds).toEqual(ids);
		expect(asked).toHaveLength(pages);
	});

	it.each([-1, 0, 1, 2, 1e9])(
		'does not end with a full page, whatever its size is (%d)',
		async (size) => {
			const page = inPages('dc', 'ba', '');
			const { taskIds } = await read((query) => ({ ...page(query), size }));

			expect(taskIds).toEqual(['d', 'c', 'b', 'a']);
		},
	);

	it('is given up with a clear message when there is no end', async () => {
		const { taskIds, asked, error } = await read(({ page }) => pageOf([`${page}a`, `${page}b`]));

		expect(error).toMatchObject({ code: 'tooManyTasks' });
		expect(asked).toHaveLength(1_000);
		expect(taskIds).toHaveLength(2_000);
	});
});

it('tells of each row without an ID, and leaves it out', async () => {
	let unreadable = 0;
	const entries = [null, 7, 'row', {}, { usage: 1 }, { task_id: 'a' }, { task_id: ' ' }];
	const { taskIds } = await read(() => ({ entries, size: null }), {
		onUnreadable: () => unreadable++,
	});

	expect(taskIds).toEqual(['a']);
	expect(unreadable).toBe(6);
});

describe('a time', () => {
	const entry = (id: string, at: number) => ({ task_id: id, created_at: at / 1000 });

	it('is asked for as it is, and leaves out what PiAPI lists all the same', async () => {
		const entries = [
			entry('late', NOON + HOUR_MS),
			entry('b', NOON),
			{ task_id: 'undated' },
			entry('a', NOON - HOUR_MS),
			entry('early', NOON - HOUR_MS - 1),
		];
		const { taskIds, asked } = await read(() => ({ entries, size: null }), {
			since: NOON - HOUR_MS,
			until: NOON,
		});

		expect(taskIds).toEqual(['b', 'undated', 'a']);
		const times = { start_time: (NOON - HOUR_MS) / 1000, end_time: NOON / 1000 };
		expect(asked).toEqual([{ page: 1, page_size: 100, ...times }]);
	});

	it.each([
		[9, 2],
		[-9, 2],
		[0, 1],
	])('follows the clock of PiAPI when n8n is %d hours ahead', async (hours, requests) => {
		let now = NOON + hours * HOUR_MS;
		const answer = () => {
			now = NOON;
			return { entries: [entry('b', NOON), entry('a', NOON - HOUR_MS - 1)], size: null };
		};
		const query = { since: (at: number) => at - HOUR_MS, until: (at: number) => at };
		const { taskIds, asked } = await read(answer, query, () => now);

		expect(taskIds).toEqual(['b']);
		expect(asked).toHaveLength(requests);
		// With some to spare: what is left out is decided by the answer.
		const times = { start_time: (NOON - HOUR_MS) / 1000 - 60, end_time: NOON / 1000 + 60 };
		expect(asked[requests - 1]).toEqual({ page: 1, page_size: 100, ...times });
	});
});

it('lists rows without a model, or of the model Luma', async () => {
	const models = ['luma', 'Luma', undefined, 'kling'];
	const rows = models.flatMap((model) => [
		{ task_id: `${model} 1`, task_model: model },
		{ taskId: `${model} 2`, taskModel: model },
	]);
	expect((await rowsOf(rows)).map(({ taskId }) => taskId)).toEqual([
		...['luma 1', 'luma 2', 'Luma 1', 'Luma 2', 'undefined 1', 'undefined 2'],
	]);
});

it.each<[unknown, unknown]>([
	[
		{ data: [1], size: '100', total: '7' },
		{ entries: [1], size: 100 },
	],
	[[1], { entries: [1], size: null }],
	[
		{ data: null, total: 0 },
		{ entries: [], size: null },
	],
	...[{}, { data: null }, { data: null, total: 3 }, null, 'a page', { data: 'none' }].map(
		(other): [unknown, undefined] => [other, undefined],
	),
])('a page is read from %j as %j', (data, page) => {
	expect(readTaskPage(data)).toEqual(page);
});
