import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { steadyClock } from '../generation/clock';
import { awaitedTask, resumedItems } from '../generation/resumed';
import { connect } from '../piapi/connect';
import { answer } from './answer';
import { takeReport } from './report';
import { secretsOf } from './secret';
import { Sleeps } from './sleeps';

const SLEEPS = new Sleeps(steadyClock);

/** Takes a report of PiAPI for a sleeping execution, and wakes it with the last one. */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	return await takeReport(context, {
		secrets: (credential) => secretsOf(credential, context.getExecutionId()),
		take: async (taskId) => await hear(context, taskId),
	});
}

async function hear(context: IWebhookFunctions, taskId: string): Promise<IWebhookResponseData> {
	const items = itemsAsleep(context);
	const taskIds = items.flatMap((item) => awaitedTask(item) ?? []);
	if (!taskIds.includes(taskId)) {
		return answer(context, 'taken', 'Nothing here waits for this report.');
	}

	const sleep = SLEEPS.of(context.getExecutionId(), taskIds);
	const meaning = await sleep.hear(taskId, await connect(context));
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
