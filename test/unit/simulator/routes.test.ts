import { describe, expect, it } from '@jest/globals';
import { openAccount, type Answer } from './account';

interface Row {
	task_id: string;
	status: string;
	usage: number;
}
interface History {
	data: Row[];
	page: number;
	size: number;
	total: number;
}

it('answers an unknown task and an unknown route with a 404 envelope', async () => {
	const { read, call } = openAccount();
	expect(await read('nothing')).toMatchObject({
		status: 404,
		code: 404,
		message: 'task not found',
	});
	expect(await call('PUT', '/api/v1/task')).toMatchObject({ status: 404, code: 404 });
});

describe('cancelling', () => {
	it('cancels a pending task only, and gives its points back', async () => {
		const { create, read, call, clock, run, simulator } = openAccount({ concurrency: 1 });
		const cancel = async (taskId: string) => await call('DELETE', `/api/v1/task/${taskId}`);
		await run(async () => {
			const first = (await create()).data.task_id;
			const second = (await create()).data.task_id;
			await clock.sleep(300);
			const third = (await create()).data.task_id;
			expect(await cancel(third)).toEqual({ status: 200, code: 200, message: 'success' });
			expect((await read(third)).data.status).toBe('cancelled');
			expect(simulator.balancePoints).toBe(996_000_000);
			expect(await cancel(third)).toMatchObject({ status: 400, code: 400 });
			expect((await cancel(first)).message).toContain('this one is processing');
			expect((await cancel(second)).message).toContain('this one is staged');
			expect(await cancel('nothing')).toMatchObject({ status: 404 });
			await clock.sleep(60_000);
			expect((await read(third)).data.status).toBe('cancelled');
		});
	});

	it('cancels all pending tasks created before a time', async () => {
		const { create, call, clock, run, simulator } = openAccount({ queueSeconds: 60 });
		await run(async () => {
			await create();
			await clock.sleep(5000);
			await create();
			const before = Math.floor(clock.now() / 1000);
			expect((await call('DELETE', `/api/v1/tasks?created_before=${before}`)).code).toBe(200);
			const statuses = [...simulator.tasks.values()].map(({ status }) => status);
			expect(statuses).toEqual(['cancelled', 'pending']);
			expect(await call('DELETE', '/api/v1/tasks')).toMatchObject({ status: 400 });
		});
	});
});

describe('the account', () => {
	it('returns plan, balance and concurrency', async () => {
		const { create, call } = openAccount({ plan: 'pro', balanceUsd: 1, concurrency: 7 });
		await create();
		expect((await call('GET', '/account/info')).data).toMatchObject({
			account_id: expect.any(String),
			account_name: expect.any(String),
			plan: 'pro',
			equivalent_in_usd: 0.8,
			max_concurrent_task_count: 7,
			is_enable: true,
			wallet: { point_remain: 8_000_000, point_frozen: 2_000_000, point_used: 0 },
		});
	});

	it('counts the active tasks of each model', async () => {
		const { create, call, clock, run } = openAccount({ concurrency: 1 });
		await run(async () => {
			await create();
			await create();
			await clock.sleep(300);
			const pending = (await create()).data.task_id;
			const { data } = await call<Record<string, object>>('GET', '/account/active_tasks');
			expect(data.luma).toMatchObject({ staged_count: 1, pending_count: 1, processing_count: 1 });
			expect(data.luma).toHaveProperty('active_tasks.0', pending);
			expect(data.kling).toMatchObject({ staged_count: 0, active_tasks: [] });
		});
	});
});

describe('the history', () => {
	const list = async (
		call: ReturnType<typeof openAccount>['call'],
		query: string,
	): Promise<Answer<History>> => await call<History>('GET', `/api/open/tasks/histories?${query}`);

	it('lists rows newest first, page by page', async () => {
		const { create, call, clock, run } = openAccount();
		await run(async () => {
			const ids: string[] = [];
			for (let made = 0; made < 5; made++) {
				ids.unshift((await create()).data.task_id);
				await clock.sleep(3000);
			}
			const { data } = await list(call, 'page=2&page_size=2&model=luma');
			expect({ ...data, data: data.data.length }).toEqual({ data: 2, page: 2, size: 2, total: 5 });
			expect(data.data.map(({ task_id }) => task_id)).toEqual(ids.slice(2, 4));
			expect(data.data[0]).toEqual({
				task_id: ids[2],
				task_model: 'luma',
				action: 'video_generation',
				status: 'completed',
				service_mode: '',
				usage: 2_000_000,
				usage_type: 'point',
				detail: null,
				created_at: expect.stringMatching(/\.\d{9}Z$/),
				updated_at: expect.stringMatching(/\.\d{9}Z$/),
			});
			expect((await list(call, 'page=9')).data).toMatchObject({ data: [], total: 5, size: 10 });
			expect((await list(call, 'model=kling')).data.total).toBe(0);
		});
	});

	it('filters by time, in unix seconds', async () => {
		const { create, call, clock, run } = openAccount();
		await run(async () => {
			const start = Math.floor(clock.now() / 1000);
			for (let made = 0; made < 3; made++) {
				await create();
				await clock.sleep(10_000);
			}
			expect((await list(call, `start_time=${start + 10}`)).data.total).toBe(2);
			expect((await list(call, `start_time=${start + 1}&end_time=${start + 10}`)).data.total).toBe(
				1,
			);
		});
	});

	it.each(['page_size=101', 'page_size=0', 'page=0', 'page=x', 'start_time=yesterday'])(
		'refuses %s with 400',
		async (query) => {
			const { call } = openAccount();
			expect(await list(call, query)).toMatchObject({ status: 400, code: 400 });
		},
	);

	it('can name its fields in camel case', async () => {
		const { create, call } = openAccount({ historyCase: 'camel' });
		const { task_id } = (await create()).data;
		const [row] = (await list(call, '')).data.data;
		expect(row).toMatchObject({ taskId: task_id, usageType: 'point' });
		expect(row).not.toHaveProperty('task_id');
	});
});
