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
		let pages = 0;
		const readPage = async ({ page }: PageQuery) => {
			pages++;
			return pageOf([`${page}a`, `${page}b`]);
		};
		for await (const { taskId } of listTasks({ pageSize: 2 }, { now: () => NOON, readPage })) {
			if (taskId === '2b') break;
		}
		expect(pages).toBe(2);
	});
});

describe('the list ends', () => {
	it('with a page that is not full', async () => {
		const { taskIds, asked } = await read(() => pageOf(['a']));

		expect(taskIds).toEqual(['a']);
		expect(asked).toHaveLength(1);
	});

	it('with a page that brings nothing new, when PiAPI brings the same for every number', async () => {
		const { taskIds, asked, error } = await read(() => pageOf(['b', 'a']));

		expect(error).toBeUndefined();
		expect(taskIds).toEqual(['b', 'a']);
		expect(asked).toHaveLength(2);
	});

	it('not with a page of other models', async () => {
		const other = { entries: [1, 2].map((id) => ({ task_id: `${id}`, task_model: 'kling' })) };
		const { taskIds, asked } = await read(({ page }) =>
			page === 1 ? { ...other, size: null } : pageOf(['a']),
		);

		expect(taskIds).toEqual(['a']);
		expect(asked).toHaveLength(2);
	});

	it('not with a smaller page, when PiAPI says that its pages are that small', async () => {
		const { taskIds } = await read(({ page }) => pageOf(page > 3 ? [] : [`${page}`], 1));

		expect(taskIds).toEqual(['1', '2', '3']);
	});

	it.each([-1, 0, 1, 2, 1e9])(
		'not with a full page, whatever size of %d PiAPI says',
		async (size) => {
			const page = inPages('dc', 'ba', '');
			const { taskIds } = await read((query) => ({ ...page(query), size }));

			expect(taskIds).toEqual(['d', 'c', 'b', 'a']);
		},
	);

	it('with a clear message when there is no end', async () => {
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

	it.each([9, -9])('follows the clock of PiAPI when n8n is %d hours ahead', async (hours) => {
		let now = NOON + hours * HOUR_MS;
		const answer = () => {
			now = NOON;
			return { entries: [entry('b', NOON), entry('a', NOON - HOUR_MS - 1)], size: null };
		};
		const query = { since: (at: number) => at - HOUR_MS, until: (at: number) => at };
		const { taskIds, asked } = await read(answer, query, () => now);

		expect(taskIds).toEqual(['b']);
		expect(asked).toHaveLength(2);
		// With some to spare: what is left out is decided by the answer.
		const times = { start_time: (NOON - HOUR_MS) / 1000 - 60, end_time: NOON / 1000 + 60 };
		expect(asked[1]).toEqual({ page: 1, page_size: 100, ...times });
	});

	it('is asked for once when both clocks go right', async () => {
		let now = NOON;
		const answer = () => {
			now += 5_000;
			return pageOf(['a']);
		};
		const { asked } = await read(answer, { since: (at) => at - HOUR_MS }, () => now);

		expect(asked).toHaveLength(1);
	});
});

it.each([
	['luma', 1],
	['Luma', 1],
	[undefined, 1],
	['kling', 0],
])('lists %j rows of the model %s', async (model, count) => {
	for (const row of [
		{ task_id: '1', task_model: model },
		{ taskId: '1', taskModel: model },
	]) {
		expect(await rowsOf([row])).toHaveLength(count);
	}
});

it.each([
	[{ data: [1], size: '100', total: '7' }, [1], 100],
	[[1], [1], null],
	[{ data: null, total: 0 }, [], null],
])('reads a page from %j', (data, entries, size) => {
	expect(readTaskPage(data)).toEqual({ entries, size });
});

it.each([{}, { data: null }, { data: null, total: 3 }, null, 'a page', { data: 'none' }])(
	'reads no page from %j',
	(data) => {
		expect(readTaskPage(data)).toBeUndefined();
	},
);
