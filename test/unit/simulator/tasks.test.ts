import { expect, it } from '@jest/globals';
import { openAccount } from '../../../support/virtualTime/simulatedAccount';

it('tasks render one after the other while the account is full, also when nobody looks for hours', async () => {
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

it('a task fails whose image should be here and is not, and costs nothing', async () => {
	const { create, clock, run, simulator, statuses } = openAccount();
	await run(async () => {
		const url = `${simulator.baseUrl}/media/uploads/none.png`;
		await create({ start_image: url });
		await create({ key_frames: { frame1: { type: 'image', url } } });
		await create({ start_image: 'https://pictures.test/none.png' });
		await clock.sleep(10_000);
		expect(statuses()).toEqual(['failed', 'failed', 'completed']);
		expect(simulator.balancePoints).toBe(998_000_000);
	});
});

it('the bulk cancel takes all pending tasks created before a time', async () => {
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
