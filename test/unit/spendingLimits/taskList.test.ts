import { describe, expect, it } from '@jest/globals';

import { historyFaults, type FaultEffect, type SimulatorOptions } from '../../../simulator';
import { fault, rewriting } from '../../../support/faults';
import { openLimited } from '../../../support/virtualTime/limitedAccount';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

type Row = Record<string, unknown>;

/** A list with these contents. */
const listing = (contents: (rows: Row[]) => object) =>
	rewriting<{ data: Row[] }>(({ data }) => contents(data));
const listingEach = (own: Row) =>
	listing((rows) => ({ data: rows.map((row) => ({ ...row, ...own })) }));
const listed = (effect: FaultEffect) => ({ faults: [fault('history', effect, 'every')] });

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
		const account = openLimited(1.2, { ...own, ...listed(effect), outcome });
		const first = await account.execute({ items: 4 });
		await account.pass(MINUTE_MS);
		// Another process, which knows only the list.
		const second = await account.newProcess()({ items: 4 });

		expect(first.codes.filter(Boolean)).toEqual(['generationFailed']);
		expect(second.codes.filter(Boolean)).toEqual(['dailyLimit']);
		expect(account.ids()).toHaveLength(7);
	});

	it('without prices counts a task of this process at its own price, others at the dearest', async () => {
		const account = openLimited(1, listed(historyFaults.hasNoUsage));
		await account.execute({ items: 2 });
		await account.pass(MINUTE_MS);
		await account.newProcess()({ items: 2 });
		expect(account.ids()).toHaveLength(3);
		await account.execute({ items: 3 });

		// Its own two count $0.40 and the other process's one $0.40: room for one more.
		expect(account.ids()).toHaveLength(4);
	});

	const DEAREST = { limitUsd: 1.2, others: 2, items: 5, made: 2 };

	it.each([
		...[0, 1, 1_000_000, -5, undefined].map((total) => ({
			...{ what: `that counts ${total} tasks is believed in what it shows`, limitUsd: 30.2 },
			...{ others: 150, items: 3, made: 1, effect: listing((data) => ({ data, total })) },
		})),
		...[0, -2_000_000, 'free', null, 30, 4e12, { type: 'luma_quota', consume: 30 }].map(
			(usage) => ({
				what: `with ${JSON.stringify(usage)} for the price of a video counts the dearest one`,
				// Two others at $0.40 each leave $0.40.
				...{ ...DEAREST, effect: listingEach({ usage }) },
			}),
		),
		{
			what: 'of a new account is empty, also where null stands for that',
			effect: listing(() => ({ data: null, total: 0 })),
			...{ limitUsd: 5, others: 0, items: 1, made: 1 },
		},
		{
			what: 'of videos that an account of one’s own paid costs nothing',
			effect: listingEach({ usage: 0, service_mode: 'private' }),
			...{ limitUsd: 0.2, others: 1, items: 1, made: 1 },
		},
	])('$what', async ({ limitUsd, others, items, made, effect }) => {
		const account = openLimited(limitUsd, listed(effect));
		await account.createMany(others);
		await account.pass(20 * MINUTE_MS);
		await account.execute({ items });

		expect(account.ids()).toHaveLength(others + made);
	});

	it('has several pages, back to 24 hours ago and no further', async () => {
		const account = openLimited(50.2);
		await account.createMany(300);
		await account.pass(25 * HOUR_MS);
		await account.createMany(250);
		await account.pass(MINUTE_MS);
		const { codes } = await account.execute({ items: 2 });

		expect(codes).toEqual([undefined, 'dailyLimit']);
		expect(account.count('history')).toBe(3);
	});

	it('of 10,000 tasks is read to its end', async () => {
		const account = openLimited(2000.2, { balanceUsd: 10_000, concurrency: 20_000 });
		await account.createMany(10_000);
		await account.pass(MINUTE_MS);
		const { codes } = await account.execute({ items: 2 });

		expect(codes).toEqual([undefined, 'dailyLimit']);
	});

	it('with a date that lies ahead counts for 24 hours from now', async () => {
		const account = openLimited(0.2, listed(historyFaults.hasFutureDates));
		await account.createMany(1);
		await account.pass(MINUTE_MS);
		expect((await account.execute()).codes).toEqual(['dailyLimit']);
		account.simulator.clearFaults();
		await account.pass(25 * HOUR_MS);
		expect((await account.execute()).codes).toEqual([undefined]);
	});

	it.each([-5, 5])(
		'counts by the clock of PiAPI, from which n8n differs by %d h',
		async (hours) => {
			const clockAheadMs = hours * HOUR_MS;
			const account = openLimited(0.4);
			const execute = account.newProcess({ now: () => account.clock.now() + clockAheadMs });
			await account.createMany(1);
			await account.pass(22 * HOUR_MS);
			const { codes } = await execute({ clockAheadMs, items: 2 });

			expect(codes).toEqual([undefined, 'dailyLimit']);
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
		const account = openLimited(5, listed(effect));
		const run = await account.execute({ items: 2 });

		expect(run.codes).toEqual(['spendingUnknown', 'spendingUnknown']);
		expect(run.outcomes[0].error?.remedy).toContain("'Daily Spending Limit (USD)'");
		expect(run.count('create')).toBe(0);
		expect(run.ledger).toEqual({});
		expect(account.count('history')).toBeLessThanOrEqual(300);
	});

	it('is asked a few times, not once for each of many executions', async () => {
		const account = openLimited(5, listed(historyFaults.answers500));
		const runs = await account.executeAtOnce(50);

		expect(runs.flatMap(({ codes }) => codes)).toEqual(Array(50).fill('spendingUnknown'));
		expect(account.count('history')).toBeLessThanOrEqual(6);
	});
});
