import { expect, it } from '@jest/globals';
import type { Fault, FaultEffect, SimulatorOptions } from '../../../simulator';
import { openAccount } from '../../../support/virtualTime/simulatedAccount';

/** When the callbacks of one task reach its endpoint, which answers so and then with 200; and what was noted. */
async function callbacksOf(options: SimulatorOptions, answers: number[] = []) {
	const times: number[] = [];
	const { create, clock, run, simulator } = openAccount({
		...options,
		sendCallback: async () => {
			times.push(clock.now() - start);
			return await Promise.resolve({ status: answers.shift() ?? 200 });
		},
	});
	const start = clock.now();
	await run(async () => {
		await create({}, { webhook_config: { endpoint: 'https://n8n.test/hook' } });
		await clock.sleep(3_600_000);
	});
	return { times, statuses: simulator.calls.slice(1).map(({ status }) => status) };
}

it.each([
	[{}, [500, 404, 302, 429], [5200, 10_200, 15_200, 20_200]],
	[{}, [409, 204], [5200, 10_200]],
	[{ callbackRetrySeconds: [1, 60] }, [500, 500], [5200, 6200, 66_200]],
])('callbacks are repeated until they are taken: %j %j', async (options, answers, at) => {
	expect(await callbacksOf(options, [...answers])).toMatchObject({ times: at });
});

it.each<[FaultEffect, number[], unknown[]]>([
	[{ kind: 'reset' }, [10_200], ['reset', 200]],
	[{ kind: 'reset', afterHandling: true }, [5200, 10_200], ['reset', 200]],
	[{ kind: 'slow', seconds: 30 }, [35_200], [200]],
	[{ kind: 'twice' }, [5200, 5200], [200, 200]],
	[{ kind: 'answer', status: 503 }, [10_200], [503, 200]],
	[{ kind: 'hang', seconds: 10 }, [20_200], ['hang', 200]],
])('callbacks meet the fault %j', async (effect, times, statuses) => {
	const faults: Fault[] = [{ route: 'callback', effect }];
	expect(await callbacksOf({ faults })).toEqual({ times, statuses });
});

it('callbacks never leave this machine', async () => {
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
