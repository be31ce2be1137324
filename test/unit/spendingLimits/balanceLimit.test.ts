import { expect, it } from '@jest/globals';

import type { Fault } from '../../../simulator';
import { virtualRun } from '../../../support/virtualTime/virtualRun';
import { count } from '../../../support/engine/service';

const items = (length: number) => Array.from({ length }, () => ({}));

function accountSays(change: (data: object) => object): Fault {
	return {
		route: 'account',
		calls: 'every',
		effect: {
			kind: 'rewrite',
			body: (body) => ({ code: 200, data: change((body as { data: object }).data) }),
		},
	};
}

it.each([
	[0, 1, 5],
	[0.6, 1, 2],
	[0.79, 1, 1],
	[1, 1, 0],
	[5, 1, 0],
])('to keep $%d of $%d, %d videos are created', async (keepBalanceUsd, balanceUsd, made) => {
	const run = await virtualRun({
		requests: items(5),
		keepBalanceUsd,
		service: { balanceUsd },
	});

	expect(run.simulator.tasks.size).toBe(made);
	const codes = run.outcomes.map(({ error }) => error?.code);
	expect(codes.filter((code) => code === 'balanceLimit')).toHaveLength(5 - made);
});

it('reads the balance once in a run, and not at all where nothing is to be created', async () => {
	const first = await virtualRun({ requests: items(4), keepBalanceUsd: 1, maxConcurrency: 1 });
	expect(count(first.simulator, 'account')).toBe(1);

	const retry = await virtualRun({ after: first, requests: items(4), keepBalanceUsd: 1 });
	expect(count(retry.simulator, 'account')).toBe(1);
});

it('counts what PiAPI took where its price is not the list price', async () => {
	const { simulator } = await virtualRun({
		requests: items(5),
		keepBalanceUsd: 1,
		service: { balanceUsd: 2, priceUsd: 0.5 },
	});

	expect(simulator.tasks.size).toBe(2);
});

it('counts what the execution has created since, not what it had created before', async () => {
	const service = { balanceUsd: 1.4 };
	const first = await virtualRun({ requests: items(2), keepBalanceUsd: 1, service });
	const second = await virtualRun({
		after: first,
		runIndex: 1,
		requests: items(2),
		keepBalanceUsd: 0.8,
	});

	expect(first.simulator.tasks.size).toBe(3);
	expect(second.outcomes.map(({ error }) => error?.code)).toEqual([undefined, 'balanceLimit']);
});

it('creates nothing when not all fit and the first failed item ends the run', async () => {
	const { simulator, outcomes } = await virtualRun({
		requests: items(3),
		failFast: true,
		keepBalanceUsd: 0.5,
		service: { balanceUsd: 1 },
	});

	expect(simulator.tasks.size).toBe(0);
	expect(outcomes[2].error?.remedy).toContain('Your balance is $1.00');
	expect(outcomes[2].error?.remedy).toContain('about $0.60 more, and $0.50 are to remain');
});

it.each<[string, Fault]>([
	['is not told', accountSays((data) => ({ ...data, equivalent_in_usd: null, wallet: {} }))],
	['cannot be read', { route: 'account', calls: 'every', effect: { kind: 'answer', status: 500 } }],
])('creates nothing when the balance %s', async (_, fault) => {
	const { simulator, outcomes } = await virtualRun({
		requests: items(2),
		keepBalanceUsd: 0.5,
		service: { faults: [fault] },
	});

	expect(count(simulator, 'create')).toBe(0);
	expect(outcomes.map(({ error }) => error?.code)).toEqual(['balanceUnknown', 'balanceUnknown']);
	expect(outcomes[0].error?.remedy).toContain("'Keep Balance Above (USD)'");
});
