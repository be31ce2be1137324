import { describe, expect, it } from '@jest/globals';

import type { Fault, FaultEffect } from '../../../simulator';
import { answer, fault, LOST, page, RESET } from '../../../support/faults';
import { isOfNode, openAccount } from '../../../support/virtualTime/simulatedAccount';
import { creating, virtualRun } from '../../../support/virtualTime/virtualRun';

const HOUR_MS = 3_600_000;

it.each([
	['as long as the Timeout allows', false, 300],
	['a minute and a half when a failed item has ended the run', true, 90],
])('searches %s, although the reads of many equal tasks hang', async (_, failFast, seconds) => {
	const account = openAccount({
		faults: [
			fault('create', RESET),
			{ ...fault('create', answer(403), [2]), when: isOfNode },
			fault('read', { kind: 'hang' }, 'every'),
		],
	});
	account.later(200, async () => await account.createMany(300));
	const { codes, tookMs } = await virtualRun({
		account,
		failFast,
		items: failFast ? 2 : 1,
		maxConcurrency: 2,
		wait: { timeoutMs: 300_000 },
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
		const when = () => account.simulator.calls.at(-1)!.at < upSince;
		const account = openAccount({
			faults: [
				fault('create', LOST),
				{ ...fault('history', effect, 'every'), when },
				{ ...fault('read', effect, 'every'), when },
			],
		});
		const { outcomes } = await virtualRun({ account });

		expect(account.clock.now()).toBeGreaterThan(upSince);
		expect(outcomes[0].task?.status).toBe('completed');
	});

	it("is none in a person's retry either", async () => {
		const aDay: FaultEffect = { kind: 'lag', seconds: 86_400 };
		const first = await virtualRun({
			faults: [fault('create', LOST), fault('history', aDay, 'every')],
		});
		first.simulator.clearFaults();
		await first.clock.pass(HOUR_MS);
		const seen = first.count('history');
		first.simulator.addFault(fault('history', effect, [seen + 1, seen + 2]));
		const second = await virtualRun({ after: first });

		expect(first.codes).toEqual(['creationUnconfirmed']);
		expect(second.outcomes[0].task?.status).toBe('completed');
		expect(first.count('create')).toBe(1);
	});
});

it('is found by ten requests a minute among many tasks of the same minutes, the list before single tasks', async () => {
	const faults = [fault('create', LOST, [41])];
	const account = openAccount({ requestsPerMinute: 10, renderSeconds: 300, faults });
	for (let other = 0; other < 40; other++) {
		await account.create();
		await account.pass(7000);
	}
	await account.pass(60_000);
	const run = await virtualRun({ account, requests: [{}, creating('Another scene')] });

	expect(run.outcomes.map(({ task }) => task?.status)).toEqual(['completed', 'completed']);
	const routes = run.simulator.calls.map(({ route }) => route);
	expect(routes.indexOf('history')).toBeLessThan(routes.indexOf('read'));
});

describe('among tasks of an hour before and of the same minute', () => {
	const searchFor = async (effect: FaultEffect, faults: Fault[] = []) => {
		const account = openAccount({ faults: [fault('create', effect, [71]), ...faults] });
		await account.createMany(50);
		await account.pass(HOUR_MS);
		await account.createMany(20);
		const { outcomes } = await virtualRun({ account, maxConcurrency: 1 });
		const reads = account.simulator.calls.filter(({ route }) => route === 'read');
		const ids = account.ids();
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
