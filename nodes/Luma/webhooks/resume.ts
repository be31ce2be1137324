import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { systemClock } from '../runtime/clock';
import { awaitedTask, resumedItems } from './suspendedItems';
import { connect } from '../piapi/connect';
import { answer, refuse, onAnswered } from './answer';
import { handleWebhook, type Webhook } from './handleWebhook';
import { LruMap } from '../runtime/lruMap';
import { SuspendedExecution } from './suspendedExecution';

const MAX_EXECUTIONS = 500;
const SUSPENDED = new LruMap<SuspendedExecution>(MAX_EXECUTIONS);

/** Takes a webhook of PiAPI for a suspended execution, and resumes it when all its tasks have ended. */
export async function resume(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	return await handleWebhook(
		context,
		context.getExecutionId(),
		async (webhook) => await receive(context, webhook),
	);
}

async function receive(
	context: IWebhookFunctions,
	webhook: Webhook,
): Promise<IWebhookResponseData> {
	const items = suspendedItems(context);
	const taskIds = items.flatMap((item) => awaitedTask(item) ?? []);
	if (!taskIds.includes(webhook.taskId)) {
		return answer(context, 'accepted', 'Nothing here waits for this task.');
	}

	const execution = suspendedExecution(context.getExecutionId(), taskIds);
	switch (await execution.receive(webhook, await connect(context))) {
		case 'retryLater':
			return answer(
				context,
				'retryLater',
				'Not all tasks have ended yet. Please repeat this webhook later.',
			);
		case 'wrongSecret':
			return refuse(context);
		case 'resume':
			onAnswered(context, (hasResumed) => execution.settle({ hasResumed }));
			return {
				workflowData: [resumedItems(items, execution.ends, context.getNode())],
				webhookResponse: { message: 'All tasks have ended, and the workflow continues.' },
			};
	}
}

/** @param taskIds what the execution waits for; it can be suspended again for others later on */
function suspendedExecution(executionId: string, taskIds: string[]): SuspendedExecution {
	const key = [executionId, ...taskIds].join();
	const execution = SUSPENDED.get(key) ?? new SuspendedExecution(taskIds, systemClock);
	SUSPENDED.set(key, execution);
	return execution;
}

/** What the node put in place of its input before the execution was suspended. */
function suspendedItems(context: IWebhookFunctions): INodeExecutionData[] {
	const items = context.evaluateExpression('{{ $input.all() }}', 0);
	return Array.isArray(items) ? (items as unknown as INodeExecutionData[]) : [];
}
