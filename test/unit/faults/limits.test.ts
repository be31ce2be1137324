/* eslint-disable no-console, @n8n/community-nodes/no-restricted-globals */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { AccountSpending } from '../../../nodes/Luma/jobs/spending/accountSpending';
import {
	historyFaults,
	Simulator,
	VirtualClock,
	type Fault,
	type FaultEffect,
} from '../../../simulator';
import { bodyOf, virtualRun } from '../../../support/virtualTime/virtualRun';

const LIST_PRICE_USD = 0.2;
const items = (length: number) => Array.from({ length }, () => ({}));

interface History {
	data: { data: Array<Record<string, unknown>>; total: number };
}

/** What a list that cannot be believed says, and prices that cannot be. */
function listSays(change: (list: History['data']) => unknown): FaultEffect {
	return { kind: 'rewrite', body: (body) => ({ code: 200, data: change((body as History).data) }) };
}

function rowsSay(change: Record<string, unknown>): FaultEffect {
	return listSays((list) => ({ ...list, data: list.data.map((row) => ({ ...row, ...change })) }));
}

/** Each lets nobody read what was spent, or says that it was nothing. */
const LIES: Array<[string, FaultEffect]> = [
	['no list', historyFaults.hasNoList],
	['a text for the list', historyFaults.hasNoRows],
	['an empty object', listSays(() => ({}))],
	['null for the list', listSays((list) => ({ ...list, data: null, total: 9 }))],
	['rows without an ID', rowsSay({ task_id: undefined })],
	['rows that are none', historyFaults.hasBrokenRows],
	['a total of 0', listSays((list) => ({ ...list, total: 0 }))],
	['a total below 0', listSays((list) => ({ ...list, total: -1 }))],
	['a total that is a text', listSays((list) => ({ ...list, total: 'none' }))],
	['a price of 0', rowsSay({ usage: 0 })],
	['a price below 0', rowsSay({ usage: -2_000_000 })],
	['a price that is a text', rowsSay({ usage: 'free' })],
	['a price in another unit', rowsSay({ usage: { type: 'luma_quota', frozen: 30, consume: 30 } })],
	['no price', historyFaults.hasNoUsage],
];

describe('where the daily limit is used up', () => {
	it.each(LIES)('nothing is created by a list with %s', async (_, effect) => {
		const clock = new VirtualClock();
		const simulator = new Simulator({ clock, queueSeconds: 0 });
		await clock.run(async () => {
			for (let i = 0; i < 5; i++) {
				const headers = { 'x-api-key': 'simulated-key' };
				const body = bodyOf(`Earlier ${i}`);
				void simulator.handle({ method: 'POST', path: '/api/v1/task', headers, body });
			}
			await clock.sleep(20 * 60_000);
			simulator.addFault({ route: 'history', calls: 'every', effect });
			for (const failFast of [true, false]) {
				const daily = { limitUsd: 1, spending: new AccountSpending(clock) };
				await virtualRun({ at: { simulator, clock }, requests: items(20), failFast, daily });
			}
		});

		expect(simulator.tasks.size).toBe(5);
	});
});

const effect: fc.Arbitrary<FaultEffect> = fc.oneof(
	fc.record({ kind: fc.constant('reset' as const), afterHandling: fc.boolean() }),
	fc.record({ kind: fc.constant('slow' as const), seconds: fc.nat(90) }),
	fc.constant({ kind: 'cutOff' as const }),
	fc.record({
		kind: fc.constant('html' as const),
		status: fc.constantFrom(502, 524),
		afterHandling: fc.boolean(),
	}),
	fc.record({
		kind: fc.constant('answer' as const),
		status: fc.constantFrom(200, 400, 429, 500),
		afterHandling: fc.constant(false),
	}),
);

const schedule = fc.record({
	faults: fc.array(
		fc.record({
			route: fc.constantFrom('create' as const, 'read' as const, 'history' as const),
			calls: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
			effect,
		}),
		{ maxLength: 6 },
	),
	lie: fc.option(fc.integer({ min: 0, max: LIES.length - 1 }), { nil: undefined }),
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
async function play({ executions, faults, lie, ...plan }: Schedule): Promise<number[]> {
	const clock = new VirtualClock();
	const list: Fault[] =
		lie === undefined ? [] : [{ route: 'history', calls: 'every', effect: LIES[lie][1] }];
	const simulator = new Simulator({ clock, queueSeconds: 5, faults: [...faults, ...list] });
	const spending = new AccountSpending(clock);
	const execute = async (index: number) => {
		const { videos, isRetried, ...settings } = executions[index];
		const options = {
			...settings,
			at: { simulator, clock },
			requests: items(videos).map((_, item) => ({
				source: { type: 'create' as const, body: bodyOf(`Execution ${index}, ${item}`) },
			})),
			executionId: String(index),
			maxConcurrency: plan.maxConcurrency,
			maxSpendUsd: (plan.maxSpend ?? 0) * LIST_PRICE_USD,
			...(plan.daily && { daily: { limitUsd: plan.daily * LIST_PRICE_USD, spending } }),
		};
		const first = await virtualRun(options);
		if (isRetried && !first.stopped) await virtualRun({ ...options, ledger: first.ledger });
	};
	await clock.run(async () => {
		const running: Array<Promise<void>> = [];
		for (const [index, { afterMs }] of executions.entries()) {
			await clock.sleep(afterMs);
			running.push(execute(index));
		}
		await Promise.all(running);
		await clock.sleep(130_000);
	});
	const made = [...simulator.tasks.values()].filter(({ status }) => status !== 'cancelled');
	return executions.map(
		(_, index) =>
			made.filter(({ input }) => String(input.prompt).startsWith(`Execution ${index},`)).length,
	);
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
