/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { PiapiError } from '../../../nodes/Luma/piapi/errors';
import { historyFaults, type FaultEffect } from '../../../simulator';
import { withAccount, type PolledAccount } from '../../../support/virtualTime/polledAccount';

const lists = {
	...historyFaults,
	isHtml: { kind: 'html', status: 502 },
} satisfies Record<string, FaultEffect>;
const reads = {
	lags: { kind: 'lag', seconds: 90 },
	isUnknown: { kind: 'answer', status: 404 },
	isLimited: { kind: 'answer', status: 429, headers: { 'retry-after': '7' } },
	isReset: { kind: 'reset' },
} satisfies Record<string, FaultEffect>;

/** Something that happens on the account, or to n8n. */
type Step =
	| { type: 'make'; count: number; seconds: number; fails: boolean }
	| { type: 'pass'; seconds: number }
	| { type: 'poll' }
	| { type: 'pollLaggingList'; seconds: number }
	| { type: 'pollWrongList'; list: keyof typeof lists }
	| { type: 'pollWrongReads'; read: keyof typeof reads }
	| { type: 'restart' };

const of = <T extends Step['type']>(type: T) => fc.constant(type);
const keysOf = <K extends string>(table: Record<K, unknown>) =>
	fc.constantFrom(...(Object.keys(table) as K[]));
const weighted = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });

const step = fc.oneof(
	weighted(
		4,
		fc.record({
			type: of('make'),
			count: fc.integer({ min: 1, max: 12 }),
			seconds: fc.nat(3 * 3600),
			fails: fc.boolean(),
		}),
	),
	weighted(4, fc.record({ type: of('poll') })),
	weighted(4, fc.record({ type: of('pass'), seconds: fc.nat(900) })),
	weighted(1, fc.record({ type: of('pass'), seconds: fc.nat(5).map((hours) => hours * 3600) })),
	weighted(2, fc.record({ type: of('restart') })),
	weighted(2, fc.record({ type: of('pollLaggingList'), seconds: fc.nat(900) })),
	weighted(2, fc.record({ type: of('pollWrongList'), list: keysOf(lists) })),
	weighted(1, fc.record({ type: of('pollWrongReads'), read: keysOf(reads) })),
);

async function take(account: PolledAccount, step: Step): Promise<void> {
	switch (step.type) {
		case 'make':
			for (let made = 0; made < step.count; made++) {
				await account.make(step.seconds + made, step.fails);
			}
			return;
		case 'pass':
			return await account.pass(step.seconds);
		case 'restart':
			return account.restart();
		case 'poll':
			return await attempt(account.poll());
		case 'pollLaggingList':
			return await attempt(account.pollWith({ kind: 'lag', seconds: step.seconds }));
		case 'pollWrongList':
			return await attempt(account.pollWith(lists[step.list]));
		case 'pollWrongReads':
			return await attempt(account.pollWith(reads[step.read], 'read'));
	}
}

/** A poll that could not be completed changes nothing; anything but a message about PiAPI is a defect. */
async function attempt(poll: Promise<unknown>): Promise<void> {
	await poll.catch((error: unknown) => {
		if (!(error instanceof PiapiError)) throw error;
	});
}

const schedule = fc.record({
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
		fc.asyncProperty(schedule, async ({ steps, clockAheadMs, historyCase }) => {
			await withAccount({ clockAheadMs, historyCase }, async (account) => {
				await account.makeMany(3, 600);
				await account.pass(60);
				const earlier = new Set<string>();
				for (const { taskId, status } of account.simulator.tasks.values()) {
					if (status === 'completed' || status === 'failed') earlier.add(taskId);
				}
				await account.activate();
				for (const one of steps) await take(account, one);
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
