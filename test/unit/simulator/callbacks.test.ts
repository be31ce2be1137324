import { describe, expect, it } from '@jest/globals';
import { until } from '../../../support/eventually';
import { startMockServer } from '../../../support/mockServer';
import {
	systemClock,
	type FaultEffect,
	type SimulatorOptions,
	type SimulatorRequest,
} from '../../../simulator';
import { openAccount, type WireTask } from '../../../support/virtualTime/simulatedAccount';

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
	const createTask = async () => {
		const webhook = { endpoint: 'https://n8n.test/hook', secret: 'open' };
		return (await account.create({}, { webhook_config: webhook })).data.task_id;
	};
	return { ...account, arrived, createTask, times: () => arrived.map(({ at }) => at) };
}

describe('callbacks', () => {
	it('notify of the end of a task at once, with its secret', async () => {
		const { createTask, arrived, clock, run } = openListener({ configEcho: 'withoutSecret' });
		await run(async () => {
			const task_id = await createTask();
			await clock.sleep(60_000);
			expect(arrived).toMatchObject([
				{
					method: 'POST',
					path: 'https://n8n.test/hook',
					headers: { 'content-type': 'application/json', 'x-webhook-secret': 'open' },
					at: 5200,
					body: { timestamp: Date.UTC(2026, 0, 7, 1, 36, 13) / 1000 },
				},
			]);
			expect(arrived[0].body?.data).toMatchObject({ task_id, status: 'completed' });
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

	it.each([
		[{}, [500, 404, 302, 429], [5200, 10_200, 15_200, 20_200]],
		[{}, [409, 204], [5200, 10_200]],
		[{ callbackRetrySeconds: [1, 60] }, [500, 500], [5200, 6200, 66_200]],
	])('are repeated until they are taken, then given up: %j %j', async (options, answers, at) => {
		const { createTask, clock, run, times } = openListener(options, [...answers]);
		await run(async () => {
			await createTask();
			await clock.sleep(3_600_000);
			expect(times()).toEqual(at);
		});
	});

	it.each<[FaultEffect, number[], unknown[]]>([
		[{ kind: 'reset' }, [10_200], ['reset', 200]],
		[{ kind: 'reset', afterHandling: true }, [5200, 10_200], ['reset', 200]],
		[{ kind: 'slow', seconds: 30 }, [35_200], [200]],
		[{ kind: 'twice' }, [5200, 5200], [200, 200]],
		[{ kind: 'answer', status: 503 }, [10_200], [503, 200]],
		[{ kind: 'hang', seconds: 10 }, [20_200], ['hang', 200]],
	])('meet the fault %j', async (effect, at, statuses) => {
		const faults = [{ route: 'callback' as const, effect }];
		const { createTask, clock, run, simulator, times } = openListener({ faults });
		await run(async () => {
			await createTask();
			await clock.sleep(3_600_000);
			expect(times()).toEqual(at);
			expect(simulator.calls.slice(1).map(({ status }) => status)).toEqual(statuses);
		});
	});

	it('never leave this machine', async () => {
		const { create, clock, run, simulator } = openAccount();
		await run(async () => {
			for (const endpoint of ['https://example.com/hook', 'http://127.0.0.1.example.com']) {
				await create({}, { webhook_config: { endpoint } });
			}
			await clock.sleep(3_600_000);
			const callbacks = simulator.calls.filter(({ route }) => route === 'callback');
			expect(callbacks.map(({ status }) => status)).toEqual(['refused', 'refused']);
		});
	});

	it('go over HTTP to an endpoint on this machine', async () => {
		const endpoint = await startMockServer(() => ({}));
		try {
			const { create, simulator } = openAccount({ clock: systemClock, renderSeconds: Infinity });
			await create({}, { webhook_config: { endpoint: `${endpoint.url}/hook` } });
			simulator.complete([...simulator.tasks.values()][0]);
			await until('the callback is taken', () => endpoint.received.length > 0);
			const [{ content }] = endpoint.received;
			expect(JSON.parse(content.toString())).toMatchObject({ data: { status: 'completed' } });
		} finally {
			await endpoint.close();
		}
	});
});
