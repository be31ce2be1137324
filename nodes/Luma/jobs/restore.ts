import { isRetryable, PiapiError } from '../piapi/errors';
import type { Job } from './job';
import type { Run } from './run';
import type { LedgerEntry } from './spending/ledger';

/**
 * Restores what an earlier try of this execution created (Retry On Fail, or a person's retry), so that
 * only what is missing is made; and starts the jobs of tasks that are only waited for.
 */
export async function restore(jobs: Job[], run: Run): Promise<void> {
	const creating: Job[] = [];
	for (const job of jobs) {
		const { source } = job.request;
		if (source.type === 'create') creating.push(job);
		else job.start(source.taskId, 'existing', run.clock.now());
	}
	const entries = run.ledger.restore(creating.map(({ request }) => request));
	await Promise.all(
		entries.map(async (entry, index) => {
			if (entry) await restoreOne(creating[index], entry, run);
		}),
	);
}

async function restoreOne(job: Job, entry: LedgerEntry, run: Run): Promise<void> {
	if ('attempt' in entry) {
		job.enter({ status: 'unconfirmed', attempt: entry.attempt });
		return;
	}
	job.start(entry.taskId, 'restored', run.clock.now());
	if (!job.request.wait) await readOnce(job, entry.taskId, run);
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
