/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { historyFaults, type FaultEffect } from '../../../simulator';
import {
	withWorkflow,
	type Keeping,
	type PolledWorkflow,
} from '../../../support/engine/polledWorkflow';

const LISTS: FaultEffect[] = [...Object.values(historyFaults), { kind: 'html', status: 502 }];
const READS: FaultEffect[] = [
	{ kind: 'lag', seconds: 90 },
	{ kind: 'answer', status: 404 },
	{ kind: 'answer', status: 429, headers: { 'retry-after': '7' } },
	{ kind: 'reset' },
];

interface Amounts {
	few: number;
	seconds: number;
	/** How long the requests of a poll are on their way. */
	requestSeconds: number;
}

interface Moment extends Amounts {
	n8n: PolledWorkflow;
	keeping: Keeping;
	/** What goes on beside the steps that follow. */
	beside: Array<Promise<unknown>>;
}

/** What happens on the account, or to n8n. */
const STEPS: Record<string, (moment: Moment) => Promise<unknown>> = {
	make: async ({ n8n, few, seconds }) => {
		for (let made = 0; made < few; made++) await n8n.make(seconds + made);
	},
	fail: async ({ n8n, seconds }) => await n8n.make(seconds, true),
	pass: async ({ n8n, seconds }) => await n8n.pass(seconds),
	poll: async ({ n8n, requestSeconds }) => await n8n.poll({ requestSeconds }),
	pollLaggingList: async ({ n8n, seconds }) =>
		await n8n.pollWith({ kind: 'lag', seconds: seconds % 900 }),
	pollWrongLists: async ({ n8n, few, seconds }) => {
		for (let polls = 0; polls < few; polls++) {
			await n8n.pollWith(LISTS[seconds % LISTS.length]);
			await n8n.pass(60);
		}
	},
	pollWrongReads: async ({ n8n, seconds }) =>
		await n8n.pollWith(READS[seconds % READS.length], 'read'),
	/** n8n could not store what the poll gave out; where the polls share what they know it always can. */
	pollUncommitted: async ({ n8n, keeping }) =>
		await n8n.poll({ isCommitted: keeping === 'inMemory' }),
	/** n8n gives up a poll that takes long, and the next ones begin beside it. */
	pollAbandoned: async ({ n8n, keeping, requestSeconds, beside }) => {
		const isCommitted = keeping === 'inMemory';
		beside.push(n8n.poll({ requestSeconds: 10 * requestSeconds, isCommitted }));
		await n8n.pass(60);
	},
	pollsAtOnce: async ({ n8n, few, requestSeconds }) => {
		const polls: Array<Promise<unknown>> = [];
		for (let begun = 0; begun < few; begun++) {
			polls.push(n8n.poll({ requestSeconds: (requestSeconds * (begun + 3)) % 5 }));
			await n8n.pass(0.3);
		}
		await Promise.all(polls);
	},
	/** Somebody saves the active workflow, or n8n starts anew. */
	activate: async ({ n8n }) => await n8n.activate(),
	saveWhilePolling: async ({ n8n, few, beside }) => {
		beside.push(n8n.poll({ requestSeconds: 3, endsWithSave: few > 2 }));
		await n8n.pass(1);
		await n8n.activate();
	},
};

const step: fc.Arbitrary<Amounts & { name: string }> = fc.record({
	name: fc.constantFrom(...Object.keys(STEPS), 'make', 'make', 'poll', 'poll', 'pass'),
	few: fc.integer({ min: 1, max: 5 }),
	seconds: fc.oneof(fc.nat(900), fc.nat(3 * 3600)),
	requestSeconds: fc.constantFrom(0, 0.1, 0.1, 0.5, 2, 20),
});
const schedules = fc.record({
	steps: fc.array(step, { minLength: 1, maxLength: 20 }),
	clockAheadMs: fc.constantFrom(0, 0, 2, -26).map((hours) => hours * 3_600_000),
	historyCase: fc.constantFrom('snake' as const, 'camel' as const),
});

const NUMBER_OF_RUNS = Number(process.env.FUZZ_RUNS ?? 200);

it.each<Keeping>(['inMemory', 'durable'])(
	`each video starts the workflow once, in ${NUMBER_OF_RUNS} random schedules of tasks, faults, restarts, saves, and polls that are stored, dropped, given up and beside one another (%s)`,
	async (keeping) => {
		const requested = process.env.FUZZ_SEED;
		const seed = requested === undefined ? Date.now() & 0x7fffffff : Number(requested);
		console.log(`polling schedules: FUZZ_SEED=${seed}`);
		await fc.assert(
			fc.asyncProperty(schedules, async ({ steps, ...options }) => {
				await withWorkflow({ ...options, keeping }, async (n8n) => {
					const earlier = await n8n.make(10);
					const open = await n8n.make(100);
					await n8n.pass(30);
					await n8n.activate();
					const beside: Array<Promise<unknown>> = [];
					for (const { name, ...amounts } of steps) {
						await STEPS[name]({ ...amounts, n8n, keeping, beside });
					}
					await Promise.all(beside);
					await n8n.pass(4 * 3600);
					await n8n.pollFor(60);

					const expected = [...n8n.simulator.tasks.keys()].filter((id) => id !== earlier);
					expect(expected).toContain(open);
					expect(n8n.handedOn.sort()).toEqual(expected.sort());
					for (const run of n8n.runs) {
						const endOf = (id: unknown) => Number(n8n.simulator.tasks.get(String(id))?.endedAt);
						const ends = run.map(({ taskId }) => endOf(taskId));
						expect(ends).toEqual([...ends].sort((one, other) => one - other));
					}
					expect(n8n.longestStored).toBeLessThan(50_000);
				});
			}),
			{ seed, numRuns: NUMBER_OF_RUNS, ...(requested !== undefined && { verbose: 1 }) },
		);
	},
);
