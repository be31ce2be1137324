import { randomUUID } from 'node:crypto';

import { outputOf, type Execution, type StoredWorkflow } from '../../scripts/n8n/answers';
import { OWN_CONNECTION } from '../../scripts/n8n/rest';
import { until } from '../eventually';
import { RIGHT_KEY, type Testbed } from './testbed';
import { createTask, webhook } from '../engine/webhookRequests';

export const SECRET = ['sesame', '0815'].join('-');

const NEXT = 'Next Node';

/** A stored workflow that starts with the Luma trigger. */
export interface Trigger {
	workflow: StoredWorkflow;
	/** The two addresses that the editor shows. */
	productionUrl: string;
	testUrl: string;
}

export async function createTrigger(
	{ client, credentialWith }: Testbed,
	parameters = {},
	apiKey = RIGHT_KEY,
): Promise<Trigger> {
	const { id, name } = await credentialWith(apiKey, { webhookSecret: SECRET });
	const webhookId = randomUUID();
	const own = { typeVersion: 1, position: [0, 0] as [number, number] };
	const workflow = await client.createWorkflow({
		name: `Reports ${webhookId}`,
		nodes: [
			{
				...own,
				id: randomUUID(),
				name: 'Luma Webhook Trigger',
				type: 'n8n-nodes-piapi-luma.lumaWebhookTrigger',
				parameters,
				credentials: { piapiApi: { id, name } },
				webhookId,
			},
			{ ...own, id: randomUUID(), name: NEXT, type: 'n8n-nodes-base.noOp', parameters: {} },
		],
		connections: { 'Luma Webhook Trigger': { main: [[{ node: NEXT, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	});
	const url = (kind: string) => `${client.url}/${kind}/${webhookId}/luma`;
	return { workflow, productionUrl: url('webhook'), testUrl: url('webhook-test') };
}

export async function activeTrigger(testbed: Testbed, parameters = {}): Promise<Trigger> {
	const trigger = await createTrigger(testbed, parameters);
	await testbed.client.activate(trigger.workflow);
	return trigger;
}

/** How often PiAPI's reports of the task were taken. */
export function taken({ simulator }: Testbed, taskId: string): number {
	return simulator.calls
		.filter((call) => call.route === 'callback' && call.taskId === taskId)
		.filter(({ status }) => status === 200).length;
}

/** All runs of the workflow, the oldest first, when they are done. */
export async function runsOf({ client }: Testbed, { workflow }: Trigger): Promise<Execution[]> {
	const listed = await client.executions(workflow.id);
	const runs = listed.map(async ({ id }) => await client.untilFinished(id));
	return (await Promise.all(runs)).reverse();
}

/** What the runs handed to the node after the trigger, once there are at least that many. */
export async function outputs(testbed: Testbed, trigger: Trigger, runs: number) {
	const { client } = testbed;
	const arrived = async () => (await client.executions(trigger.workflow.id)).length >= runs;
	await until(`${runs} runs`, arrived);
	return (await runsOf(testbed, trigger)).flatMap((run) => outputOf(run, NEXT));
}

/** Makes a video and has it reported to the address, if there is one. */
export async function video({ simulator }: Testbed, prompt: string, endpoint?: string) {
	const apiKey = RIGHT_KEY;
	const taskId = await createTask(simulator.baseUrl, { endpoint, secret: SECRET, prompt, apiKey });
	const isOver = () => /completed|failed/.test(simulator.tasks.get(taskId)?.latest.status ?? '');
	await until('the task ends', isOver);
	return taskId;
}

/** Reports the task as anybody could who knows the address. */
export async function call(url: string, taskId: string, secret = SECRET): Promise<number> {
	const { status } = await fetch(url, {
		method: 'POST',
		headers: { ...OWN_CONNECTION, 'content-type': 'application/json', 'x-webhook-secret': secret },
		body: JSON.stringify(webhook(taskId)),
	});
	return status;
}
