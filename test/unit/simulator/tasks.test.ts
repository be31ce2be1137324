import { describe, expect, it } from '@jest/globals';
import { openAccount } from '../../../support/virtualTime/simulatedAccount';

describe('a task moves on with time', () => {
	it('from pending over processing to completed, and charges what it has frozen', async () => {
		const { create, read, clock, run, simulator } = openAccount({ renderSeconds: 2.5 });
		await run(async () => {
			const { task_id } = (await create({ duration: 10 })).data;
			await clock.sleep(199);
			expect((await read(task_id)).data.status).toBe('pending');
			await clock.sleep(1);
			expect((await read(task_id)).data.status).toBe('processing');
			await clock.sleep(2500);
			expect((await read(task_id)).data).toMatchObject({
				status: 'completed',
				meta: {
					started_at: expect.stringMatching(/^2026-01-07T01:36:08\.200\d{6}Z$/),
					ended_at: expect.stringMatching(/^2026-01-07T01:36:10\.700\d{6}Z$/),
					usage: { type: 'point', frozen: 0, consume: 4_000_000 },
				},
			});
			expect(simulator.balancePoints).toBe(996_000_000);
		});
	});

	it('one after the other while the account is full, also when nobody looked for hours', async () => {
		const { create, clock, run, simulator, statuses } = openAccount({ concurrency: 1 });
		await run(async () => {
			const start = clock.now();
			for (let made = 0; made < 3; made++) await create();
			await clock.sleep(200);
			expect(statuses()).toEqual(['processing', 'staged', 'staged']);
			await clock.sleep(7_200_000);
			const ends = [...simulator.tasks.values()].map(({ endedAt = 0 }) => endedAt - start);
			expect(ends).toEqual([5200, 10_200, 15_200]);
		});
	});

	it('to a failure, which costs nothing', async () => {
		const { create, read, clock, run, simulator } = openAccount({
			outcome: () => ({ message: 'No.', rawMessage: '400' }),
		});
		await run(async () => {
			const { task_id } = (await create()).data;
			await clock.sleep(5200);
			expect((await read(task_id)).data).toMatchObject({
				status: 'failed',
				output: null,
				error: { code: 10000, message: 'No.', raw_message: '400' },
				meta: { usage: { frozen: 0, consume: 0 } },
			});
			expect(simulator.balancePoints).toBe(1_000_000_000);
		});
	});

	it('to a failure when its image should be here and is not', async () => {
		const { create, clock, run, simulator, statuses } = openAccount();
		await run(async () => {
			const url = `${simulator.baseUrl}/media/uploads/none.png`;
			await create({ start_image: url });
			await create({ key_frames: { frame1: { type: 'image', url } } });
			await create({ start_image: 'https://pictures.test/none.png' });
			await clock.sleep(10_000);
			expect(statuses()).toEqual(['failed', 'failed', 'completed']);
		});
	});
});

describe('a task moves on when the test says so', () => {
	const never = { queueSeconds: Infinity, renderSeconds: Infinity };

	it('to its start, its video or a failure, and never by itself', async () => {
		const { create, clock, run, simulator, statuses } = openAccount(never);
		await run(async () => {
			for (let made = 0; made < 4; made++) await create();
			await clock.sleep(3_600_000);
			const [first, second, third] = simulator.tasks.values();
			simulator.start(first);
			simulator.complete(second);
			simulator.fail(third, { message: 'No.' });
			expect(statuses()).toEqual(['processing', 'completed', 'failed', 'pending']);
			simulator.complete(first);
			expect(first.chargedPoints).toBe(2_000_000);
			expect(() => simulator.start(first)).toThrow('ended');
		});
	});

	it('or after so many reads, whatever the time', async () => {
		const { create, read, clock, run } = openAccount({ readsPerStep: 2 });
		await run(async () => {
			const { task_id } = (await create()).data;
			await clock.sleep(3_600_000);
			const seen: string[] = [];
			for (let reads = 0; reads < 5; reads++) seen.push((await read(task_id)).data.status);
			expect(seen).toEqual(['pending', 'processing', 'processing', 'completed', 'completed']);
		});
	});
});

describe('cancelling', () => {
	it('is for a pending task only, and gives its points back', async () => {
		const { create, call, clock, run, simulator, statuses } = openAccount({ concurrency: 1 });
		const cancel = async (taskId: string) => await call('DELETE', `/api/v1/task/${taskId}`);
		await run(async () => {
			const first = (await create()).data.task_id;
			await clock.sleep(300);
			const second = (await create()).data.task_id;
			expect(await cancel(second)).toEqual({ status: 200, code: 200, message: 'success' });
			expect(simulator.balancePoints).toBe(998_000_000);
			expect((await cancel(first)).message).toContain('this one is processing');
			expect(await cancel('nothing')).toMatchObject({ status: 404 });
			await clock.sleep(60_000);
			expect(statuses()).toEqual(['completed', 'cancelled']);
		});
	});

	it('takes all pending tasks created before a time', async () => {
		const { create, call, clock, run, statuses } = openAccount({ queueSeconds: 60 });
		await run(async () => {
			await create();
			await clock.sleep(5000);
			await create();
			const before = Math.floor(clock.now() / 1000);
			expect((await call('DELETE', `/api/v1/tasks?created_before=${before}`)).code).toBe(200);
			expect(statuses()).toEqual(['cancelled', 'pending']);
			expect(await call('DELETE', '/api/v1/tasks')).toMatchObject({ status: 400 });
		});
	});
});
