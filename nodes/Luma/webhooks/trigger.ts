import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { systemClock } from '../runtime/clock';
import { simplifiedOrRaw, taskOutput } from '../jobs/output';
import { connect } from '../piapi/connect';
import { endEvents, isOfLuma, isOneOf } from '../piapi/endEvents';
import { PiapiError } from '../piapi/errors';
import type { Task } from '../piapi/task';
import { answer, refuse, onAnswered } from './answer';
import { handleWebhook, messageOf, type Webhook } from './handleWebhook';
import { markIfNew, unmark } from './markIfNew';
import { readEndedTask } from './readEndedTask';
import { isSecretOf } from './verifyWebhook';

/** Takes a webhook of PiAPI, and starts the workflow with what PiAPI's own record says about the task. */
export async function trigger(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	return await handleWebhook(context, '', async (webhook) => await start(context, webhook));
}

async function start(
	context: IWebhookFunctions,
	{ taskId, secret }: Webhook,
): Promise<IWebhookResponseData> {
	const task = await readEndedTask(await connect(context), taskId, systemClock);
	if (!task) return answer(context, 'retryLater', 'The end is not recorded yet.');
	if (task instanceof PiapiError) {
		// A task that PiAPI does not know even after a while will stay unknown: a repeat would not help.
		context.logger.warn(`${context.getNode().name} ignored a webhook. ${messageOf(task)}`, {
			taskId,
		});
		return answer(context, 'accepted', 'PiAPI does not know this task.');
	}
	if (!isSecretOf(task, secret)) return refuse(context);

	const reason = reasonToIgnore(context, task);
	if (reason) return answer(context, 'accepted', reason);
	if (!markIfNew(context, task)) {
		return answer(context, 'accepted', 'This task has started the workflow before.');
	}
	onAnswered(context, (isStarted) => {
		if (!isStarted) unmark(context, task);
	});
	const simplify = context.getNodeParameter('simplify', true) !== false;
	return { workflowData: [[{ json: taskOutput(task, simplifiedOrRaw(simplify)) }]] };
}

/** Why the task does not start the workflow. */
function reasonToIgnore(context: IWebhookFunctions, task: Task): string | undefined {
	if (!isOfLuma(task)) return 'This is not a task of Luma.';
	// PiAPI does not report a cancelled task.
	const events = endEvents(context.getNodeParameter('events', []));
	if (!isOneOf(events, task)) return 'This end of a task starts nothing here.';
	return undefined;
}
