import { randomUUID } from 'node:crypto';

import { outputOf, type Execution, type StoredWorkflow } from '../../scripts/n8n/answers';
import { createTask, webhook } from '../engine/webhookRequests';
import { until } from '../eventually';
import { post } from './runs';
import { RIGHT_KEY, type Testbed } from './testbed';
import { node, to } from './workflows';

export const SECRET = ['sesame', '0815'].join('-');
const TRIGGER = 'Luma Trigger';

const NEXT = 'Next Node';

/** A stored workflow that starts with one of the Luma triggers. */
export interface Trigger {
	workflow: StoredWorkflow;
	/** The two addresses that the editor shows of the one by webhook. */
	productionUrl: string;
	testUrl: string;
}

interface TriggerOptions {
	type?: 'lumaTrigger' | 'lumaWebhookTrigger';
	apiKey?: string;
}

export async function createTrigger(
	{ client, credentialWith }: Testbed,
	parameters = {},
	{ type = 'lumaWebhookTrigger', apiKey = RIGHT_KEY }: TriggerOptions = {},
): Promise<Trigger> {
	const { id, name } = await credentialWith(apiKey, { webhookSecret: SECRET });
	const webhookId = randomUUID();
	const credentials = { piapiApi: { id, name } };
	const trigger = node(TRIGGER, `n8n-nodes-piapi-luma.${type}`, 1, parameters);
	const workflow = await client.createWorkflow({
		name: `Reports ${webhookId}`,
		nodes: [{ ...trigger, credentials, webhookId }, node(NEXT, 'n8n-nodes-base.noOp', 1, {})],
		connections: { [TRIGGER]: to(NEXT) },
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	});
	const url = (kind: string) => `${client.url}/${kind}/${webhookId}/luma`;
	return { workflow, productionUrl: url('webhook'), testUrl: url('webhook-test') };
}

export async function activeTrigger(
	testbed: Testbed,
	parameters = {},
	options?: TriggerOptions,
): Promise<Trigger> {
	const trigger = await createTrigger(testbed, parameters, options);
	await testbed.client.activate(trigger.workflow);
	return trigger;
}

/** What "Fetch Test Event" does. */
export async function fetchTestEvent({ client }: Testbed, { workflow }: Trigger): Promise<void> {
	await client.start(workflow, TRIGGER);
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

/** What the runs handed to the node after the trigger, once there are at least that many items. */
export async function outputs(testbed: Testbed, trigger: Trigger, items: number) {
	const arrived = async () =>
		(await runsOf(testbed, trigger))
			.filter(({ status }) => status === 'success')
			.flatMap((run) => outputOf(run, NEXT));
	await until(`${items} items`, async () => (await arrived()).length >= items);
	return await arrived();
}

/** Makes a video, which is done in the end, and has it reported to the address, if there is one. */
export async function video({ simulator }: Testbed, prompt: string, endpoint?: string) {
	const apiKey = RIGHT_KEY;
	const taskId = await createTask(simulator.baseUrl, { endpoint, secret: SECRET, prompt, apiKey });
	const isOver = () => /completed|failed/.test(simulator.tasks.get(taskId)?.latest.status ?? '');
	await until('the task ends', isOver);
	return taskId;
}

/** Reports the task as anybody could who knows the address. */
export async function call(url: string, taskId: string, secret = SECRET): Promise<number> {
	const { status } = await post(url, webhook(taskId), { 'x-webhook-secret': secret });
	return status;
}
