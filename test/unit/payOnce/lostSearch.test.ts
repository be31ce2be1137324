import { describe, expect, it } from '@jest/globals';

import type { CreateTaskBody } from '../../../nodes/Luma/piapi/client';
import type { Fault, FaultEffect, Simulator, SimulatorRequest } from '../../../simulator';
import { bodyOf, creating, virtualRun } from '../../../support/virtualTime/virtualRun';
import { count } from '../../../support/engine/service';

const AFTER: FaultEffect = { kind: 'reset', afterHandling: true };
const AFTER_A_DAY: FaultEffect = { kind: 'lag', seconds: 86_400 };

/** Whether the node has sent it, and not somebody else. */
function isOfNode({ body }: SimulatorRequest): boolean {
	return (body as CreateTaskBody).config !== undefined;
}

async function createElsewhere(simulator: Simulator): Promise<void> {
	const headers = { 'x-api-key': 'simulated-key' };
	await simulator.handle({
		method: 'POST',
		path: '/api/v1/task',
		headers,
		body: bodyOf('Scene 0'),
	});
}

it.each([
	['as long as the Timeout allows', false, 300],
	['a minute and a half when a failed item has ended the run', true, 90],
])('searches %s, although the reads of many equal tasks hang', async (_, failFast, seconds) => {
	const { clock, outcomes, startedAt } = await virtualRun({
		failFast,
		requests: [creating('Scene 0'), ...(failFast ? [{}] : [])],
		maxConcurrency: 2,
		service: {
			faults: [
				{ route: 'create', calls: [1], effect: { kind: 'reset' } },
				{ route: 'create', calls: [2], effect: { kind: 'answer', status: 403 }, when: isOfNode },
				{ route: 'read', calls: 'every', effect: { kind: 'hang' } },
			],
		},
		wait: { timeoutMs: 300_000 },
		before: async (simulator, clock) => {
			void clock.sleep(200).then(async () => {
				for (let other = 0; other < 300; other++) await createElsewhere(simulator);
			});
		},
	});

	expect(outcomes[0].error?.code).toBe('creationUnconfirmed');
	const took = (clock.now() - startedAt) / 1000;
	expect(took).toBeGreaterThan(seconds - 1);
	expect(took).toBeLessThan(seconds + 5);
});

describe('a look that could not be made', () => {
	const FAILURES: FaultEffect[] = [
		{ kind: 'html', status: 502 },
		{ kind: 'answer', status: 429 },
		{ kind: 'answer', status: 429, headers: { 'retry-after': '30' } },
		{ kind: 'hang' },
		{ kind: 'reset' },
		{ kind: 'answer', status: 200, body: 'nonsense' },
	];
	const lost = { route: 'create', effect: AFTER } as const;

	it.each(FAILURES)('is repeated as long as the Timeout allows: %j', async (effect) => {
		const upSince = Date.UTC(2026, 0, 7, 1, 46);
		let service: Simulator | undefined;
		const { outcomes, clock } = await virtualRun({
			before: async (simulator) => void (service = simulator),
			service: {
				faults: [
					lost,
					...(['history', 'read'] as const).map((route) => ({
						route,
						calls: 'every' as const,
						when: () => service!.calls.at(-1)!.at < upSince,
						effect,
					})),
				],
			},
		});

		expect(clock.now()).toBeGreaterThan(upSince);
		expect(outcomes[0].task?.status).toBe('completed');
	});

	it.each(FAILURES)("is none in a person's retry either: %j", async (effect) => {
		const first = await virtualRun({
			service: { faults: [lost, { route: 'history', calls: 'every', effect: AFTER_A_DAY }] },
		});
		first.simulator.clearFaults();
		await first.clock.run(async () => await first.clock.sleep(3_600_000));
		const seen = count(first.simulator, 'history');
		first.simulator.addFault({ route: 'history', calls: [seen + 1, seen + 2], effect });
		const second = await virtualRun({ after: first });

		expect(first.outcomes[0].error?.code).toBe('creationUnconfirmed');
		expect(second.outcomes[0].task?.status).toBe('completed');
		expect(count(first.simulator, 'create')).toBe(1);
	});
});

it('is found by ten requests a minute among many tasks of the same minutes, the list before single tasks', async () => {
	const run = await virtualRun({
		requests: [{}, creating('Another scene')],
		service: {
			requestsPerMinute: 10,
			renderSeconds: 300,
			faults: [{ route: 'create', calls: [41], effect: AFTER }],
		},
		before: async (simulator, clock) => {
			for (let other = 0; other < 40; other++) {
				await createElsewhere(simulator);
				await clock.sleep(7000);
			}
			await clock.sleep(60_000);
		},
	});

	expect(run.outcomes.map(({ task }) => task?.status)).toEqual(['completed', 'completed']);
	const routes = run.simulator.calls.map(({ route }) => route);
	expect(routes.indexOf('history')).toBeLessThan(routes.indexOf('read'));
});

describe('among tasks of an hour before and of the same minute', () => {
	const searchFor = async (effect: FaultEffect, faults: Fault[] = []) => {
		const { simulator, outcomes } = await virtualRun({
			maxConcurrency: 1,
			before: async (simulator, clock) => {
				for (let other = 0; other < 50; other++) await createElsewhere(simulator);
				await clock.sleep(3_600_000);
				for (let other = 0; other < 20; other++) await createElsewhere(simulator);
			},
			service: { faults: [{ route: 'create', calls: [71], effect }, ...faults] },
		});
		const reads = simulator.calls.filter(({ route }) => route === 'read');
		const ids = [...simulator.tasks.keys()];
		return { outcomes, read: reads.map(({ path }) => ids.indexOf(path.split('/').at(-1)!)) };
	};

	it('the newest are read first, and again first after a 429', async () => {
		const busy: Fault = { route: 'read', effect: { kind: 'answer', status: 429 } };
		const { outcomes, read } = await searchFor(AFTER, [busy]);

		expect(outcomes[0].task?.status).toBe('completed');
		expect(read[0]).toBe(70);
		expect(read.indexOf(70, 1)).toBeLessThan(10);
	});

	it('those of an hour before are not read', async () => {
		const { outcomes, read } = await searchFor({ kind: 'reset' });

		expect(outcomes[0].error?.code).toBe('creationUnconfirmed');
		expect(read.filter((index) => index < 50)).toEqual([]);
		expect(read.filter((index) => index >= 50)).toHaveLength(20);
	});
});

it.each([9 * 3_600_000, -9 * 3_600_000])(
	'is found by a retry in a process whose clock is right again, after one that was %d ms ahead',
	async (clockAheadMs) => {
		const first = await virtualRun({
			clockAheadMs,
			service: {
				faults: [
					{ route: 'create', effect: AFTER },
					{ route: 'history', calls: 'every', effect: { kind: 'html', status: 502 } },
				],
			},
		});
		first.simulator.clearFaults();
		const second = await virtualRun({ after: first });

		expect(first.outcomes[0].error?.details.technicalDetail).toContain('2026-01-07 01:36:');
		expect(second.outcomes[0].task?.status).toBe('completed');
	},
);
