import { timeOf } from '../../messages/remedies';
import { catchPiapiError, PiapiError, isDefinitelyNotCreated } from '../../piapi/errors';
import { isFinal } from '../../piapi/task';
import { taskOf, type Job } from '../job';
import type { PendingCreate, Run } from '../run';

/** How long the cleanup may delay the node's return. The rest continues in the background. */
const GRACE_MS = 700;
const REQUEST_TIMEOUT_MS = 5_000;

/** What became of an item's task after the stop. */
interface CleanupOutcome {
	type: 'cancelled' | 'continues' | 'completed' | 'unconfirmed';
	/** The task's id, or when its create was sent. */
	subject: string;
}

/**
 * After a stop: cancels the tasks of this execution that have not started, so that they cost nothing,
 * and tells which ones continue. A create that was under way is awaited, and its task treated the same.
 *
 * @param log takes one line about what became of the tasks
 */
export async function cleanUp(
	jobs: Job[],
	run: Run,
	{ cancelOnStop, log }: { cancelOnStop: boolean; log: (line: string) => void },
): Promise<void> {
	if (!run.clock.cancelled) return;
	const pending = new Set(run.pendingCreates.map(({ job }) => job));
	const own = jobs.filter((job) => job.request.source.type === 'create' && !pending.has(job));
	const work = Promise.all([
		...own.map(async (job) => await leave(job, run, cancelOnStop)),
		...run.pendingCreates.map(async (create) => {
			await awaitPendingCreate(create, run);
			return await leave(create.job, run, cancelOnStop);
		}),
	]).then((outcomes) => {
		const line = lineAbout(outcomes.filter((outcome) => outcome !== undefined));
		if (line) log(line);
	});
	await run.clock.withTimeout(GRACE_MS, work);
}

async function awaitPendingCreate({ job, answer }: PendingCreate, run: Run): Promise<void> {
	const { request } = job;
	const created = await answer;
	if (!(created instanceof PiapiError)) {
		job.start(created.taskId, 'created', run.clock.now());
		job.observe(created, run.clock.now());
		run.ledger.addTask(request, created.taskId, created.costUsd);
	} else if (isDefinitelyNotCreated(created)) {
		run.ledger.void(request);
	} else {
		const attempt = run.ledger.attemptOf(request);
		if (!attempt) return;
		const { taskId } = created.details;
		job.enter({ status: 'unconfirmed', attempt: { ...attempt, taskId }, met: created });
	}
}

async function leave(
	{ request, state }: Job,
	run: Run,
	cancelOnStop: boolean,
): Promise<CleanupOutcome | undefined> {
	const { taskId, task } = taskOf(state);
	if (taskId === undefined) {
		if (state.status !== 'unconfirmed') return undefined;
		return { type: 'unconfirmed', subject: timeOf(state.attempt.sentAt) };
	}
	if (task && isFinal(task)) {
		return task.status === 'completed' ? { type: 'completed', subject: taskId } : undefined;
	}
	if (!cancelOnStop || task?.status === 'processing') {
		return { type: 'continues', subject: taskId };
	}

	const answer = await catchPiapiError(run.client.cancelTask(taskId, REQUEST_TIMEOUT_MS));
	if (answer instanceof PiapiError) return { type: 'continues', subject: taskId };
	run.ledger.void(request);
	return { type: 'cancelled', subject: taskId };
}

const SENTENCES: Array<[CleanupOutcome['type'], string]> = [
	['cancelled', 'Cancelled at PiAPI before they started'],
	['continues', 'PiAPI keeps working on'],
	['completed', 'Completed before the stop'],
	['unconfirmed', 'May have been created, at these times'],
];

function lineAbout(outcomes: CleanupOutcome[]): string | undefined {
	if (outcomes.length === 0) return undefined;
	const sentences = SENTENCES.map(([type, sentence]) => {
		const subjects = outcomes.filter((outcome) => outcome.type === type);
		return (
			subjects.length > 0 && ` ${sentence}: ${subjects.map(({ subject }) => subject).join('; ')}.`
		);
	});
	return `The execution was stopped.${sentences.filter(Boolean).join('')}`;
}
