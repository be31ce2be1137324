import { unconfirmedDetail, unconfirmedRemedy } from '../../messages/remedies';
import { PiapiError } from '../../piapi/errors';
import type { CreateAttempt } from '../createAttempt';
import type { Job } from '../job';
import { failJob, type Run } from '../run';
import { TaskSearch } from './taskSearch';

/** Pauses before each look: PiAPI's task list can lag behind by a minute. */
const BACKOFFS_MS = [0, 1, 1, 2, 3, 5, 8, 12, 16, 20].map((seconds) => seconds * 1000);

/** Where reads take long, the search ends before all looks are done. */
const MAX_SEARCH_MS = 90_000;

/**
 * Finds the tasks of creates whose answer got lost by their creation tags, so that what was paid is used
 * and nothing is paid twice. A task that cannot be found may or may not exist: its item says so, and
 * nothing is created again.
 */
export async function reconcile(jobs: Job[], run: Run): Promise<void> {
	const { clock } = run;
	const search = new TaskSearch(jobs, run);
	const giveUpAt = clock.now() + MAX_SEARCH_MS;
	for (const backoffMs of BACKOFFS_MS) {
		if (!jobs.some((job) => job.in('unconfirmed')) || clock.now() >= giveUpAt) break;
		await clock.sleepUnlessCancelled(backoffMs);
		if (clock.cancelled) return;
		await clock.unlessCancelled(clock.withTimeout(giveUpAt - clock.now(), search.look()));
		if (clock.cancelled) return;
		giveUp(jobs, search, run, ({ searchUntil }) => searchUntil <= clock.now());
	}
	giveUp(jobs, search, run, () => true);
}

function giveUp(
	jobs: Job[],
	search: TaskSearch,
	run: Run,
	isOver: (attempt: CreateAttempt) => boolean,
): void {
	for (const job of jobs) {
		const unconfirmed = job.in('unconfirmed');
		if (!unconfirmed || !isOver(unconfirmed.attempt)) continue;
		const { attempt, met } = unconfirmed;
		const create = { ...attempt, candidates: search.candidatesFor(job) };
		const seen = met?.details.technicalDetail;
		const details = {
			...met?.details,
			taskId: attempt.taskId,
			remedy: unconfirmedRemedy(create),
			technicalDetail: [unconfirmedDetail(create), seen].filter(Boolean).join('; '),
		};
		failJob(job, new PiapiError('creationUnconfirmed', details), run);
	}
}
