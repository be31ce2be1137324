/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { FaultEffect } from '../../../simulator';
import { openAccount } from './account';

const accountInfo = '/account/info';

describe('an answer put in place of the right one', () => {
	it('leaves the request without effect', async () => {
		const { create, simulator } = openAccount();
		simulator.addFault({ route: 'create', effect: { kind: 'answer', status: 429 } });
		expect(await create()).toMatchObject({ status: 429, code: 429, message: 'too many requests' });
		expect(simulator.tasks.size).toBe(0);
		expect((await create()).code).toBe(200);
	});

	it('comes after the request took effect with afterHandling', async () => {
		const { create, simulator } = openAccount();
		const body = { code: 500, message: 'internal' };
		simulator.addFault({
			route: 'create',
			effect: {
				kind: 'answer',
				status: 200,
				body,
				headers: { 'retry-after': '3' },
				afterHandling: true,
			},
		});
		expect(await create()).toEqual({ ...body, status: 200 });
		expect(simulator.tasks.size).toBe(1);
		const [taskId] = simulator.tasks.keys();
		expect(simulator.calls).toMatchObject([{ route: 'create', status: 200, taskId }]);
	});

	it('can be an HTML page', async () => {
		const { send, simulator } = openAccount();
		simulator.addFault({ route: 'account', effect: { kind: 'html', status: 502 } });
		const { status, headers, body } = await send('GET', accountInfo);
		expect(status).toBe(502);
		expect(headers['content-type']).toContain('text/html');
		expect(body).toMatch(/^<!DOCTYPE html>[\s\S]*Bad gateway[\s\S]*502[\s\S]*cloudflare/);
	});
});

describe('a connection that ends without an answer', () => {
	it.each([
		[false, 0],
		[true, 1],
	])('is reset, with afterHandling %s after %d tasks were created', async (afterHandling, made) => {
		const { create, simulator } = openAccount();
		simulator.addFault({ route: 'create', effect: { kind: 'reset', afterHandling } });
		await expect(create()).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(simulator.tasks.size).toBe(made);
		expect(simulator.calls).toMatchObject([{ route: 'create', status: 'reset' }]);
	});

	it.each([
		[{ kind: 'hang', seconds: 90 } as const, 90],
		[{ kind: 'hang', afterHandling: true } as const, 3600],
	])('hangs first: %j', async (effect, seconds) => {
		const { create, simulator, clock, run } = openAccount({ queueSeconds: 0 });
		simulator.addFault({ route: 'create', effect });
		await run(async () => {
			const start = clock.now();
			await expect(create()).rejects.toMatchObject({ code: 'ECONNRESET' });
			expect(clock.now() - start).toBe(seconds * 1000);
			expect(simulator.tasks.size).toBe('afterHandling' in effect ? 1 : 0);
			expect(simulator.calls).toMatchObject([{ status: 'hang' }]);
		});
	});
});

describe('a slow answer', () => {
	it('comes late and is right', async () => {
		const { create, simulator, clock, run } = openAccount();
		simulator.addFault({ route: 'create', effect: { kind: 'slow', seconds: 45 } });
		await run(async () => {
			const start = clock.now();
			const creating = create();
			expect(simulator.tasks.size).toBe(1);
			expect((await creating).code).toBe(200);
			expect(clock.now() - start).toBe(45_000);
		});
	});
});

describe('an answer cut off', () => {
	it('is half of its JSON, after it took effect', async () => {
		const { send, simulator } = openAccount();
		simulator.addFault({ route: 'account', effect: { kind: 'cutOff' } });
		const { status, headers, body } = await send('GET', accountInfo);
		const whole = JSON.stringify((await send('GET', accountInfo)).body);
		expect(status).toBe(200);
		expect(body).toBe(whole.slice(0, Math.floor(whole.length / 2)));
		expect(headers['content-length']).toBe(String(whole.length));
	});

	it('breaks a media stream half way', async () => {
		const { create, send, simulator } = openAccount({ queueSeconds: 0, renderSeconds: 0 });
		const { task_id } = (await create()).data;
		simulator.addFault({ route: 'media', effect: { kind: 'cutOff' } });
		const { headers, body } = await send('GET', `/media/${task_id}/video.mp4`);
		let received = 0;
		const receiving = (async () => {
			for await (const chunk of body as Readable) received += (chunk as Buffer).length;
		})();
		await expect(receiving).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(received).toBe(Math.floor(Number(headers['content-length']) / 2));
		const whole = await send('GET', `/media/${task_id}/video.mp4`);
		expect(await buffer(whole.body as Readable)).toHaveLength(
			Number(whole.headers['content-length']),
		);
	});
});

describe('a rewritten answer', () => {
	it('has another body, after it took effect, and leaves the task as it is', async () => {
		const { create, read, simulator } = openAccount();
		const body = (answer: unknown) => {
			(answer as { data: { input: { prompt: string } } }).data.input.prompt = 'changed';
			return answer;
		};
		simulator.addFault({ route: 'create', effect: { kind: 'rewrite', body } });
		const { data } = await create();
		expect(data.input.prompt).toBe('changed');
		expect((await read(data.task_id)).data.input.prompt).toBe('a heron takes off');
	});

	it('is not for media, which have no body to read', () => {
		const { simulator } = openAccount();
		const effect: FaultEffect = { kind: 'rewrite', body: (body) => body };
		expect(() => simulator.addFault({ route: 'media', effect })).toThrow('only');
	});
});

describe('a lagging read', () => {
	it('shows the state of a while ago, and no task that is younger', async () => {
		const { create, read, call, simulator, clock, run } = openAccount();
		const lag: FaultEffect = { kind: 'lag', seconds: 3 };
		for (const route of ['read', 'history'] as const) {
			simulator.addFault({ route, calls: 'every', effect: lag });
		}
		const total = async () =>
			(await call<{ total: number }>('GET', '/api/open/tasks/histories')).data.total;
		await run(async () => {
			const { task_id } = (await create()).data;
			await clock.sleep(2999);
			expect((await read(task_id)).status).toBe(404);
			expect(await total()).toBe(0);
			await clock.sleep(1);
			expect((await read(task_id)).data.status).toBe('pending');
			expect(await total()).toBe(1);
			await clock.sleep(2200);
			expect(simulator.tasks.get(task_id)?.status).toBe('completed');
			expect((await read(task_id)).data).toMatchObject({
				status: 'processing',
				output: null,
				meta: { ended_at: '0001-01-01T00:00:00Z', usage: { frozen: 2_000_000, consume: 0 } },
			});
			await clock.sleep(3000);
			expect((await read(task_id)).data.status).toBe('completed');
		});
	});
});

describe('the choice of calls', () => {
	it('counts the calls of its route from 1 since the start', async () => {
		const { send, simulator } = openAccount({
			faults: [{ route: 'account', calls: [2, 4], effect: { kind: 'answer', status: 503 } }],
		});
		const statuses: number[] = [];
		for (let call = 0; call < 5; call++) {
			await send('GET', '/account/active_tasks');
			statuses.push((await send('GET', accountInfo)).status);
		}
		expect(statuses).toEqual([200, 503, 200, 503, 200]);
		simulator.addFault({ route: 'account', calls: [1], effect: { kind: 'answer', status: 503 } });
		expect((await send('GET', accountInfo)).status).toBe(200);
	});

	it('can depend on the request', async () => {
		const { create, simulator } = openAccount();
		simulator.addFault({
			route: 'create',
			calls: 'every',
			when: ({ body }) => JSON.stringify(body).includes('owl'),
			effect: { kind: 'answer', status: 500 },
		});
		expect((await create()).code).toBe(200);
		expect((await create({ prompt: 'an owl' })).code).toBe(500);
		simulator.clearFaults();
		expect((await create({ prompt: 'an owl' })).code).toBe(200);
	});

	it('refuses a kind where it means nothing', () => {
		const { simulator } = openAccount();
		expect(() =>
			simulator.addFault({ route: 'create', effect: { kind: 'lag', seconds: 1 } }),
		).toThrow('for read and history only');
		expect(() => simulator.addFault({ route: 'read', effect: { kind: 'twice' } })).toThrow(
			'for callback only',
		);
	});
});
