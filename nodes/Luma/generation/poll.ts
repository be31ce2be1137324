import { isPassing, orTrouble, PiapiTrouble } from '../piapi/errors';
import { isOpen, observe, type Generation } from './generation';
import type { WaitSettings } from './request';
import type { Run } from './run';
import { nextReadIn } from './schedule';

/**
 * Waits until every open task has ended, its time is up, or the run ends.
 * Each task is read at its own pace; all share the gate, so that nobody waits for a neighbour
 * and PiAPI never meets a crowd.
 */
export async function poll(generations: Generation[], run: Run): Promise<void> {
	// Once it is known when such videos are due, pauses that were made without knowing it are too long.
	const stopListening = run.usualTimes.listen(() => run.clock.rouse());
	await Promise.all(
		generations.map(async (generation, index) => {
			const { wait } = generation.request;
			if (!wait || !isOpen(generation)) return;
			const patience = 1 + (SPREAD * index) / generations.length;
			await follow(generation, { ...wait, patience }, run);
			if (generation.trouble && run.failFast) run.clock.end();
		}),
	).finally(stopListening);
}

/** Items of one run that began together do not stay in step: the last one's pauses are so much longer. */
const SPREAD = 0.3;

interface Pace extends WaitSettings {
	/** How much longer than usual the pauses are while nobody knows when the video is due. */
	patience: number;
}

async function follow(generation: Generation, pace: Pace, run: Run): Promise<void> {
	const { clock, gate } = run;
	const deadline = generation.beganAt + pace.timeoutMs;
	let notBefore = clock.now();
	let readAt = isNewTask(generation) ? nextReadAt(generation, pace, run) : notBefore;

	while (!clock.ended) {
		await clock.nap(Math.min(readAt, deadline) - clock.now());
		if (clock.ended) return;
		if (clock.now() < Math.min(readAt, deadline)) {
			const dueAt = nextReadAt(generation, pace, run);
			readAt = Math.max(notBefore, Math.min(readAt, dueAt));
			continue;
		}

		const askedForMs = await gate.pass(async () => await look(generation, deadline, run));
		if (!isOpen(generation)) return;
		if (clock.now() >= deadline) return giveUp(generation, pace, clock.now());
		notBefore = clock.now() + askedForMs;
		readAt = Math.max(notBefore, nextReadAt(generation, pace, run));
	}
}

function nextReadAt(generation: Generation, pace: Pace, run: Run): number {
	return run.clock.now() + untilNextRead(generation, pace, run);
}

/** By what is usual for this kind of video, where this process has seen some of them. */
function untilNextRead(
	generation: Generation,
	{ pollIntervalMs: fixedMs, patience }: Pace,
	{ clock, usualTimes }: Run,
): number {
	const { beganAt, task } = generation;
	const ageMs = clock.now() - beganAt;
	const usual = isNewTask(generation) && task ? usualTimes.of(task) : undefined;
	if (!usual) return nextReadIn({ ageMs, fixedMs }) * (fixedMs > 0 ? 1 : patience);
	// PiAPI's own times say how long the task was queued, whatever the clock of n8n shows.
	const queuedMs = Date.parse(task?.startedAt ?? '') - Date.parse(task?.createdAt ?? '');
	const isQueued = !(queuedMs >= 0);
	const sinceBegunMs = Math.max(0, ageMs - (isQueued ? 0 : queuedMs));
	return nextReadIn({ ageMs: sinceBegunMs, fixedMs, usual, isQueued });
}

/** Whether the task was made by this run of the node. */
export function isNewTask({ request, pickedUp }: Generation): boolean {
	return 'create' in request.source && !pickedUp;
}

// Just after its creation a task may not be readable everywhere at PiAPI yet.
const NEW_TASK_LAG_MS = 60_000;
const OLD_TASK_LAG_MS = 10_000;

/**
 * Reads the task once. An outage is not the end of a job: whatever can pass is left to the next read.
 *
 * @returns milliseconds that PiAPI asks to stay away, 0 for none
 */
export async function look(
	generation: Generation,
	deadline: number,
	{ client, clock, gate, usualTimes }: Run,
): Promise<number> {
	const taskId = String(generation.taskId);
	const seen = await orTrouble(client.readTask(taskId, deadline - clock.now()));
	if (clock.stopped) return 0;
	if (!(seen instanceof PiapiTrouble)) {
		observe(generation, seen, clock.now());
		usualTimes.learn(seen);
		return 0;
	}

	if (seen.kind === 'tooManyRequests') gate.slowDown();
	const ageMs = clock.now() - generation.beganAt;
	const lagMs = isNewTask(generation) ? NEW_TASK_LAG_MS : OLD_TASK_LAG_MS;
	const mayAppear = seen.kind === 'unknownTask' && ageMs < lagMs;
	if (!mayAppear && !isPassing(seen)) {
		generation.trouble = new PiapiTrouble(seen.kind, { ...seen.facts, taskId });
	}
	return seen.facts.retryAfterMs ?? 0;
}

function giveUp(generation: Generation, { onTimeout }: WaitSettings, now: number): void {
	if (onTimeout === 'error') {
		generation.trouble = new PiapiTrouble('timeLimit', { taskId: generation.taskId });
		return;
	}
	generation.timedOut = true;
	generation.endedAt = now;
}
