import { expect, it } from '@jest/globals';

import { fault, rewriting } from '../../../support/faults';
import { virtualRun } from '../../../support/virtualTime/virtualRun';

it.each([
	[0, { balanceUsd: 1 }, 5],
	[0.6, { balanceUsd: 1 }, 2],
	[0.79, { balanceUsd: 1 }, 1],
	[1, { balanceUsd: 1 }, 0],
	[5, { balanceUsd: 1 }, 0],
	[1, { balanceUsd: 2, priceUsd: 0.5 }, 2],
])('to keep $%d of %j, %d videos are created', async (keepBalanceUsd, service, made) => {
	const run = await virtualRun({ items: 5, keepBalanceUsd, service });

	expect(run.simulator.tasks.size).toBe(made);
	expect(run.codes.filter((code) => code === 'balanceLimit')).toHaveLength(5 - made);
});

it('reads the balance once in a run, and not at all where nothing is to be created', async () => {
	const first = await virtualRun({ items: 4, keepBalanceUsd: 1, maxConcurrency: 1 });
	expect(first.count('account')).toBe(1);

	const retry = await virtualRun({ after: first, items: 4, keepBalanceUsd: 1 });
	expect(retry.count('account')).toBe(1);
});

it('counts what the execution has created since, not what it had created before', async () => {
	const service = { balanceUsd: 1.4 };
	const first = await virtualRun({ items: 2, keepBalanceUsd: 1, service });
	const second = await virtualRun({ after: first, runIndex: 1, items: 2, keepBalanceUsd: 0.8 });

	expect(first.simulator.tasks.size).toBe(3);
	expect(second.codes).toEqual([undefined, 'balanceLimit']);
});

it('creates nothing when not all fit and the first failed item ends the run', async () => {
	const service = { balanceUsd: 1 };
	const run = await virtualRun({ items: 3, failFast: true, keepBalanceUsd: 0.5, service });

	expect(run.simulator.tasks.size).toBe(0);
	expect(run.outcomes[2].error?.remedy).toContain('Your balance is $1.00');
	expect(run.outcomes[2].error?.remedy).toContain('about $0.60 more, and $0.50 are to remain');
});

it('creates nothing when the balance is not told', async () => {
	const untold = rewriting((data) => ({ ...data, equivalent_in_usd: null, wallet: {} }));
	const faults = [fault('account', untold, 'every')];
	const run = await virtualRun({ items: 2, keepBalanceUsd: 0.5, faults });

	expect(run.count('create')).toBe(0);
	expect(run.codes).toEqual(['balanceUnknown', 'balanceUnknown']);
	expect(run.outcomes[0].error?.remedy).toContain("'Keep Balance Above (USD)'");
});
