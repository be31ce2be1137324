/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { expect, it } from '@jest/globals';
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

/** A PiAPI that says this about a task. */
function piapiThat(read: (taskId: string) => Promise<object>): PiapiClient {
	const task = async (taskId: string) => readTask({ task_id: taskId, ...(await read(taskId)) });
	return { task } as unknown as PiapiClient;
}

/** PiAPI's records, as a read at that time shows them. */
function recordsOf({ tasks }: Plan, clock: VirtualClock, origin: number) {
	let reads = 0;
	const client = piapiThat(async (taskId) => {
		reads++;
		const { endsAtMs, lagMs, readMs } = tasks[Number(taskId.slice(5))];
		await clock.sleep(readMs);
		const hasEnded = clock.now() - origin >= endsAtMs + lagMs;
		return {
			status: hasEnded ? 'completed' : 'processing',
			output: hasEnded ? { video: ADDRESS } : null,
			config: { webhook_config: { secret: secretOf(taskId) } },
		};
	});
	return { client, reads: () => reads };
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

const RUNS = Number(process.env.FUZZ_RUNS ?? 1000);

it.each([
	['one process, which is asked exactly once', oneProcess, 1],
	['two processes of n8n 2', twoProcesses, 2],
])(
	`it resumes once, with every result, in ${RUNS} random plans of webhooks to %s`,
	async (_, processes, mostAsked) => {
		await fc.assert(
			fc.asyncProperty(planWith(processes), async (plan) => {
				const { asked, resumed, complete, forged } = await play(plan);
				expect({ resumed, complete }).toEqual({ resumed: 1, complete: true });
				if (mostAsked === 1) expect(asked).toBe(1);
				expect(['wrongSecret', 'retryLater']).toContain(forged);
			}),
			{ numRuns: RUNS },
		);
	},
);

it('reads each of 50 tasks a few times, however many webhooks are repeated', async () => {
	const plain = {
		lagMs: 0,
		webhookMs: 50,
		readMs: 50,
		processes: ATTEMPTS.map(() => 0),
		isSentTwice: false,
		isLost: false,
	};
	const rest = { resumingMs: 100, restartsAtMs: undefined, forgedAtMs: undefined };
	const planOf = (own: (index: number) => Partial<PlannedTask>): Plan => ({
		...rest,
		tasks: Array.from({ length: 50 }, (_, index) => ({ ...plain, endsAtMs: 5_000, ...own(index) })),
	});
	const inOrder = planOf((index) => ({ endsAtMs: index * 200 }));
	const spread = planOf((index) => ({ readMs: 20 + ((index * 7) % 100) }));
	for (const plan of [inOrder, planOf(() => ({})), spread]) {
		const { asked, reads } = await play(plan);
		expect(asked).toBe(1);
		expect(reads).toBeLessThanOrEqual(250);
	}
});

type Receive = (taskId: string) => ReturnType<SuspendedExecution['receive']>;

/**
 * An execution that waits for tasks which have these states, read by read, and how long the read takes;
 * `unknown` for none.
 */
async function withExecution(
	states: Record<string, string[]>,
	test: (receive: Receive, execution: SuspendedExecution) => Promise<void>,
): Promise<void> {
	const clock = new VirtualClock();
	const client = piapiThat(async (taskId) => {
		const [state] = states[taskId].length > 1 ? states[taskId].splice(0, 1) : states[taskId];
		const [status, milliseconds = '10'] = state.split(' ');
		await clock.sleep(Number(milliseconds));
		if (status === 'unknown') throw new PiapiError('unknownTask');
		return { status, output: { video: ADDRESS } };
	});
	const execution = new SuspendedExecution(Object.keys(states), clock);
	const receive: Receive = async (taskId) =>
		await execution.receive({ taskId, secret: 's' }, client);
	await clock.run(async () => await test(receive, execution));
}

it('two webhooks at once resume it although the record shows each the other task at work', async () => {
	// The first one sees its own end, and asks for the other's before that one's own read is answered.
	const states = { a: ['completed'], b: ['completed 15', 'processing 20'] };
	await withExecution(states, async (receive) => {
		const outcomes = await Promise.all([receive('a'), receive('b')]);
		expect(outcomes.sort()).toEqual(['resume', 'retryLater']);
	});
});

it('a task that PiAPI does not know any more has ended, but not one that was out of sight once', async () => {
	await withExecution({ gone: ['unknown'], a: ['completed'] }, async (receive, { ends }) => {
		expect(await receive('a')).toBe('resume');
		expect(ends.get('gone')).toBeInstanceOf(PiapiError);
	});
	const hidden = ['unknown', ...Array<string>(9).fill('processing')];
	await withExecution({ hidden, a: ['completed'] }, async (receive) => {
		expect(await receive('a')).toBe('retryLater');
	});
});

it('the webhook of a task that seemed to be gone is believed', async () => {
	const states = { open: ['processing'], gone: ['unknown'], a: ['completed'] };
	await withExecution(states, async (receive, { ends }) => {
		expect(await receive('a')).toBe('retryLater');
		expect(ends.get('gone')).toBeInstanceOf(PiapiError);

		Object.assign(states, { gone: ['completed'], open: ['completed'] });
		expect(await receive('gone')).toBe('resume');
		expect(ends.get('gone')).toMatchObject({ status: 'completed' });
	});
});
