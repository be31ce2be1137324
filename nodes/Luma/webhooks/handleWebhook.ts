import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { PiapiError } from '../piapi/errors';
import { recordOf } from '../piapi/json';
import { isFinal, readTask } from '../piapi/task';
import { answer, refuse } from './answer';
import { verifyWebhook } from './verifyWebhook';

/** A verified webhook about the end of a task. */
export interface Webhook {
	taskId: string;
	/** What it was verified by. */
	secret: string;
}

type Handler = (webhook: Webhook) => Promise<IWebhookResponseData>;

/**
 * Verifies a webhook of PiAPI, and has it handled if it tells of the end of a task. Never throws: n8n
 * would run the next nodes all the same, with an empty item.
 *
 * @param executionId the execution that the webhook would resume; empty when it resumes none
 */
export async function handleWebhook(
	context: IWebhookFunctions,
	executionId: string,
	handle: Handler,
): Promise<IWebhookResponseData> {
	try {
		return await verified(context, executionId, handle);
	} catch (error) {
		context.logger.warn(`${context.getNode().name} could not take a webhook. ${messageOf(error)}`);
		return answer(context, 'retryLater', 'The task could not be read. Please repeat this later.');
	}
}

async function verified(
	context: IWebhookFunctions,
	executionId: string,
	handle: Handler,
): Promise<IWebhookResponseData> {
	const credential = await context.getCredentials('piapiApi');
	const secret = verifyWebhook(context.getHeaderData(), credential, executionId);
	if (secret === undefined) return refuse(context);
	// The body is `{ timestamp, data: <task> }` (PiAPI, "Unified Webhook").
	const task = readTask(recordOf(context.getBodyData()).data);
	if (!task) return answer(context, 'unreadable', 'This webhook names no task.');
	// For some models PiAPI reports progress too.
	if (!isFinal(task)) return answer(context, 'accepted', 'The task has not ended yet.');
	return await handle({ taskId: task.taskId, secret });
}

/** What happened and what to do, for n8n’s log. */
export function messageOf(error: unknown): string {
	if (error instanceof PiapiError) return `${error.message}. ${error.remedy}`;
	return error instanceof Error ? error.message : String(error);
}
