/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { PolledWorkflow, type Keeping } from '../../../support/engine/durableCursor';

/** Something that happens on the account, or to n8n. */
type Step =
	| { type: 'make'; count: number; seconds: number }
	| { type: 'poll'; seconds: number }
	/** n8n could not store what the poll gave out, so the workflow has not started. */
	| { type: 'pollUncommitted' }
	/** n8n gives up a poll that takes long, and the next ones begin beside it. */
	| { type: 'pollAbandoned'; requestSeconds: number }
	| { type: 'pollsAtOnce'; requestSeconds: number[] }
	/** Somebody saves the active workflow; maybe while a poll is under way. */
	| { type: 'save'; whilePolling: boolean; endsWithSave: boolean };

const of = <T extends Step['type']>(type: T) => fc.constant(type);
const seconds = fc.integer({ min: 20, max: 900 });
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 3,
		arbitrary: fc.record({ type: of('make'), count: fc.integer({ min: 1, max: 3 }), seconds }),
	},
	{
		weight: 3,
		arbitrary: fc.record({ type: of('poll'), seconds: fc.constantFrom(60, 60, 600, 4000) }),
	},
	{ weight: 1, arbitrary: fc.record({ type: of('pollUncommitted') }) },
	{
		weight: 2,
		arbitrary: fc.record({
			type: of('pollAbandoned'),
			requestSeconds: fc.integer({ min: 1, max: 200 }),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			type: of('pollsAtOnce'),
			requestSeconds: fc.array(fc.constantFrom(0.1, 0.1, 0.5, 2, 5), {
				minLength: 2,
				maxLength: 5,
			}),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			type: of('save'),
			whilePolling: fc.boolean(),
			endsWithSave: fc.boolean(),
		}),
	},
);

/** @returns what goes on beside the steps that follow */
async function take(n8n: PolledWorkflow, step: Step, keeping: Keeping): Promise<Promise<void>[]> {
	switch (step.type) {
		case 'make':
			for (let made = 0; made < step.count; made++) await n8n.make(step.seconds + made);
			return [];
		case 'poll':
			await n8n.pass(step.seconds);
			await n8n.poll();
			return [];
		case 'pollUncommitted':
			// Where the polls share what they know, n8n has no such case.
			await n8n.poll({ isCommitted: keeping === 'inMemory' });
			return [];
		case 'pollAbandoned': {
			const { requestSeconds } = step;
			const isCommitted = keeping === 'inMemory';
			const poll = n8n.poll({ requestSeconds, isCommitted });
			await n8n.pass(60);
			return [poll];
		}
		case 'pollsAtOnce': {
			const polls: Promise<void>[] = [];
			for (const requestSeconds of step.requestSeconds) {
				polls.push(n8n.poll({ requestSeconds }));
				await n8n.pass(0.3);
			}
			await Promise.all(polls);
			return [];
		}
		case 'save': {
			const { endsWithSave } = step;
			const poll = step.whilePolling ? n8n.poll({ requestSeconds: 3, endsWithSave }) : undefined;
			await n8n.pass(1);
			await n8n.activate();
			return poll ? [poll] : [];
		}
	}
}

describe('a poll that cannot be completed', () => {
	const down = { route: 'history', calls: 'every', effect: { kind: 'html', status: 502 } } as const;

	it('is listed once an hour while the reason is the same, and at once when it is another one', async () => {
		const n8n = new PolledWorkflow('inMemory');
		await n8n.run(async () => {
			await n8n.activate();
			const pollFor = async (minutes: number) => {
				const before = n8n.failures.length;
				for (let minute = 0; minute < minutes; minute++) {
					await n8n.pass(60);
					await n8n.poll();
				}
				return n8n.failures.slice(before).map(({ message }) => message);
			};
			n8n.simulator.addFault(down);
			expect(await pollFor(150)).toEqual(Array(3).fill('PiAPI is not working right now'));

			n8n.simulator.clearFaults();
			n8n.simulator.addFault({ ...down, effect: { kind: 'answer', status: 401 } });
			expect(await pollFor(30)).toEqual(['PiAPI does not accept this key']);

			n8n.simulator.clearFaults();
			const made = await n8n.make(30);
			expect(await pollFor(1)).toEqual([]);
			n8n.simulator.addFault(down);
			expect(await pollFor(2)).toHaveLength(1);
			expect(n8n.runs).toEqual([[made]]);
		});
	});

	it('is said to whoever switches the workflow on again', async () => {
		const n8n = new PolledWorkflow('inMemory');
		await n8n.run(async () => {
			await n8n.activate();
			n8n.simulator.addFault(down);
			await n8n.poll();
			await n8n.poll();
			expect(n8n.failures).toHaveLength(1);
			await n8n.activate();
			expect(n8n.failures).toHaveLength(2);
		});
	});

	it.each([
		[{ kind: 'answer', status: 429, headers: { 'retry-after': '90' } }, 'rate-limited', 90_000],
		[{ kind: 'answer', status: 401 }, 'credential-invalid', undefined],
		[{ kind: 'answer', status: 402 }, 'quota-exhausted', undefined],
		[{ kind: 'answer', status: 403 }, 'configuration-invalid', undefined],
		[{ kind: 'html', status: 502 }, 'temporarily-unavailable', undefined],
		[{ kind: 'reset' }, 'temporarily-unavailable', undefined],
	] as const)('(%j) tells n8n why, and for how long: %s', async (effect, cause, retryAfterMs) => {
		const n8n = new PolledWorkflow('durable');
		await n8n.run(async () => {
			await n8n.activate();
			n8n.simulator.addFault({ ...down, effect });
			await n8n.poll();
			expect(n8n.failures).toEqual([expect.objectContaining({ failure: { cause, retryAfterMs } })]);
		});
	});

	it('ends within the time that n8n gives it', async () => {
		const n8n = new PolledWorkflow('durable');
		n8n.budgetMs = 4_000;
		await n8n.run(async () => {
			await n8n.activate();
			await n8n.make(10);
			await n8n.pass(60);
			const began = n8n.clock.now();
			await n8n.poll({ requestSeconds: 600 });
			expect(n8n.clock.now() - began).toBeLessThanOrEqual(4_000);
		});
	});
});

const NUMBER_OF_RUNS = Number(process.env.FUZZ_RUNS ?? 1_000);

describe.each<Keeping>(['durable', 'inMemory'])('what n8n keeps (%s)', (keeping) => {
	it(`lets each video start the workflow once, in ${NUMBER_OF_RUNS} random schedules of polls that are stored, dropped, given up, beside one another and from before a save`, async () => {
		const requested = process.env.FUZZ_SEED;
		const seed = requested === undefined ? Date.now() & 0x7fffffff : Number(requested);
		console.log(`durable cursor: FUZZ_SEED=${seed}`);
		const steps = fc.array(step, { minLength: 1, maxLength: 8 });
		await fc.assert(
			fc.asyncProperty(steps, async (schedule) => {
				const n8n = new PolledWorkflow(keeping);
				await n8n.run(async () => {
					await n8n.make(10);
					const open = await n8n.make(100);
					await n8n.pass(30);
					await n8n.activate();
					const beside: Promise<void>[] = [];
					for (const one of schedule) beside.push(...(await take(n8n, one, keeping)));
					await Promise.all(beside);
					await n8n.pass(3600);
					for (let polls = 0; polls < 3; polls++) await n8n.poll();

					const expected = [...n8n.simulator.tasks.keys()].slice(1);
					expect(expected).toContain(open);
					expect(n8n.runs.flat().sort()).toEqual(expected.sort());
					expect(JSON.stringify(n8n.stored).length).toBeLessThan(50_000);
				});
			}),
			{ seed, numRuns: NUMBER_OF_RUNS, ...(requested !== undefined && { verbose: 1 }) },
		);
	});
});
