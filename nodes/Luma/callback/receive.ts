import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { steadyClock } from '../generation/clock';
import { awaitedTask, resumedItems } from '../generation/resumed';
import { connect } from '../piapi/connect';
import { answer } from './answer';
import { readCall } from './call';
import { carriesSecret, secretsOf } from './secret';
import { Sleeps } from './sleeps';

const SLEEPS = new Sleeps(steadyClock);

/**
 * Takes a report of PiAPI for a sleeping execution, and wakes it with the last one. Never throws: n8n
 * would run the next nodes with an empty item.
 */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		return await received(context);
	} catch (error) {
		context.logger.warn(`A report of PiAPI could not be taken: ${(error as Error).message}`);
		return answer(context, 'later', 'The task could not be read just now.');
	}
}

async function received(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const executionId = context.getExecutionId();
	const secrets = secretsOf(await context.getCredentials('piapiApi'), executionId);
	if (!carriesSecret(context.getHeaderData(), ...secrets)) {
		return answer(context, 'wrongSecret', 'The secret of this report is not the right one.');
	}
	const call = readCall(context.getBodyData());
	if (!call) return answer(context, 'unreadable', 'This report names no task.');
	const items = itemsAsleep(context);
	const taskIds = items.flatMap((item) => awaitedTask(item) ?? []);
	if (!call.isEnd || !taskIds.includes(call.taskId)) {
		return answer(context, 'taken', 'Nothing here waits for this report.');
	}

	const sleep = SLEEPS.of(executionId, taskIds);
	const meaning = await sleep.hear(call.taskId, await connect(context));
	if (meaning === 'moreToCome')
		return answer(context, 'taken', 'Other tasks are not finished yet.');
	if (meaning === 'sayAgain') return answer(context, 'later', 'Please repeat this report later.');
	const resumed = resumedItems(items, sleep.ends, context.getNode());
	sleep.forget();
	return {
		workflowData: [resumed],
		webhookResponse: { message: 'All tasks have ended, and the workflow goes on.' },
	};
}

/** What the node put in place of its input before it fell asleep. */
function itemsAsleep(context: IWebhookFunctions): INodeExecutionData[] {
	const items = context.evaluateExpression('{{ $input.all() }}', 0);
	return Array.isArray(items) ? (items as unknown as INodeExecutionData[]) : [];
}
