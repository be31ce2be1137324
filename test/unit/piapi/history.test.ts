import { describe, expect, it } from '@jest/globals';

import { readHistory } from '../../../nodes/Luma/piapi/history';

const QUERY = { page: 1, pageSize: 100 };
const ID = 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d';

function rowsOf(...rows: object[]) {
	return readHistory({ data: rows }, QUERY)?.rows ?? [];
}

describe('what a listed task cost', () => {
	it.each([
		['completed', 2_000_000, 0.2],
		['Completed', '2000000', 0.2],
		['pending', 4_000_000, 0.4],
		['processing', { frozen: 2_000_000, consume: 0 }, 0.2],
		['completed', { frozen: 0, consume: 4_000_000 }, 0.4],
		['failed', 2_000_000, 0],
		['Failed', { frozen: 2_000_000, consume: 0 }, 0],
		['cancelled', 2_000_000, 0],
		['archived', 2_000_000, 0.2],
		['completed', undefined, null],
		['completed', 'none', null],
	])('%s with usage %j: %j US dollars', (status, usage, costUsd) => {
		expect(rowsOf({ task_id: ID, status, usage })[0].costUsd).toBe(costUsd);
		expect(rowsOf({ taskId: ID, status, usage })[0].costUsd).toBe(costUsd);
	});
});

it.each([
	['luma', 1],
	['Luma', 1],
	[undefined, 1],
	['kling', 0],
])('lists %j rows of the model %s', (model, count) => {
	expect(rowsOf({ task_id: ID, task_model: model })).toHaveLength(count);
	expect(rowsOf({ taskId: ID, taskModel: model })).toHaveLength(count);
});

it.each([
	['Wed, 25 Nov 2026 08:15:23 GMT', 1_795_594_523_000],
	[undefined, null],
	['yesterday', null],
])('reads the time of PiAPI from the Date header %j', (date, serverTime) => {
	expect(readHistory({ data: [] }, QUERY, date)?.serverTime).toBe(serverTime);
});
