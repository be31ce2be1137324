import { isRetryable, type PiapiError } from '../piapi/errors';
import { createTasks } from './create';
import { download } from './download';
import type { Job } from './job';
import type { JobRequest } from './request';
import type { Run } from './run';
import { cleanUpAfterStop } from './stop';
import { uploadImages } from './uploadImages';

/**
 * Makes the videos that the items of a run ask for, or waits for those of earlier tasks: one job for each,
 * in their order. A job that fails keeps its error; whether that ends the node is up to the caller.
 */
export async function makeVideos(requests: JobRequest[], run: Run): Promise<Job[]> {
	const jobs = requests.map((request) => run.jobFor(request));
	try {
		await restore(jobs, run);
		await uploadImages(jobs, run);
		await createTasks(jobs, run);
		await run.waitForTasks(jobs, run);
		await download(jobs, run);
		await cleanUpAfterStop(jobs, run);
		return jobs;
	} finally {
		run.ledger.close();
	}
}

/**
 * Restores what an earlier try of this execution created (Retry On Fail, a person's retry, an agent that
 * asks again), so that only what is missing is made; and starts the jobs of tasks that are only waited for.
 */
async function restore(jobs: Job[], run: Run): Promise<void> {
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
