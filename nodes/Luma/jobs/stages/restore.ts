import { isRetryable, PiapiError } from '../../piapi/errors';
import type { Job } from '../job';
import type { LedgerEntry } from '../ledger';
import { endRunIfFailed, send, type Run } from '../run';

/**
 * Restores what an earlier try of this execution created (Retry On Fail, or a person's retry), so that
 * only what is missing is made.
 */
export async function restore(jobs: Job[], run: Run): Promise<void> {
	const creating = jobs.filter(({ request }) => request.source.type === 'create');
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
	const seen = await send(run, async () => await run.client.readTask(taskId));
	if (!(seen instanceof PiapiError)) job.observe(seen, run.clock.now());
	else if (!isRetryable(seen) && seen.code !== 'stopped') job.fail(seen);
	endRunIfFailed(job, run);
}
