import { describe, expect, it } from '@jest/globals';
import { openAccount } from './account';

describe('the life of a task', () => {
	it('goes from pending over processing to completed, and charges the frozen points', async () => {
		const { create, read, clock, run, simulator } = openAccount({ renderSeconds: 2.5 });
		await run(async () => {
			const { task_id } = (await create({ duration: 10 })).data;
			await clock.sleep(199);
			expect((await read(task_id)).data.status).toBe('pending');
			await clock.sleep(1);
			expect((await read(task_id)).data.status).toBe('processing');
			expect(simulator.balancePoints).toBe(996_000_000);
			await clock.sleep(2499);
			expect((await read(task_id)).data).toMatchObject({ status: 'processing', output: null });
			await clock.sleep(1);
			const { data } = await read(task_id);
			expect(data.status).toBe('completed');
			expect(data.meta.usage).toEqual({ type: 'point', frozen: 0, consume: 4_000_000 });
			expect(data.meta.started_at).toMatch(/^2026-01-07T01:36:08\.200\d{6}Z$/);
			expect(data.meta.ended_at).toMatch(/^2026-01-07T01:36:10\.700\d{6}Z$/);
			expect(simulator.balancePoints).toBe(996_000_000);
			expect(simulator.tasks.get(task_id)).toMatchObject({
				chargedPoints: 4_000_000,
				startedAt: expect.any(Number),
				endedAt: expect.any(Number),
			});
		});
	});

	it('keeps a task staged while the account is full, first come first served', async () => {
		const { create, clock, run, simulator } = openAccount({
			concurrency: 1,
			renderSeconds: (_, ordinal) => ordinal * 2,
		});
		const statuses = () => [...simulator.tasks.values()].map(({ status }) => status);
		await run(async () => {
			for (let made = 0; made < 3; made++) await create();
			expect(statuses()).toEqual(['pending', 'pending', 'pending']);
			await clock.sleep(200);
			expect(statuses()).toEqual(['processing', 'staged', 'staged']);
			await clock.sleep(2000);
			expect(statuses()).toEqual(['completed', 'processing', 'staged']);
			await clock.sleep(4000);
			expect(statuses()).toEqual(['completed', 'completed', 'processing']);
		});
	});

	it('does all that was due in the order of time, even when nobody looked for hours', async () => {
		const { create, clock, run, simulator } = openAccount({ concurrency: 1 });
		await run(async () => {
			const start = clock.now();
			await create();
			await create();
			await clock.sleep(7_200_000);
			const ends = [...simulator.tasks.values()].map(({ endedAt = 0 }) => endedAt - start);
			expect(ends).toEqual([5200, 10_200]);
		});
	});

	it('lets a short task overtake a long one', async () => {
		const { create, clock, run, simulator } = openAccount({
			renderSeconds: (_, ordinal) => (ordinal === 1 ? 100 : 1),
		});
		await run(async () => {
			await create();
			await create();
			await clock.sleep(1200);
			const statuses = [...simulator.tasks.values()].map(({ status }) => status);
			expect(statuses).toEqual(['processing', 'completed']);
		});
	});

	it('refunds the points of a failed task and returns both texts', async () => {
		const { create, read, clock, run, simulator } = openAccount({
			outcome: (_, ordinal) => (ordinal === 1 ? { message: 'No.', rawMessage: '400' } : undefined),
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

	it('can answer a create with a task that has failed already', async () => {
		const { create } = openAccount({ outcome: () => ({ message: 'No.', atOnce: true }) });
		const { code, data } = await create();
		expect({ code, status: data.status }).toEqual({ code: 200, status: 'failed' });
	});

	it('fails a task whose image should be here and is not', async () => {
		const { create, read, clock, run, simulator } = openAccount();
		await run(async () => {
			const missing = `${simulator.baseUrl}/media/uploads/none.png`;
			const newer = await create({ start_image: missing });
			const older = await create({ key_frames: { frame1: { type: 'image', url: missing } } });
			const foreign = await create({ start_image: 'https://pictures.test/none.png' });
			await clock.sleep(10_000);
			for (const { data } of [newer, older]) {
				const { status, error } = (await read(data.task_id)).data;
				expect(status).toBe('failed');
				expect(error.message).toContain('failed to fetch image');
			}
			const thumbnail = `${simulator.baseUrl}/media/${foreign.data.task_id}/thumbnail.jpg`;
			const next = await create({ start_image: thumbnail });
			await clock.sleep(10_000);
			expect((await read(foreign.data.task_id)).data.status).toBe('completed');
			expect((await read(next.data.task_id)).data.status).toBe('completed');
		});
	});
});
