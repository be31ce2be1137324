import { describe, expect, it } from '@jest/globals';

import type { CreateTaskBody } from '../../../nodes/Luma/piapi/client';
import type { Fault, FaultEffect, Simulator, SimulatorRequest } from '../../../simulator';
import { answer, fault, LOST, page, RESET } from '../../../support/faults';
import { createElsewhere, creating, virtualRun } from '../../../support/virtualTime/virtualRun';

const HOUR_MS = 3_600_000;

/** Whether the node has sent it, and not somebody else. */
function isOfNode({ body }: SimulatorRequest): boolean {
	return (body as CreateTaskBody).config !== undefined;
}

async function createManyElsewhere(simulator: Simulator, many: number): Promise<void> {
	for (let other = 0; other < many; other++) await createElsewhere(simulator);
}

it.each([
	['as long as the Timeout allows', false, 300],
	['a minute and a half when a failed item has ended the run', true, 90],
])('searches %s, although the reads of many equal tasks hang', async (_, failFast, seconds) => {
	const { codes, tookMs } = await virtualRun({
		failFast,
		items: failFast ? 2 : 1,
		maxConcurrency: 2,
		faults: [
			fault('create', RESET),
			{ ...fault('create', answer(403), [2]), when: isOfNode },
			fault('read', { kind: 'hang' }, 'every'),
		],
		wait: { timeoutMs: 300_000 },
		before: async (simulator, clock) => {
			void clock.sleep(200).then(async () => await createManyElsewhere(simulator, 300));
		},
	});

	expect(codes[0]).toBe('creationUnconfirmed');
	expect(tookMs / 1000).toBeGreaterThan(seconds - 1);
	expect(tookMs / 1000).toBeLessThan(seconds + 5);
});

describe.each<FaultEffect>([
	page(502),
	answer(429),
	{ kind: 'answer', status: 429, headers: { 'retry-after': '30' } },
	{ kind: 'hang' },
	RESET,
	answer(200, 'nonsense'),
])('a look that could not be made (%j)', (effect) => {
	it('is repeated as long as the Timeout allows', async () => {
		const upSince = Date.UTC(2026, 0, 7, 1, 46);
		let service: Simulator | undefined;
		const when = () => service!.calls.at(-1)!.at < upSince;
		const { outcomes, clock } = await virtualRun({
			before: async (simulator) => void (service = simulator),
			faults: [
				fault('create', LOST),
				{ ...fault('history', effect, 'every'), when },
				{ ...fault('read', effect, 'every'), when },
			],
		});

		expect(clock.now()).toBeGreaterThan(upSince);
		expect(outcomes[0].task?.status).toBe('completed');
	});

	it("is none in a person's retry either", async () => {
		const aDay: FaultEffect = { kind: 'lag', seconds: 86_400 };
		const first = await virtualRun({
			faults: [fault('create', LOST), fault('history', aDay, 'every')],
		});
		first.simulator.clearFaults();
		await first.clock.run(async () => await first.clock.sleep(HOUR_MS));
		const seen = first.count('history');
		first.simulator.addFault(fault('history', effect, [seen + 1, seen + 2]));
		const second = await virtualRun({ after: first });

		expect(first.codes).toEqual(['creationUnconfirmed']);
		expect(second.outcomes[0].task?.status).toBe('completed');
		expect(first.count('create')).toBe(1);
	});
});

it('is found by ten requests a minute among many tasks of the same minutes, the list before single tasks', async () => {
	const run = await virtualRun({
		requests: [{}, creating('Another scene')],
		service: { requestsPerMinute: 10, renderSeconds: 300 },
		faults: [fault('create', LOST, [41])],
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
			before: async (there, clock) => {
				await createManyElsewhere(there, 50);
				await clock.sleep(HOUR_MS);
				await createManyElsewhere(there, 20);
			},
			faults: [fault('create', effect, [71]), ...faults],
		});
		const reads = simulator.calls.filter(({ route }) => route === 'read');
		const ids = [...simulator.tasks.keys()];
		return { outcomes, read: reads.map(({ path }) => ids.indexOf(path.split('/').at(-1)!)) };
	};

	it('the newest are read first, and again first after a 429', async () => {
		const { outcomes, read } = await searchFor(LOST, [fault('read', answer(429))]);

		expect(outcomes[0].task?.status).toBe('completed');
		expect(read[0]).toBe(70);
		expect(read.indexOf(70, 1)).toBeLessThan(10);
	});

	it('those of an hour before are not read', async () => {
		const { outcomes, read } = await searchFor(RESET);

		expect(outcomes[0].error?.code).toBe('creationUnconfirmed');
		expect(read.filter((index) => index < 50)).toEqual([]);
		expect(read.filter((index) => index >= 50)).toHaveLength(20);
	});
});

it.each([9 * HOUR_MS, -9 * HOUR_MS])(
	'is found by a retry in a process whose clock is right again, after one that was %d ms ahead',
	async (clockAheadMs) => {
		const faults = [fault('create', LOST), fault('history', page(502), 'every')];
		const first = await virtualRun({ clockAheadMs, faults });
		first.simulator.clearFaults();
		const second = await virtualRun({ after: first });

		expect(first.outcomes[0].error?.details.technicalDetail).toContain('2026-01-07 01:36:');
		expect(second.outcomes[0].task?.status).toBe('completed');
	},
);
