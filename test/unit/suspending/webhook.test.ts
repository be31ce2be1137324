/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { PiapiClient } from '../../../nodes/Luma/piapi/client';
import { PiapiError } from '../../../nodes/Luma/piapi/errors';
import { readTask } from '../../../nodes/Luma/piapi/task';
import { newCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import { LruMap } from '../../../nodes/Luma/runtime/memory';
import { SuspendedExecution } from '../../../nodes/Luma/suspend/resume';
import { VirtualClock } from '../../../simulator';

/** Seconds between PiAPI's attempts to deliver a webhook. */
const ATTEMPTS = [0, 1, 5, 15, 60];
const ADDRESS = 'https://media.example/video.mp4';

interface PlannedTask {
	endsAtMs: number;
	fails: boolean;
	/** How long its record goes on to show it at work. */
	lagMs: number;
	/** How long its webhooks and its reads are on their way. */
	webhookMs: number;
	readMs: number;
	/** Which of n8n's processes takes each attempt. */
	processes: number[];
	isSentTwice: boolean;
	/** Whether all attempts to deliver its webhook fail; the last one to end is always heard of. */
	isLost: boolean;
}

interface Plan {
	tasks: PlannedTask[];
	/** How long n8n takes from being told to resume an execution until it refuses further webhooks. */
	resumingMs: number;
	/** When n8n is started anew: it forgets what it heard. */
	restartsAtMs: number | undefined;
	/** When somebody says that the first task has ended, with the secret of another one. */
	forgedAtMs: number | undefined;
}

/** Many end in the same moment. */
const endsAtMs = fc.oneof(fc.constant(5_000), fc.nat(10_000));
const oneProcess = fc.constant(ATTEMPTS.map(() => 0));
/** Only n8n 2 keeps webhooks of several processes from resuming an execution twice. */
const twoProcesses = fc.array(fc.nat(1), {
	minLength: ATTEMPTS.length,
	maxLength: ATTEMPTS.length,
});

const planWith = (processes: fc.Arbitrary<number[]>): fc.Arbitrary<Plan> =>
	fc.record({
		tasks: fc.array(
			fc.record({
				endsAtMs,
				fails: fc.boolean(),
				lagMs: fc.oneof(fc.constant(0), fc.nat(3_000), fc.nat(20_000)),
				webhookMs: fc.nat(2_000),
				readMs: fc.nat(300),
				processes,
				isSentTwice: fc.boolean(),
				isLost: fc.boolean(),
			}),
			{ minLength: 1, maxLength: 12 },
		),
		resumingMs: fc.nat(500),
		restartsAtMs: fc.option(fc.nat(12_000), { nil: undefined }),
		forgedAtMs: fc.option(fc.nat(20_000), { nil: undefined }),
	});

const tags = new LruMap<string>(100);
const secretOf = (taskId: string) => tags.getOrCreate(taskId, () => newCreationTag('key'));

/** PiAPI's records, as a read at that time shows them. */
function recordsOf({ tasks }: Plan, clock: VirtualClock, origin: number) {
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
			config: { webhook_config: { secret: secretOf(taskId) } },
		});
	};
	return { client: { task: readTaskOf } as unknown as PiapiClient, reads: () => reads };
}

interface Result {
	/** How often the node asked n8n to resume the execution, and how often n8n did. */
	asked: number;
	resumed: number;
	reads: number;
	/** Whether all results were there each time. */
	complete: boolean;
	/** What the forged webhook did. */
	forged: string;
}

/** Lets all webhooks of a plan arrive. */
async function play(plan: Plan): Promise<Result> {
	const clock = new VirtualClock();
	const origin = clock.now();
	const { client, reads } = recordsOf(plan, clock, origin);
	const ids = plan.tasks.map((_, index) => `task-${index}`);
	const start = () => [0, 1].map(() => new SuspendedExecution(ids, clock));
	let processes = start();
	const lastEnd = Math.max(...plan.tasks.map((task) => task.endsAtMs));
	const lastToEnd = plan.tasks.findIndex((task) => task.endsAtMs === lastEnd);
	const result = { asked: 0, resumed: 0, complete: true, forged: 'wrongSecret' };
	let isRunning = false;

	/** @returns whether n8n answered with 200 */
	const attempt = async (index: number, number: number): Promise<boolean> => {
		if (isRunning) return false;
		const all = processes;
		const execution = all[plan.tasks[index].processes[number]];
		const webhook = { taskId: ids[index], secret: secretOf(ids[index]) };
		const outcome = await execution.receive(webhook, client);
		// What was under way when n8n went down gets no answer, so PiAPI sends it again.
		if (all !== processes) return false;
		if (outcome !== 'resume') return false;
		result.asked++;
		result.complete &&= ids.every((id) => execution.ends.has(id));
		if (result.resumed > 0) {
			// n8n 2 has begun to resume it for another process, and answers with 500.
			execution.settle({ hasResumed: false });
			return false;
		}
		result.resumed++;
		execution.settle({ hasResumed: true });
		void clock.sleep(plan.resumingMs).then(() => (isRunning = true));
		return true;
	};
	const deliver = async (index: number) => {
		const { endsAtMs, webhookMs, isLost } = plan.tasks[index];
		if (isLost && index !== lastToEnd) return;
		await clock.sleep(endsAtMs + webhookMs);
		for (const [number, seconds] of ATTEMPTS.entries()) {
			await clock.sleep(seconds * 1000);
			if (await attempt(index, number)) return;
		}
	};
	const forge = async (atMs: number) => {
		await clock.sleep(atMs);
		const webhook = { taskId: ids[0], secret: secretOf('task-99') };
		result.forged = await processes[0].receive(webhook, client);
	};
	await clock.run(async () => {
		if (plan.restartsAtMs !== undefined) {
			void clock.sleep(plan.restartsAtMs).then(() => {
				processes = start();
				isRunning ||= result.resumed > 0;
			});
		}
		await Promise.all([
			...plan.tasks.flatMap(({ isSentTwice }, index) => [
				deliver(index),
				...(isSentTwice ? [deliver(index)] : []),
			]),
			...(plan.forgedAtMs === undefined ? [] : [forge(plan.forgedAtMs)]),
		]);
	});
	return { ...result, reads: reads() };
}

const RUNS = Number(process.env.NIGHTS ?? 1000);
const seed = Number(process.env.SEED ?? 1000);

it(`asks n8n exactly once to resume, with every result, in ${RUNS} random plans of webhooks to one process`, async () => {
	await fc.assert(
		fc.asyncProperty(planWith(oneProcess), async (plan) => {
			const { asked, complete, forged } = await play(plan);
			expect({ asked, complete }).toEqual({ asked: 1, complete: true });
			expect(['wrongSecret', 'retryLater']).toContain(forged);
		}),
		{ numRuns: RUNS, seed },
	);
}, 120_000);

it(`resumes with every result in ${RUNS} random plans of webhooks to two processes of n8n 2`, async () => {
	await fc.assert(
		fc.asyncProperty(planWith(twoProcesses), async (plan) => {
			const { resumed, complete } = await play(plan);
			expect({ resumed, complete }).toEqual({ resumed: 1, complete: true });
		}),
		{ numRuns: RUNS, seed },
	);
}, 120_000);

it('reads each of 50 tasks a few times, however many webhooks are repeated', async () => {
	const plain = {
		fails: false,
		lagMs: 0,
		webhookMs: 50,
		readMs: 50,
		processes: ATTEMPTS.map(() => 0),
		isSentTwice: false,
		isLost: false,
	};
	const inOrder = Array.from({ length: 50 }, (_, index) => ({ ...plain, endsAtMs: index * 200 }));
	const atOnce = Array.from({ length: 50 }, () => ({ ...plain, endsAtMs: 5_000 }));
	const spread = atOnce.map((task, index) => ({ ...task, readMs: 20 + ((index * 7) % 100) }));
	const rest = { resumingMs: 100, restartsAtMs: undefined, forgedAtMs: undefined };
	const results = [];
	for (const tasks of [inOrder, atOnce, spread]) results.push(await play({ tasks, ...rest }));
	console.info(`50 tasks, in order and at once: ${results.map(({ reads }) => reads).join()} reads`);
	expect(results.map(({ asked }) => asked)).toEqual([1, 1, 1]);
	expect(Math.max(...results.map(({ reads }) => reads))).toBeLessThanOrEqual(250);
});

describe('two webhooks at the same moment', () => {
	/** Reads that answer what the test says, when it says so. */
	function heldReads() {
		const held: Array<{ taskId: string; answer(status: string): void }> = [];
		const readTaskOf = async (taskId: string) =>
			await new Promise((resolve) => {
				const output = { video: ADDRESS };
				held.push({
					taskId,
					answer: (status) => resolve(readTask({ task_id: taskId, status, output })),
				});
			});
		return { held, client: { task: readTaskOf } as unknown as PiapiClient };
	}

	const tick = async () => await new Promise((resolve) => setImmediate(resolve));

	it('resume it although a lagging record shows each of them the other one still at work', async () => {
		const { held, client } = heldReads();
		const execution = new SuspendedExecution(['a', 'b'], new VirtualClock());
		const both = ['a', 'b'].map(
			async (taskId) => await execution.receive({ taskId, secret: 's' }, client),
		);
		await tick();
		held[0].answer('completed');
		await tick();
		// The first one has seen its own end, and now asks for the other's.
		expect(held.map(({ taskId }) => taskId)).toEqual(['a', 'b', 'b']);
		held[1].answer('completed');
		await tick();
		held[2].answer('processing');
		expect((await Promise.all(both)).sort()).toEqual(['resume', 'retryLater']);
	});
});

describe('n8n cannot resume it', () => {
	it('so the repeat of the webhook tries again', async () => {
		const client = {
			task: async (taskId: string) =>
				await Promise.resolve(
					readTask({ task_id: taskId, status: 'completed', output: { video: ADDRESS } }),
				),
		} as unknown as PiapiClient;
		const execution = new SuspendedExecution(['a', 'b'], new VirtualClock());
		const webhook = { taskId: 'a', secret: 's' };
		expect(await execution.receive(webhook, client)).toBe('resume');
		expect(await execution.receive(webhook, client)).toBe('retryLater');
		execution.settle({ hasResumed: false });
		expect(await execution.receive(webhook, client)).toBe('resume');
		expect([...execution.ends.keys()].sort()).toEqual(['a', 'b']);
	});
});

it('takes a task that PiAPI does not know any more for ended, but not one that was out of sight once', async () => {
	const clock = new VirtualClock();
	const answers: Record<string, string[]> = { gone: [], hidden: ['unknown', 'processing'], a: [] };
	const client = {
		task: async (taskId: string) => {
			const status = answers[taskId].shift() ?? (taskId === 'gone' ? 'unknown' : 'completed');
			await clock.sleep(10);
			if (status === 'unknown') throw new PiapiError('unknownTask');
			return readTask({ task_id: taskId, status, output: { video: ADDRESS } });
		},
	} as unknown as PiapiClient;
	await clock.run(async () => {
		const withGone = new SuspendedExecution(['gone', 'a'], clock);
		expect(await withGone.receive({ taskId: 'a', secret: 's' }, client)).toBe('resume');
		expect(withGone.ends.get('gone')).toBeInstanceOf(PiapiError);

		answers.hidden = ['unknown', ...Array<string>(9).fill('processing')];
		const withHidden = new SuspendedExecution(['hidden', 'a'], clock);
		expect(await withHidden.receive({ taskId: 'a', secret: 's' }, client)).toBe('retryLater');
	});
});

it('believes the webhook of a task that seemed to be gone', async () => {
	const clock = new VirtualClock();
	const states: Record<string, string> = { gone: 'unknown', open: 'processing', a: 'completed' };
	const client = {
		task: async (taskId: string) => {
			await clock.sleep(10);
			if (states[taskId] === 'unknown') throw new PiapiError('unknownTask');
			return readTask({ task_id: taskId, status: states[taskId], output: { video: ADDRESS } });
		},
	} as unknown as PiapiClient;
	await clock.run(async () => {
		const execution = new SuspendedExecution(['open', 'gone', 'a'], clock);
		const receive = async (taskId: string) =>
			await execution.receive({ taskId, secret: 's' }, client);
		expect(await receive('a')).toBe('retryLater');
		expect(execution.ends.get('gone')).toBeInstanceOf(PiapiError);

		Object.assign(states, { gone: 'completed', open: 'completed' });
		expect(await receive('gone')).toBe('resume');
		expect(execution.ends.get('gone')).toMatchObject({ status: 'completed' });
	});
});
