import type { IDataObject } from 'n8n-workflow';

import type { RunClock } from '../../runtime/clock';
import { retry } from '../../runtime/retry';
import type { PiapiClient } from '../../piapi/client';
import { catchPiapiError, PiapiError } from '../../piapi/errors';
import { perItem } from '../perItem';
import { taskIdParameter } from '../validation';
import { taskLocator } from '../taskLocator';
import type { Operation } from '../operation';

export const cancel: Operation = {
	fields: [
		taskLocator('searchPendingTasks', {
			description: 'The task to cancel. Only a task that has not started can be cancelled.',
		}),
	],
	execute: perItem((context, itemIndex) => {
		const taskId = taskIdParameter(context, itemIndex, { name: 'taskId', label: 'Task ID' });
		return async (client, clock) => [await cancelTask(client, clock, taskId)];
	}),
};

/** What became of a task that was to be cancelled. */
export interface CancelResult extends IDataObject {
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
	client: PiapiClient,
	clock: RunClock,
	taskId: string,
): Promise<CancelResult> {
	const refusal = await catchPiapiError(client.cancelTask(taskId));
	if (!(refusal instanceof PiapiError)) {
		const message = 'The task was cancelled. It is not charged.';
		return { taskId, cancelled: true, status: 'cancelled', message };
	}

	// A refusal can have any status code; whether the task has started tells what it means.
	if (refusal.code === 'wrongKey' || refusal.code === 'unknownTask') throw refusal;
	const { status } = await retry(clock, async () => await client.readTask(taskId));
	const isStaged = status === 'staged' && refusal.code === 'refusedInput';
	if (status === 'pending' || (status === 'staged' && !isStaged)) throw refusal;
	return { taskId, cancelled: false, status, message: reasonFor(status) };
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
