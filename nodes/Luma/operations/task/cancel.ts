import type { IDataObject } from 'n8n-workflow';

import type { PiapiClient } from '../../piapi/client';
import type { CallOptions } from '../../piapi/http';
import { PiapiError } from '../../piapi/errors';
import type { Operation } from '../operation';
import { perItem } from '../perItem';
import { taskLocator } from '../taskLists';

const taskField = taskLocator('searchPendingTasks', {
	description: 'The task to cancel. Only a task that has not started can be cancelled.',
});

export const cancel: Operation = {
	fields: [taskField],
	execute: perItem((parameters) => {
		const taskId = parameters.taskId(taskField);
		return async (piapi) => [await cancelTask(piapi, taskId)];
	}),
};

/** What became of a task that was to be cancelled. */
interface CancelResult extends IDataObject {
	taskId: string;
	cancelled: boolean;
	status: string;
	message: string;
}

/**
 * Cancels a task. One that has started is a valid result: the output says how far it is.
 *
 * @throws PiapiError when it could not be cancelled although it has not started
 */
export async function cancelTask(
	piapi: PiapiClient,
	taskId: string,
	options?: CallOptions,
): Promise<CancelResult> {
	try {
		await piapi.cancel(taskId, options);
		const message = 'The task was cancelled. It is not charged.';
		return { taskId, cancelled: true, status: 'cancelled', message };
	} catch (error) {
		const status = await statusBehind(error, piapi, taskId);
		return { taskId, cancelled: false, status, message: reasonFor(status) };
	}
}

/** A refusal can have any status code; whether the task has started tells what it means. */
async function statusBehind(refusal: unknown, piapi: PiapiClient, taskId: string): Promise<string> {
	if (!(refusal instanceof PiapiError)) throw refusal;
	const { code } = refusal;
	if (code === 'wrongKey' || code === 'unknownTask') throw refusal;
	const { status } = await piapi.task(taskId);
	const isStaged = status === 'staged' && code === 'refusedInput';
	if (status === 'pending' || (status === 'staged' && !isStaged)) throw refusal;
	return status;
}

function reasonFor(status: string): string {
	if (status === 'completed')
		return 'The video is finished already, so there is nothing to cancel.';
	if (status === 'failed')
		return 'The task ended without a video, so there is nothing to cancel. It is not charged.';
	if (status === 'cancelled') return 'The task was cancelled before. It is not charged.';
	if (status === 'staged')
		return 'The task waits for a free place in your account, and PiAPI cancels only tasks that are still in its queue. Get the video with Task → Wait.';
	return 'The task is on its way already, and PiAPI cancels only tasks that have not started. Get the video with Task → Wait.';
}
