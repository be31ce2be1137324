import { timeOf } from '../messages/remedies';
import { isFinal } from '../piapi/task';
import { attemptOf, taskOf, type Job } from './job';
import type { Run } from './run';

/** How long the clean-up may delay the node's return. The rest continues in the background. */
const GRACE_MS = 700;
const REQUEST_TIMEOUT_MS = 5_000;

/** What became of an item's task after the stop. */
interface CleanUpOutcome {
	type: 'cancelled' | 'continues' | 'completed' | 'unconfirmed';
	/** The task's id, or when its create was sent. */
	subject: string;
}

/**
 * After a stop: cancels the tasks of this execution that have not started, so that they cost nothing,
 * and tells which ones continue. A create that was under way is awaited, and its task treated the same.
 */
export async function cleanUpAfterStop(jobs: Job[], run: Run): Promise<void> {
	if (!run.clock.cancelled) return;
	const own = jobs.filter(({ request }) => request.source.type === 'create');
	const work = Promise.all(own.map(async (job) => await leave(job, run))).then((outcomes) => {
		const line = lineAbout(outcomes.filter((outcome) => outcome !== undefined));
		if (line) run.log(line);
	});
	await run.clock.withTimeout(GRACE_MS, work);
}

async function leave(job: Job, run: Run): Promise<CleanUpOutcome | undefined> {
	await job.in('creating')?.settled;
	const { taskId, task } = taskOf(job.state);
	if (taskId === undefined) {
		const attempt = attemptOf(job);
		return attempt && { type: 'unconfirmed', subject: timeOf(attempt.sentAt) };
	}
	if (task && isFinal(task)) {
		return task.status === 'completed' ? { type: 'completed', subject: taskId } : undefined;
	}
	const isCancelled = run.cancelOnStop && task?.status !== 'processing' && (await cancel(job, run));
	return { type: isCancelled ? 'cancelled' : 'continues', subject: taskId };
}

async function cancel(job: Job, { piapi }: Run): Promise<boolean> {
	const { taskId = '' } = taskOf(job.state);
	try {
		await piapi.cancel(taskId, { timeoutMs: REQUEST_TIMEOUT_MS, outlives: 'stop' });
	} catch {
		return false;
	}
	job.enter({ status: 'cancelled', taskId });
	return true;
}

const SENTENCES: Array<[CleanUpOutcome['type'], string]> = [
	['cancelled', 'Cancelled at PiAPI before they started'],
	['continues', 'PiAPI keeps working on'],
	['completed', 'Completed before the stop'],
	['unconfirmed', 'May have been created, at these times'],
];

function lineAbout(outcomes: CleanUpOutcome[]): string | undefined {
	if (outcomes.length === 0) return undefined;
	const sentences = SENTENCES.map(([type, sentence]) => {
		const subjects = outcomes.filter((outcome) => outcome.type === type);
		return (
			subjects.length > 0 && ` ${sentence}: ${subjects.map(({ subject }) => subject).join('; ')}.`
		);
	});
	return `The execution was stopped.${sentences.filter(Boolean).join('')}`;
}
