import { isRetryable, type PiapiError } from '../piapi/errors';
import type { Job } from './job';
import type { Run } from './run';

/**
 * Restores what an earlier try of this execution created (Retry On Fail, a person's retry, an agent that
 * asks again), so that only what is missing is made; and starts the jobs of tasks that are only waited for.
 */
export async function restore(jobs: Job[], run: Run): Promise<void> {
	await Promise.all(jobs.map(async (job) => await restoreOne(job, run)));
}

async function restoreOne(job: Job, run: Run): Promise<void> {
	const { source, wait } = job.request;
	if (source.type === 'existing') return job.start(source.taskId, 'existing', run.clock.now());
	const entry = await run.clock.unlessCancelled(run.ledger.restore(job.request));
	if (!entry) return;
	job.isRestored = true;
	if ('attempt' in entry) return job.enter({ status: 'unconfirmed', attempt: entry.attempt });
	job.start(entry.taskId, 'restored', run.clock.now());
	if (!wait) await readOnce(job, entry.taskId, run);
}

/** Where nobody waits, one read tells what became of the task. */
async function readOnce(job: Job, taskId: string, run: Run): Promise<void> {
	try {
		job.observe(await run.piapi.task(taskId, { once: true }), run.clock.now());
	} catch (error) {
		const isForNow = isRetryable(error) || run.clock.aborted;
		if (!isForNow) job.fail(error as PiapiError);
	}
}
