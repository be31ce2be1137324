import type { LeftBehind } from '../messages/endOfRun';
import { taskOf, type Job } from './job';
import { isUncharged } from './taskOutcome';

/**
 * What a run leaves behind at PiAPI that one item ends, so that its message can name everything paid.
 *
 * @returns undefined when the run creates nothing
 */
export function leftBehind(ending: Job, jobs: Job[]): LeftBehind | undefined {
	const creating = jobs.filter(({ request }) => request.source.type === 'create');
	if (creating.length === 0) return undefined;
	const others = creating.filter((job) => job !== ending);
	return {
		taskIds: others.flatMap((job) => paidTaskOf(job) ?? []),
		unconfirmed: others.flatMap((job) => {
			const attempt = paidTaskOf(job) === undefined ? attemptOf(job) : undefined;
			return attempt ? [{ itemIndex: job.request.itemIndex, sentAt: attempt.sentAt }] : [];
		}),
		isItemPaid: paidTaskOf(ending) !== undefined || attemptOf(ending) !== undefined,
	};
}

/** A task that ended without a video costs nothing. */
function paidTaskOf({ state }: Job): string | undefined {
	const { taskId, task } = taskOf(state);
	return task && isUncharged(task) ? undefined : taskId;
}

function attemptOf({ state }: Job) {
	const hasAttempt = state.status === 'unconfirmed' || state.status === 'failed';
	return hasAttempt ? state.attempt : undefined;
}
