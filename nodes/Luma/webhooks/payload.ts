import { recordOf } from '../piapi/json';
import { isFinal, readTask } from '../piapi/task';

/** The part of a webhook that is used: which task it is about, and whether the task may have ended. */
export interface Payload {
	taskId: string;
	/** Whether it reports the end; for some models PiAPI reports progress too. */
	isEnd: boolean;
}

/**
 * Reads the body `{ timestamp, data: <task> }` of a webhook (PiAPI, "Unified Webhook").
 *
 * @returns undefined when the body names no task
 */
export function readPayload(body: unknown): Payload | undefined {
	const task = readTask(recordOf(body).data);
	return task && { taskId: task.taskId, isEnd: isFinal(task) };
}
