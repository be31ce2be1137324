/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, jest } from '@jest/globals';
import type { FaultEffect, SimulatorOptions, SimulatorRequest } from '../../../simulator';
import { openAccount, type WireTask } from './account';

interface Payload {
	timestamp: number;
	data: WireTask;
}

/** An account whose callbacks arrive in-process, at an endpoint with these answers, then 200. */
function openListener(options: SimulatorOptions = {}, answers: number[] = []) {
	const arrived: Array<SimulatorRequest & { at: number; body?: Payload }> = [];
	const account = openAccount({
		...options,
		sendCallback: async (request) => {
			arrived.push({ ...request, at: account.clock.now() - start, body: request.body as Payload });
			return await Promise.resolve({ status: answers.shift() ?? 200 });
		},
	});
	const start = account.clock.now();
	const createTask = async (
		webhook: object = { endpoint: 'https://n8n.test/hook', secret: 'open' },
	) => (await account.create({}, { webhook_config: webhook })).data.task_id;
	return { ...account, arrived, createTask, times: () => arrived.map(({ at }) => at) };
}

describe('callbacks', () => {
	it('notify of the end of a task at once, with its secret', async () => {
		const { createTask, arrived, clock, run } = openListener();
		await run(async () => {
			const task_id = await createTask();
			await clock.sleep(60_000);
			expect(arrived).toHaveLength(1);
			const [{ method, path, headers, body, at }] = arrived;
			expect({ method, path, at }).toEqual({
				method: 'POST',
				path: 'https://n8n.test/hook',
				at: 5200,
			});
			expect(headers).toEqual({ 'content-type': 'application/json', 'x-webhook-secret': 'open' });
			expect(body?.data).toMatchObject({ task_id, status: 'completed' });
			expect(body?.timestamp).toBe(Date.UTC(2026, 0, 7, 1, 36, 13) / 1000);
		});
	});

	it('notify of failures too, and of no secret when there is none', async () => {
		const { createTask, arrived, clock, run } = openListener({
			outcome: () => ({ message: 'No.' }),
		});
		await run(async () => {
			await createTask({ endpoint: 'https://n8n.test/hook' });
			await clock.sleep(6000);
			expect(arrived[0].body?.data.status).toBe('failed');
			expect(arrived[0].headers).not.toHaveProperty('x-webhook-secret');
		});
	});

	it('are for tasks with an endpoint only, and not for cancelled ones', async () => {
		const { createTask, create, call, arrived, clock, run } = openListener();
		await run(async () => {
			await create();
			await call('DELETE', `/api/v1/task/${await createTask()}`);
			await clock.sleep(60_000);
			expect(arrived).toHaveLength(0);
		});
	});

	it('come on time for staged tasks behind others that nothing waits for', async () => {
		const { createTask, create, clock, run, times } = openListener({ concurrency: 1 });
		await run(async () => {
			await create();
			await createTask();
			await createTask();
			await clock.sleep(60_000);
			expect(times()).toEqual([10_200, 15_200]);
		});
	});

	it('come on time for a short task that follows a long one', async () => {
		const renderSeconds = (_: unknown, ordinal: number) => (ordinal === 1 ? 100 : 1);
		const { createTask, clock, run, times } = openListener({ renderSeconds });
		await run(async () => {
			await createTask();
			await clock.sleep(10_000);
			await createTask();
			await clock.sleep(200_000);
			expect(times()).toEqual([11_200, 100_200]);
		});
	});

	it('leave no timers behind for tasks that nothing waits for', async () => {
		const { createTask, create, clock, run } = openListener();
		await run(async () => {
			await createTask();
			await clock.sleep(10_000);
			const sleep = jest.spyOn(clock, 'sleep');
			await create();
			expect(sleep).not.toHaveBeenCalled();
		});
	});

	it('are repeated three times, 5 s apart, with the same timestamp, then given up', async () => {
		const refusals = [500, 404, 302, 429];
		const { createTask, arrived, clock, run, times, simulator } = openListener({}, refusals);
		await run(async () => {
			await createTask();
			await clock.sleep(3_600_000);
			expect(times()).toEqual([5200, 10_200, 15_200, 20_200]);
			expect(new Set(arrived.map(({ body }) => body?.timestamp)).size).toBe(1);
			const statuses = simulator.calls.slice(1).map(({ route, status }) => ({ route, status }));
			expect(statuses).toEqual(
				[500, 404, 302, 429].map((status) => ({ route: 'callback', status })),
			);
		});
	});

	it('are repeated on another schedule when asked to', async () => {
		const { createTask, clock, run, times } = openListener(
			{ callbackRetrySeconds: [1, 60] },
			[500, 500],
		);
		await run(async () => {
			await createTask();
			await clock.sleep(3_600_000);
			expect(times()).toEqual([5200, 6200, 66_200]);
		});
	});

	it('stop at the first 2xx answer', async () => {
		const { createTask, clock, run, times } = openListener({}, [409, 204]);
		await run(async () => {
			await createTask();
			await clock.sleep(3_600_000);
			expect(times()).toEqual([5200, 10_200]);
		});
	});

	it('also notify of progress when asked to', async () => {
		const { createTask, arrived, clock, run } = openListener({ callbackOnProgress: true });
		await run(async () => {
			await createTask();
			await clock.sleep(10_000);
			expect(arrived.map(({ body }) => body?.data.status)).toEqual(['processing', 'completed']);
		});
	});

	it.each([
		['lost', { kind: 'reset' } as const, [10_200], ['reset', 200]],
		[
			'answered in vain',
			{ kind: 'reset', afterHandling: true } as const,
			[5200, 10_200],
			['reset', 200],
		],
		['late', { kind: 'slow', seconds: 30 } as const, [35_200], [200]],
		['doubled', { kind: 'twice' } as const, [5200, 5200], [200, 200]],
		['refused on the way', { kind: 'answer', status: 503 } as const, [10_200], [503, 200]],
		['hanging', { kind: 'hang', seconds: 10 } as const, [20_200], ['hang', 200]],
	])('can be %s', async (_, effect, times, statuses) => {
		const {
			createTask,
			clock,
			run,
			simulator,
			times: deliveries,
		} = openListener({
			faults: [{ route: 'callback', effect }],
		});
		await run(async () => {
			await createTask();
			await clock.sleep(3_600_000);
			expect(deliveries()).toEqual(times);
			expect(simulator.calls.slice(1).map(({ status }) => status)).toEqual(statuses);
		});
	});

	it('can be cut off', async () => {
		const faults = [{ route: 'callback', effect: { kind: 'cutOff' } } as const];
		const { createTask, arrived, clock, run } = openListener({ faults });
		await run(async () => {
			await createTask();
			await clock.sleep(10_000);
			expect(arrived[0].body).toMatch(/^\{"timestamp":\d+,"data"/);
			expect(() => JSON.parse(String(arrived[0].body)) as unknown).toThrow();
		});
	});

	it('can be rewritten, in one delivery only', async () => {
		const effect: FaultEffect = {
			kind: 'rewrite',
			body: (body) => {
				(body as Payload).data.config = {};
				return body;
			},
		};
		const faults = [{ route: 'callback', effect } as const];
		const { createTask, arrived, clock, run } = openListener({ faults }, [500]);
		await run(async () => {
			await createTask();
			await clock.sleep(11_000);
			const configs = arrived.map(({ body }) => body?.data.config);
			expect(configs).toMatchObject([{}, { webhook_config: { secret: 'open' } }]);
			expect(configs[0]).toEqual({});
		});
	});

	it('never leave this machine', async () => {
		const { create, clock, run, simulator } = openAccount();
		await run(async () => {
			for (const endpoint of [
				'https://example.com/hook',
				'http://127.0.0.1.example.com',
				'nowhere',
			]) {
				await create({}, { webhook_config: { endpoint } });
			}
			await clock.sleep(3_600_000);
			const callbacks = simulator.calls.filter(({ route }) => route === 'callback');
			expect(callbacks.map(({ status }) => status)).toEqual(['refused', 'refused', 'refused']);
		});
	});

	it('go over HTTP to an endpoint on this machine, while virtual time stands still', async () => {
		const { create, clock, run, simulator } = openAccount();
		let body = '';
		const endpoint = createServer((request, response) => {
			request.on('data', (chunk: Buffer) => (body += chunk.toString()));
			request.on('end', () => setTimeout(() => response.writeHead(202).end(), 30));
		});
		await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
		const { port } = endpoint.address() as AddressInfo;
		try {
			await run(async () => {
				await create({}, { webhook_config: { endpoint: `http://127.0.0.1:${port}/hook` } });
				await clock.sleep(5201);
			});
			expect(JSON.parse(body)).toMatchObject({ data: { status: 'completed' } });
			expect(simulator.calls.at(-1)).toMatchObject({ route: 'callback', status: 202 });
		} finally {
			endpoint.closeAllConnections();
			endpoint.close();
		}
	});
});
