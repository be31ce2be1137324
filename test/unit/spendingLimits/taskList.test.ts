import { describe, expect, it } from '@jest/globals';

import { AccountSpending } from '../../../nodes/Luma/jobs/spending/accountSpending';
import { historyFaults, type FaultEffect, type SimulatorOptions } from '../../../simulator';
import { rewriting } from '../../../support/faults';
import { withLimit } from '../../../support/virtualTime/limitedAccount';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

type Row = Record<string, unknown>;

/** A list with these contents. */
function listing(contents: (rows: Row[]) => object): FaultEffect {
	return rewriting<{ data: Row[] }>(({ data }) => contents(data));
}

function listingEach(own: Row): FaultEffect {
	return listing((rows) => ({ data: rows.map((row) => ({ ...row, ...own })) }));
}

const AS_IT_IS: FaultEffect = { kind: 'slow', seconds: 0 };

describe('a list that is read', () => {
	it.each<[string, FaultEffect, SimulatorOptions]>([
		['with rows of other models', historyFaults.hasOtherModels, {}],
		['with doubled rows', historyFaults.hasDuplicates, {}],
		['that is not sorted', historyFaults.isUnsorted, {}],
		['with dates that lie ahead', historyFaults.hasFutureDates, {}],
		['with names in another case', AS_IT_IS, { historyCase: 'camel' }],
		[
			'with status words in capitals',
			AS_IT_IS,
			{ statusWords: { completed: 'Completed', failed: 'FAILED' } },
		],
	])('%s is counted right', async (_, effect, own) => {
		const outcome = (__: unknown, ordinal: number) =>
			ordinal === 2 ? { message: 'failed' } : undefined;
		await withLimit(1.2, { ...own, outcome }, async (account) => {
			const first = await account.execute({ items: 4 });
			await account.pass(MINUTE_MS);
			account.lists(effect);
			// Another process, which knows only the list.
			const second = await account.newProcess()({ items: 4 });

			expect(first.codes.filter(Boolean)).toEqual(['generationFailed']);
			expect(second.codes.filter(Boolean)).toEqual(['dailyLimit']);
			expect(account.videos).toBe(7);
		});
	});

	it('without prices counts a task of this process at its own price, others at the dearest', async () => {
		await withLimit(1, {}, async (account) => {
			account.lists(historyFaults.hasNoUsage);
			await account.execute({ items: 2 });
			await account.pass(MINUTE_MS);
			await account.newProcess()({ items: 2 });
			expect(account.videos).toBe(3);
			await account.execute({ items: 3 });

			// Its own two count $0.40 and the other process's one $0.40: room for one more.
			expect(account.videos).toBe(4);
		});
	});

	it.each([0, 1, 1_000_000, -5, undefined])(
		'that counts %d tasks is believed in what it shows',
		async (total) => {
			await withLimit(30.2, {}, async (account) => {
				account.lists(listing((data) => ({ data, total })));
				await account.createElsewhere(150);
				await account.pass(MINUTE_MS);
				await account.execute({ items: 3 });

				expect(account.videos).toBe(151);
			});
		},
	);

	it('of a new account is empty, also where null stands for that', async () => {
		await withLimit(5, {}, async (account) => {
			account.lists(listing(() => ({ data: null, total: 0 })));
			await account.execute();

			expect(account.videos).toBe(1);
		});
	});

	it.each([0, -2_000_000, 'free', null, 30, 4e12, { type: 'luma_quota', consume: 30 }])(
		'with %j for the price of a video counts the dearest one',
		async (usage) => {
			await withLimit(1.2, {}, async (account) => {
				account.lists(listingEach({ usage }));
				await account.createElsewhere(2);
				await account.pass(20 * MINUTE_MS);
				await account.execute({ items: 5 });

				// Two others at $0.40 each leave $0.40.
				expect(account.videos).toBe(4);
			});
		},
	);

	it('of videos that an account of one’s own paid costs nothing', async () => {
		await withLimit(0.2, {}, async (account) => {
			account.lists(listingEach({ usage: 0, service_mode: 'private' }));
			await account.createElsewhere(1);
			await account.pass(MINUTE_MS);
			await account.execute();

			expect(account.videos).toBe(2);
		});
	});

	it('has several pages, back to 24 hours ago and no further', async () => {
		await withLimit(50.2, {}, async (account) => {
			await account.createElsewhere(300);
			await account.pass(25 * HOUR_MS);
			await account.createElsewhere(250);
			await account.pass(MINUTE_MS);
			const { codes } = await account.execute({ items: 2 });

			expect(codes).toEqual([undefined, 'dailyLimit']);
			expect(account.listReads).toBe(3);
		});
	});

	it('of 10,000 tasks is read to its end', async () => {
		const service = { balanceUsd: 10_000, concurrency: 20_000 };
		await withLimit(2000.2, service, async (account) => {
			await account.createElsewhere(10_000);
			await account.pass(MINUTE_MS);
			const { codes } = await account.execute({ items: 2 });

			expect(codes).toEqual([undefined, 'dailyLimit']);
		});
	});

	it('with a date that lies ahead counts for 24 hours from now', async () => {
		await withLimit(0.2, {}, async (account) => {
			account.lists(historyFaults.hasFutureDates);
			await account.createElsewhere(1);
			await account.pass(MINUTE_MS);
			expect((await account.execute()).codes).toEqual(['dailyLimit']);
			account.simulator.clearFaults();
			await account.pass(25 * HOUR_MS);
			expect((await account.execute()).codes).toEqual([undefined]);
		});
	});

	it.each([-5, 5])(
		'counts by the clock of PiAPI, from which n8n differs by %d h',
		async (hours) => {
			const clockAheadMs = hours * HOUR_MS;
			await withLimit(0.4, {}, async (account) => {
				const spending = new AccountSpending({ now: () => account.clock.now() + clockAheadMs });
				const daily = { limitUsd: 0.4, spending };
				await account.createElsewhere(1);
				await account.pass(22 * HOUR_MS);
				const { codes } = await account.execute({ clockAheadMs, daily, items: 2 });

				expect(codes).toEqual([undefined, 'dailyLimit']);
			});
		},
	);
});

describe('a list that cannot be read', () => {
	let next = 0;
	const manyNew = () => Array.from({ length: 100 }, () => ({ task_id: `${next++}`, usage: 0 }));

	it.each<[string, FaultEffect]>([
		['answers 500', historyFaults.answers500],
		['is no list', historyFaults.hasNoRows],
		['is nothing', historyFaults.hasNoList],
		['is an empty object', listing(() => ({}))],
		['has null for a list, and counts some', listing(() => ({ data: null, total: 7 }))],
		['has rows that say nothing', historyFaults.hasBrokenRows],
		['has a row without an ID', listing((rows) => ({ data: [...rows, { usage: 2_000_000 }] }))],
		['has no end', listing(() => ({ data: manyNew() }))],
		['never answers', { kind: 'slow', seconds: 600 }],
	])('%s: nothing is created, and the message says why', async (_, effect) => {
		await withLimit(5, {}, async (account) => {
			account.lists(effect);
			const run = await account.execute({ items: 2 });

			expect(run.codes).toEqual(['spendingUnknown', 'spendingUnknown']);
			expect(run.outcomes[0].error?.remedy).toContain("'Daily Spending Limit (USD)'");
			expect(run.count('create')).toBe(0);
			expect(run.ledger).toEqual({});
			expect(account.listReads).toBeLessThanOrEqual(300);
		});
	});

	it('is asked a few times, not once for each of many executions', async () => {
		await withLimit(5, {}, async (account) => {
			account.lists(historyFaults.answers500);
			const runs = await account.executeAtOnce(50);

			expect(runs.flatMap(({ codes }) => codes)).toEqual(Array(50).fill('spendingUnknown'));
			expect(account.listReads).toBeLessThanOrEqual(6);
		});
	});
});
