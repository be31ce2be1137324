import { describe, expect, it } from '@jest/globals';
import { openAccount } from './account';

const paths = [
	'/account/info',
	'/account/active_tasks',
	'/api/open/tasks/histories',
	'/api/v1/task/x',
];

describe('a limit on requests', () => {
	it('counts creates, reads and cancels alike, and refuses the next one without effect', async () => {
		const { create, send, simulator } = openAccount({ requestsPerMinute: 7 });
		await create();
		for (const path of paths) await send('GET', path);
		await send('DELETE', '/api/v1/task/x');
		await send('DELETE', '/api/v1/tasks?created_before=0');
		expect(await create()).toMatchObject({ status: 429, code: 429 });
		expect(simulator.tasks.size).toBe(1);
	});

	it('names the time until the next request is allowed: any 60 seconds count', async () => {
		const { send, clock, run } = openAccount({ requestsPerMinute: 2 });
		const ask = async () => await send('GET', paths[0]);
		await run(async () => {
			await ask();
			await clock.sleep(20_500);
			await ask();
			expect(await ask()).toMatchObject({ status: 429, headers: { 'retry-after': '40' } });
			await clock.sleep(39_499);
			expect(await ask()).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
			await clock.sleep(1);
			expect((await ask()).status).toBe(200);
			expect(await ask()).toMatchObject({ status: 429, headers: { 'retry-after': '21' } });
		});
	});

	it('leaves uploads, media and requests without the key out', async () => {
		const { send, simulator } = openAccount({ requestsPerMinute: 1 });
		const body = { file_name: 'a.png', file_data: 'AAAA' };
		for (let times = 0; times < 3; times++) {
			expect((await send('POST', '/api/ephemeral_resource', body)).status).toBe(200);
			expect((await send('GET', '/media/x/video.mp4')).status).toBe(404);
			const request = { method: 'GET', path: paths[0], headers: {} };
			expect((await simulator.handle(request)).status).toBe(401);
		}
		expect((await send('GET', paths[0])).status).toBe(200);
	});
});

it('takes its time for each answer, and handles the request when it comes', async () => {
	const { create, read, clock, run, simulator } = openAccount({ answerSeconds: 0.2 });
	await run(async () => {
		const start = clock.now();
		const creating = create();
		expect(simulator.tasks.size).toBe(1);
		const { task_id } = (await creating).data;
		expect(clock.now() - start).toBe(200);
		await Promise.all([read(task_id), read(task_id)]);
		expect(clock.now() - start).toBe(400);
	});
});
