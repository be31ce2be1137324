import type { PiapiErrorCode } from '../../messages/errorCatalog';
import type { CreateTaskBody } from '../../piapi/client';
import { hasTagForm } from '../../piapi/creationTag';
import { PiapiError, isDefinitelyNotCreated } from '../../piapi/errors';
import { recordOf } from '../../piapi/json';
import type { Task } from '../../piapi/task';
import { newCreateAttempt, SEARCH_MS, type CreateAttempt } from '../createAttempt';
import type { Job } from '../job';
import { failJob, send, startCreated, type Run } from '../run';

/** Errors that are worth another attempt. A wrong Base URL should be reported within seconds. */
const MAX_ATTEMPTS: Partial<Record<PiapiErrorCode, number>> = {
	tooManyRequests: 6,
	unreachable: 3,
};
const FIRST_BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 60_000;
/** A backoff that would end later than this is not begun. */
const MAX_RETRY_MS = 5 * 60_000;

/**
 * Creates the task of a job. Only an answer that proves that nothing was created is followed by another
 * attempt: PiAPI has no idempotency key, so a second create after a lost answer would be paid twice.
 */
export async function create(job: Job, body: CreateTaskBody, run: Run): Promise<void> {
	const { clock } = run;
	const { secret } = recordOf(body.config?.webhook_config);
	// A secret of the user's own does not tell one create from another.
	const tag = hasTagForm(secret) ? secret : null;
	const giveUpAt = clock.now() + MAX_RETRY_MS;
	for (let attempts = 1; ; attempts++) {
		const answer = sendCreate(job, { body, tag }, run);
		const created = await clock.unlessCancelled(answer);
		if (created === undefined) {
			run.pendingCreates.push({ job, answer });
			return;
		}
		if (!(created instanceof PiapiError)) return startCreated(job, created, run);
		if (!isDefinitelyNotCreated(created)) {
			return leaveUnconfirmed(job, { tag, met: created }, run);
		}

		const backoffMs = backoffBefore(attempts, created.details.retryAfterMs);
		const isLast = attempts >= (MAX_ATTEMPTS[created.code] ?? 1);
		if (isLast || clock.now() + backoffMs > giveUpAt) return giveUp(job, created, run);
		await clock.sleep(backoffMs);
		if (clock.aborted) return giveUp(job, created, run);
	}
}

async function sendCreate(
	{ request }: Job,
	{ body, tag }: { body: CreateTaskBody; tag: string | null },
	run: Run,
): Promise<Task | PiapiError> {
	return await send(run, async () => {
		run.ledger.addAttempt(request, newCreateAttempt(tag, run.clock.now()));
		return await run.client.createTask(body);
	});
}

/** Nothing was created. A run that has ended leaves the job as it was. */
function giveUp(job: Job, error: PiapiError, run: Run): void {
	run.ledger.void(job.request);
	if (error.code !== 'stopped') failJob(job, error, run);
}

/** An unsuccessful answer can name its task all the same; else it is left to be searched for. */
function leaveUnconfirmed(
	job: Job,
	{ tag, met }: { tag: string | null; met: PiapiError },
	run: Run,
): void {
	const { clock, ledger, progress } = run;
	const now = clock.now();
	const { taskId } = met.details;
	const attempt: CreateAttempt = { tag, sentAt: now, searchUntil: now + SEARCH_MS, taskId };
	ledger.addAttempt(job.request, attempt);
	job.enter({ status: 'unconfirmed', attempt, met });
	progress.update(job);
}

/** As long as PiAPI asks for, or doubled each time; with jitter, so that items do not return at once. */
function backoffBefore(attempts: number, retryAfterMs?: number): number {
	const backoffMs =
		retryAfterMs ?? Math.min(FIRST_BACKOFF_MS * 2 ** (attempts - 1), MAX_BACKOFF_MS);
	return backoffMs * (1 + Math.random() / 4);
}
