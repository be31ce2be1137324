import { kindOfFailure } from '../piapi/diagnosis';
import { PiapiTrouble } from '../piapi/errors';
import { isFinal, type Task } from '../piapi/task';

/** What a task has come to. */
export type TaskOutcome =
	| { type: 'open' }
	| { type: 'succeeded' }
	/** Completed, but PiAPI lists no video yet: the files can follow a moment later. */
	| { type: 'videoMissing' }
	| { type: 'failed'; error: PiapiTrouble };

export function outcomeOf(task: Task): TaskOutcome {
	if (!isFinal(task)) return { type: 'open' };

	const { taskId, status, failure, videoUrl } = task;
	if (status === 'cancelled') {
		return { type: 'failed', error: new PiapiTrouble('cancelled', { taskId }) };
	}
	if (status === 'failed') {
		const error = new PiapiTrouble(kindOfFailure(failure), { taskId, said: failure });
		return { type: 'failed', error };
	}
	return { type: videoUrl === null ? 'videoMissing' : 'succeeded' };
}

/** Whether the task ended without a video, and so costs nothing. */
export function isUncharged({ status }: Task): boolean {
	return status === 'failed' || status === 'cancelled';
}
