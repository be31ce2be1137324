/* eslint-disable no-console */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { PiapiError } from '../../../nodes/Luma/piapi/errors';
import { historyFaults, type FaultEffect } from '../../../simulator';
import { withAccount, type PolledAccount } from './polledAccount';

/** Something that happens on the account, or to n8n. */
type Step = (account: PolledAccount) => Promise<void>;

const lists: FaultEffect[] = [
	historyFaults.answers500,
	historyFaults.isEmpty,
	historyFaults.hasNoList,
	historyFaults.hasNoRows,
	historyFaults.hasBrokenRows,
	historyFaults.missesEverySecondRow,
	historyFaults.saysCompletedTooEarly,
	historyFaults.saysFailed,
	historyFaults.saysProcessingForEver,
	historyFaults.saysUnknownWords,
	historyFaults.hasOtherModels,
	historyFaults.hasFutureDates,
	historyFaults.isUnsorted,
	historyFaults.hasDuplicates,
	{ kind: 'html', status: 502 },
];
const reads: FaultEffect[] = [
	{ kind: 'lag', seconds: 90 },
	{ kind: 'answer', status: 404 },
	{ kind: 'answer', status: 429, headers: { 'retry-after': '7' } },
	{ kind: 'reset' },
];

async function attempt(poll: Promise<unknown>): Promise<void> {
	await poll.catch((error: unknown) => {
		if (!(error instanceof PiapiError)) throw error;
	});
}

const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc
			.record({
				seconds: fc.nat(3 * 3600),
				count: fc.integer({ min: 1, max: 12 }),
				fails: fc.boolean(),
			})
			.map(
				({ seconds, count, fails }): Step =>
					async (account) => {
						for (let made = 0; made < count; made++) await account.make(seconds + made, fails);
					},
			),
	},
	{ weight: 4, arbitrary: fc.constant<Step>(async (account) => await attempt(account.poll())) },
	{
		weight: 4,
		arbitrary: fc.nat(900).map(
			(seconds): Step =>
				async (account) =>
					await account.pass(seconds),
		),
	},
	{
		weight: 1,
		arbitrary: fc.nat(5).map(
			(hours): Step =>
				async (account) =>
					await account.pass(hours * 3600),
		),
	},
	{ weight: 2, arbitrary: fc.constant<Step>(async (account) => account.restart()) },
	{
		weight: 2,
		arbitrary: fc.nat(900).map((seconds): Step => {
			return async (account) => await attempt(account.pollWith({ kind: 'lag', seconds }));
		}),
	},
	{
		weight: 2,
		arbitrary: fc.constantFrom(...lists).map((effect): Step => {
			return async (account) => await attempt(account.pollWith(effect));
		}),
	},
	{
		weight: 1,
		arbitrary: fc.constantFrom(...reads).map((effect): Step => {
			return async (account) => await attempt(account.pollWith(effect, 'read'));
		}),
	},
);

const schedule = fc.record({
	before: fc.array(step, { maxLength: 3 }),
	steps: fc.array(step, { minLength: 1, maxLength: 25 }),
	clockAheadMs: fc.constantFrom(0, 0, 7_200_000, -7_200_000),
	historyCase: fc.constantFrom('snake' as const, 'camel' as const),
});

const NUMBER_OF_RUNS = Number(process.env.FUZZ_RUNS ?? 150);

it(`starts the workflow exactly once for each task, in ${NUMBER_OF_RUNS} random schedules of tasks, polls, faults and restarts`, async () => {
	const requested = process.env.FUZZ_SEED;
	const seed = requested === undefined ? Date.now() & 0x7fffffff : Number(requested);
	console.log(`polling schedules: FUZZ_SEED=${seed}`);
	await fc.assert(
		fc.asyncProperty(schedule, async ({ before, steps, clockAheadMs, historyCase }) => {
			await withAccount({ clockAheadMs, historyCase }, async (account) => {
				await account.makeMany(3, 600);
				await account.pass(60);
				const earlier = new Set<string>();
				for (const { taskId, status } of account.simulator.tasks.values()) {
					if (status === 'completed' || status === 'failed') earlier.add(taskId);
				}
				await account.activate();
				for (const one of [...before, ...steps]) await one(account);
				await account.pass(4 * 3600);
				await account.pollFor(60);

				const expected = [...account.simulator.tasks.keys()].filter((id) => !earlier.has(id));
				expect([...account.handedOn].sort()).toEqual(expected.sort());
				for (const run of account.runs) {
					const ends = run.map((id) => Number(account.simulator.tasks.get(id)?.endedAt));
					expect(ends).toEqual([...ends].sort((one, other) => one - other));
				}
			});
		}),
		{ seed, numRuns: NUMBER_OF_RUNS, ...(requested !== undefined && { verbose: 1 }) },
	);
});
