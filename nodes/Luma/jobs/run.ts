import type { CreateTaskBody, PiapiClient } from '../piapi/client';
import { catchPiapiError, PiapiError } from '../piapi/errors';
import { isFinal, type Task } from '../piapi/task';
import type { RunClock } from '../runtime/clock';
import type { RateLimiter } from '../runtime/rateLimiter';
import type { Job } from './job';
import type { Ledger } from './ledger';
import type { SpendingLimits } from './limits/spendingLimits';
import type { Progress } from './progress';
import { isUncharged } from './taskOutcome';

/** What the stages of the pipeline share during one run of the node. */
export interface Run {
	client: PiapiClient;
	clock: RunClock;
	limiter: RateLimiter;
	/** Whether the first failed item ends the run (On Error is not set to continue). */
	failFast: boolean;
	/** What this execution has paid, kept from one try to the next. */
	ledger: Ledger;
	limits: SpendingLimits;
	/** Adds the webhook configuration, with a new creation tag, to the body of a create. */
	withWebhook: (body: CreateTaskBody) => CreateTaskBody;
	progress: Progress;
	/** Creates that were under way when the execution was stopped. */
	pendingCreates: PendingCreate[];
}

/** A create that was under way when the execution was stopped; its answer never rejects. */
export interface PendingCreate {
	job: Job;
	answer: Promise<Task | PiapiError>;
}

const DEFAULT_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 5 * 60_000;

/**
 * Sends a request when the rate limiter allows it. After a 429 all requests of the run are held back for
 * as long as PiAPI asks. Not sent, with code `stopped`, once the run has ended early.
 *
 * @param isOver whether it is not to be sent any more
 */
export async function send<T>(
	{ clock, limiter }: Pick<Run, 'clock' | 'limiter'>,
	request: () => Promise<T>,
	isOver: () => boolean = () => clock.aborted,
): Promise<T | PiapiError> {
	return await limiter.run(async () => {
		if (isOver()) return new PiapiError('stopped');
		const outcome = await catchPiapiError(request());
		if (outcome instanceof PiapiError && outcome.code === 'tooManyRequests') {
			limiter.pauseFor(Math.min(outcome.details.retryAfterMs ?? DEFAULT_PAUSE_MS, MAX_PAUSE_MS));
		}
		return outcome;
	});
}

/** Starts the job of a task that was just created or found, and books its price. One that failed at once costs nothing. */
export function startCreated(job: Job, task: Task, run: Run): void {
	const { clock, ledger, progress } = run;
	job.start(task.taskId, 'created', clock.now());
	job.observe(task, clock.now());
	progress.update(job);
	if (isFinal(task) && isUncharged(task)) ledger.void(job.request);
	else ledger.addTask(job.request, task.taskId, task.costUsd);
	endRunIfFailed(job, run);
}

/** Ends a job without a video, and the run with it where the first failed item does that. */
export function failJob(job: Job, error: PiapiError, run: Run): void {
	job.fail(error);
	run.progress.update(job);
	endRunIfFailed(job, run);
}

export function endRunIfFailed({ state }: Job, { failFast, clock }: Run): void {
	if (state.status === 'failed' && failFast) clock.abort();
}
