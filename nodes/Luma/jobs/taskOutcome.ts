import { classifyFailure } from '../piapi/classifyError';
import { PiapiError } from '../piapi/errors';
import { isFinal, isUnchargedStatus, type Task } from '../piapi/task';

/** What became of a task. */
type TaskOutcome =
	| { type: 'open' }
	| { type: 'succeeded' }
	/** Completed, but PiAPI lists no video yet: the files can follow a moment later. */
	| { type: 'videoMissing' }
	| { type: 'failed'; error: PiapiError };

export function outcomeOf(task: Task): TaskOutcome {
	if (!isFinal(task)) return { type: 'open' };

	const { taskId, status, failure, videoUrl } = task;
	if (status === 'cancelled') {
		return { type: 'failed', error: new PiapiError('cancelled', { taskId }) };
	}
	if (status === 'failed') {
		const error = new PiapiError(classifyFailure(failure), { taskId, providerMessage: failure });
		return { type: 'failed', error };
	}
	return { type: videoUrl === null ? 'videoMissing' : 'succeeded' };
}

/** Whether the task ended without a video, and so costs nothing. */
export function isUncharged({ status }: Task): boolean {
	return isUnchargedStatus(status);
}
