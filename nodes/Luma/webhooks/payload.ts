import { recordOf } from '../piapi/json';
import { isFinal, readTask } from '../piapi/task';

/** What a webhook is believed: which task it is about, and that the task may have ended. */
export interface Payload {
	taskId: string;
	/** Whether it tells of the end; for some models PiAPI tells of progress too. */
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
