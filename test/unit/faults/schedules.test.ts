/* eslint-disable no-console */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Fault, FaultEffect } from '../../../simulator';
import { creating, virtualRun, type VirtualRun } from '../generation/virtualRun';
import { outcomeOf } from './outcome';

const afterHandling = fc.boolean();
const effect: fc.Arbitrary<FaultEffect> = fc.oneof(
	fc.record({ kind: fc.constant('reset' as const), afterHandling }),
	fc.record({ kind: fc.constant('hang' as const), seconds: fc.nat(90), afterHandling }),
	fc.record({ kind: fc.constant('slow' as const), seconds: fc.nat(90) }),
	fc.constant({ kind: 'cutOff' as const }),
	fc.record({
		kind: fc.constant('html' as const),
		status: fc.constantFrom(502, 504, 520, 524),
		afterHandling,
	}),
	fc.record({
		kind: fc.constant('answer' as const),
		status: fc.constantFrom(200, 400, 402, 408, 429, 500, 503),
		afterHandling: fc.constant(false),
	}),
	fc.record({
		kind: fc.constant('answer' as const),
		status: fc.constantFrom(408, 500, 503),
		afterHandling: fc.constant(true),
	}),
);

const fault: fc.Arbitrary<Fault> = fc.record({
	route: fc.constantFrom('create' as const, 'create' as const, 'read' as const, 'history' as const),
	calls: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
	effect,
});

const schedule = fc.record({
	faults: fc.array(fault, { maxLength: 6 }),
	listLagSeconds: fc.constantFrom(0, 0, 5, 30),
	/** Which of two prompts each item has. */
	items: fc.array(fc.nat(1), { minLength: 1, maxLength: 5 }),
	maxConcurrency: fc.integer({ min: 1, max: 4 }),
	failFast: fc.boolean(),
	failures: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
	stopAfterSeconds: fc.option(fc.nat(120), { nil: undefined, freq: 4 }),
	clockAheadMs: fc.constantFrom(0, 0, 700_000, -700_000),
	tries: fc.integer({ min: 1, max: 3 }),
});

type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

async function triesOf(plan: Schedule): Promise<VirtualRun[]> {
	const { failures, listLagSeconds, stopAfterSeconds, tries: most } = plan;
	const lag: Fault = {
		route: 'history',
		calls: 'every',
		effect: { kind: 'lag', seconds: listLagSeconds },
	};
	const options = {
		...plan,
		requests: plan.items.map((prompt) => creating(`Scene ${prompt}`)),
		service: {
			renderSeconds: 20,
			queueSeconds: 5,
			faults: [...plan.faults, ...(listLagSeconds > 0 ? [lag] : [])],
			outcome: (_: unknown, ordinal: number) =>
				failures.includes(ordinal) ? { message: 'no GPU left' } : undefined,
		},
	};
	const tries = [await virtualRun(options)];
	while (tries.length < most && stopAfterSeconds === undefined) {
		tries.push(await virtualRun({ ...options, after: tries[tries.length - 1] }));
	}
	const { clock } = tries[0];
	if (tries[0].stopped) await clock.run(async () => await clock.sleep(130_000));
	return tries;
}

const RUNS = 2000;

it(`loses nothing, pays nothing twice and ends, in ${RUNS} random schedules of faults`, async () => {
	let tasks = 0;
	await fc.assert(
		fc.asyncProperty(schedule, async (plan) => {
			const tries = await triesOf(plan);
			const last = tries[tries.length - 1];
			const { paidTwice, lost, shared, paid } = outcomeOf(tries);
			tasks += paid;

			expect({ paidTwice, lost, shared }).toEqual({ paidTwice: 0, lost: 0, shared: 0 });
			expect(last.generations.map(({ request }) => request.itemIndex)).toEqual([
				...plan.items.keys(),
			]);
			if (plan.failFast || last.stopped) return;
			for (const { task, endedAt, trouble } of last.generations) {
				expect(trouble?.remedy ?? (endedAt && task?.videoUrl)).toBeTruthy();
			}
		}),
		{ numRuns: RUNS },
	);
	console.info(`${RUNS} schedules, ${tasks} tasks paid, none twice, none lost`);
}, 120_000);
