/* eslint-disable no-console, @n8n/community-nodes/no-restricted-globals */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { historyFaults } from '../../../simulator';
import { fault, rewriting } from '../../../support/faults';
import { arbitraryFault } from '../../../support/virtualTime/arbitraryFaults';
import { openLimited } from '../../../support/virtualTime/limitedAccount';
import { creating } from '../../../support/virtualTime/virtualRun';

const LIST_PRICE_USD = 0.2;

/** What a list that cannot be believed says, and prices that cannot be. */
const listSays = rewriting<{ data: object[] }>;
const rowsSay = (change: object) =>
	listSays((list) => ({ ...list, data: list.data.map((row) => ({ ...row, ...change })) }));

/** Each lets nobody read what was spent, or says that it was nothing. */
const LIES = [
	historyFaults.hasNoList,
	historyFaults.hasNoRows,
	historyFaults.hasBrokenRows,
	historyFaults.hasNoUsage,
	listSays(() => ({})),
	listSays((list) => ({ ...list, data: null, total: 9 })),
	...[0, -1, 'none'].map((total) => listSays((list) => ({ ...list, total }))),
	...[0, -2_000_000, 'free', { type: 'luma_quota', frozen: 30, consume: 30 }].map((usage) =>
		rowsSay({ usage }),
	),
	rowsSay({ task_id: undefined }),
];

const schedule = fc.record({
	faults: fc.array(arbitraryFault, { maxLength: 6 }),
	lie: fc.option(fc.nat(LIES.length - 1), { nil: undefined }),
	/** Executions, one after the other or at the same time. */
	executions: fc.array(
		fc.record({
			videos: fc.integer({ min: 1, max: 6 }),
			afterMs: fc.constantFrom(0, 0, 5_000, 60_000, 3_600_000),
			failFast: fc.boolean(),
			/** Whether Retry On Fail tries it again. */
			isRetried: fc.boolean(),
			stopAfterSeconds: fc.option(fc.nat(60), { nil: undefined, freq: 6 }),
		}),
		{ minLength: 1, maxLength: 5 },
	),
	maxConcurrency: fc.integer({ min: 1, max: 5 }),
	/** How many videos fit. */
	maxSpend: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
	daily: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
});

type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

/** How many tasks each execution has created. */
async function play({ executions, faults, lie, daily = Infinity, ...plan }: Schedule) {
	const limitUsd = daily * LIST_PRICE_USD;
	const account = openLimited(limitUsd, { queueSeconds: 5, faults });
	if (lie !== undefined) account.simulator.addFault(fault('history', LIES[lie], 'every'));
	const execute = async (index: number) => {
		const { videos, isRetried, failFast, stopAfterSeconds } = executions[index];
		const options = {
			...{ failFast, stopAfterSeconds, ...(daily === Infinity && { daily: undefined }) },
			requests: Array.from({ length: videos }, (_, item) => creating(`${index}: ${item}`)),
			executionId: String(index),
			maxConcurrency: plan.maxConcurrency,
			maxSpendUsd: (plan.maxSpend ?? 0) * LIST_PRICE_USD,
		};
		const { ledger, stopped } = await account.execute(options);
		if (isRetried && !stopped) await account.execute({ ...options, ledger });
	};
	const running: Array<Promise<void>> = [];
	for (const [index, { afterMs }] of executions.entries()) {
		await account.pass(afterMs);
		running.push(execute(index));
	}
	await Promise.all(running);
	await account.pass(130_000);
	const made = executions.map(() => 0);
	for (const { status, input } of account.simulator.tasks.values()) {
		if (status !== 'cancelled') made[parseInt(String(input.prompt))]++;
	}
	return made;
}

const RUNS = Number(process.env.SCHEDULES ?? 1000);
const seed = Number(process.env.SEED ?? 26);

it(
	`no limit is passed in ${RUNS} random schedules of faults, retries, stops and lists that lie`,
	async () => {
		let tasks = 0;
		await fc.assert(
			fc.asyncProperty(schedule, async (plan) => {
				const made = await play(plan);
				const all = made.reduce((sum, count) => sum + count, 0);
				tasks += all;
				expect(Math.max(...made)).toBeLessThanOrEqual(plan.maxSpend ?? Infinity);
				expect(all).toBeLessThanOrEqual(plan.daily ?? Infinity);
			}),
			{ numRuns: RUNS, seed },
		);
		console.info(`${RUNS} schedules with limits, ${tasks} tasks paid: no limit was passed`);
	},
	60_000 + RUNS * 50,
);
