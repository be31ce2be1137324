/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Sleeps } from '../../../nodes/Luma/callback/sleeps';
import type { PiapiClient } from '../../../nodes/Luma/piapi/client';
import { readTask } from '../../../nodes/Luma/piapi/task';
import { VirtualClock } from '../../../simulator';

/** Seconds between PiAPI's attempts to deliver a report. */
const ATTEMPTS = [0, 1, 5, 15, 60];
const ADDRESS = 'https://media.example/video.mp4';

interface Reported {
	endsAtMs: number;
	fails: boolean;
	/** How long its record goes on to show it at work. */
	lagMs: number;
	/** How long its reports and its reads are on their way. */
	reportMs: number;
	readMs: number;
	/** Which of n8n's processes takes each attempt. */
	processes: number[];
	isReportedTwice: boolean;
}

interface Night {
	tasks: Reported[];
	/** How long n8n takes from being told to wake an execution until it refuses further reports. */
	wakingMs: number;
	/** When n8n is started anew: it forgets what it heard. */
	restartsAtMs: number | undefined;
}

/** Many end in the same moment. */
const endsAtMs = fc.oneof(fc.constant(5_000), fc.nat(10_000));
const processes = fc.array(fc.nat(1), { minLength: ATTEMPTS.length, maxLength: ATTEMPTS.length });

const task: fc.Arbitrary<Reported> = fc.record({
	endsAtMs,
	fails: fc.boolean(),
	lagMs: fc.oneof(fc.constant(0), fc.nat(3_000), fc.nat(20_000)),
	reportMs: fc.nat(2_000),
	readMs: fc.nat(300),
	processes: fc.constant([0, 0, 0, 0, 0]),
	isReportedTwice: fc.boolean(),
});

/** Processes share nothing but the rule, so they agree only while PiAPI is as quick as it mostly is. */
const quickTask: fc.Arbitrary<Reported> = fc.record({
	endsAtMs,
	fails: fc.boolean(),
	lagMs: fc.constant(0),
	reportMs: fc.nat(300),
	readMs: fc.nat(50),
	processes,
	isReportedTwice: fc.constant(false),
});

const night: fc.Arbitrary<Night> = fc.oneof(
	fc.record({
		tasks: fc.array(task, { minLength: 1, maxLength: 12 }),
		wakingMs: fc.nat(500),
		restartsAtMs: fc.option(fc.nat(12_000), { nil: undefined }),
	}),
	fc.record({
		tasks: fc.array(quickTask, { minLength: 1, maxLength: 12 }),
		wakingMs: fc.nat(100),
		restartsAtMs: fc.constant(undefined),
	}),
);

/** PiAPI's records, as a read at that time shows them. */
function recordsOf({ tasks }: Night, clock: VirtualClock, origin: number) {
	let reads = 0;
	const readTaskOf = async (taskId: string) => {
		reads++;
		const { endsAtMs, fails, lagMs, readMs } = tasks[Number(taskId.slice(5))];
		await clock.sleep(readMs);
		const hasEnded = clock.now() - origin >= endsAtMs + lagMs;
		return readTask({
			task_id: taskId,
			status: hasEnded ? (fails ? 'failed' : 'completed') : 'processing',
			output: hasEnded && !fails ? { video: ADDRESS } : null,
			meta: { ended_at: hasEnded ? new Date(origin + endsAtMs).toISOString() : null },
		});
	};
	return { client: { readTask: readTaskOf } as unknown as PiapiClient, reads: () => reads };
}

/** Lets all reports of a night arrive, and counts how often they woke the execution. */
async function wakesIn(plan: Night): Promise<{ wakes: number; reads: number; complete: boolean }> {
	const clock = new VirtualClock();
	const origin = clock.now();
	const { client, reads } = recordsOf(plan, clock, origin);
	const ids = plan.tasks.map((_, index) => `task-${index}`);
	const start = () => [new Sleeps(clock), new Sleeps(clock)];
	let both = start();
	let [wakes, isAwake, complete] = [0, false, true];

	const attempt = async (index: number, number: number): Promise<boolean> => {
		if (isAwake) return false;
		const all = both;
		const sleep = all[plan.tasks[index].processes[number]].of('4711', ids);
		const meaning = await sleep.hear(ids[index], client);
		// What was under way when n8n went down gets no answer, so PiAPI says it again.
		if (all !== both) return false;
		if (meaning === 'wake') {
			wakes++;
			complete &&= ids.every((id) => sleep.ends.has(id));
			void clock.sleep(plan.wakingMs).then(() => (isAwake = true));
		}
		return meaning !== 'sayAgain';
	};
	const report = async (index: number) => {
		const { endsAtMs, reportMs } = plan.tasks[index];
		await clock.sleep(endsAtMs + reportMs);
		for (const [number, seconds] of ATTEMPTS.entries()) {
			await clock.sleep(seconds * 1000);
			if (await attempt(index, number)) return;
		}
	};
	await clock.run(async () => {
		if (plan.restartsAtMs !== undefined) {
			void clock.sleep(plan.restartsAtMs).then(() => {
				both = start();
				isAwake ||= wakes > 0;
			});
		}
		await Promise.all(
			plan.tasks.map(async ({ isReportedTwice }, index) => {
				await Promise.all([report(index), ...(isReportedTwice ? [report(index)] : [])]);
			}),
		);
	});
	return { wakes, reads: reads(), complete };
}

const RUNS = 1000;

it(`wakes exactly once, and with every result, in ${RUNS} random nights of reports`, async () => {
	await fc.assert(
		fc.asyncProperty(night, async (plan) => {
			const { wakes, complete } = await wakesIn(plan);
			expect({ wakes, complete }).toEqual({ wakes: 1, complete: true });
		}),
		{ numRuns: Number(process.env.NIGHTS ?? RUNS), seed: Number(process.env.SEED ?? RUNS) },
	);
});

it('reads each of 50 tasks little more than once', async () => {
	const plain = {
		fails: false,
		lagMs: 0,
		reportMs: 50,
		readMs: 50,
		processes: [0],
		isReportedTwice: false,
	};
	const inOrder = Array.from({ length: 50 }, (_, index) => ({ ...plain, endsAtMs: index * 200 }));
	const atOnce = Array.from({ length: 50 }, () => ({ ...plain, endsAtMs: 5_000 }));
	const rest = { wakingMs: 100, restartsAtMs: undefined };
	const [first, second] = [
		await wakesIn({ tasks: inOrder, ...rest }),
		await wakesIn({ tasks: atOnce, ...rest }),
	];
	console.info(`50 tasks: ${first.reads} reads in order, ${second.reads} when all end at once`);
	expect([first.wakes, second.wakes]).toEqual([1, 1]);
	expect(Math.max(first.reads, second.reads)).toBeLessThanOrEqual(150);
});
