import type { Execution } from '../../scripts/n8n/answers';
import { OWN_CONNECTION, type N8nClient } from '../../scripts/n8n/rest';
import { until } from '../eventually';
import type { WebhookWorkflow } from './workflows';

/** A workflow in production. */
export interface ActiveWorkflow {
	workflowId: string;
	/** Calls its webhook. */
	call(body: unknown): Promise<Response>;
}

/** A workflow in production whose webhook has been called. */
export interface StartedRun {
	workflowId: string;
	/** Comes when the last node is done. */
	response: Promise<Response>;
}

export interface RunResult {
	status: number;
	items: Array<Record<string, unknown>>;
	/** What n8n has stored about the run. */
	execution: Execution;
}

/** Sends a form as such, anything else as JSON. */
export async function post(url: string, content: unknown, headers = {}): Promise<Response> {
	const isForm = content instanceof FormData;
	const type = isForm ? undefined : { 'content-type': 'application/json' };
	const body = isForm ? content : JSON.stringify(content);
	return await fetch(url, {
		method: 'POST',
		headers: { ...OWN_CONNECTION, ...type, ...headers },
		body,
	});
}

export async function activate(
	client: N8nClient,
	{ path, ...file }: WebhookWorkflow,
): Promise<ActiveWorkflow> {
	const workflow = await client.createWorkflow(file);
	await client.activate(workflow);
	const call = async (body: unknown) => await post(`${client.url}/webhook/${path}`, body);
	return { workflowId: workflow.id, call };
}

/** Activates a workflow and calls its webhook. */
export async function startRun(
	client: N8nClient,
	workflow: WebhookWorkflow,
	body: unknown,
): Promise<StartedRun> {
	const { workflowId, call } = await activate(client, workflow);
	const response = call(body);
	// Whoever needs it waits for it; until then a connection that ends is nobody's concern.
	response.catch(() => undefined);
	return { workflowId, response };
}

export async function run(
	client: N8nClient,
	workflow: WebhookWorkflow,
	body: unknown,
): Promise<RunResult> {
	const call = await startRun(client, workflow, body);
	const response = await call.response;
	const items = (await response.json()) as RunResult['items'];
	return { status: response.status, items, execution: await finished(client, call) };
}

/** The stored run of a call that was answered. */
export async function finished(client: N8nClient, { workflowId }: StartedRun): Promise<Execution> {
	const [{ id }] = await client.executions(workflowId);
	return await client.untilFinished(id);
}

/** The stored run of a call, as soon as n8n says that about it. */
export async function untilStatus(
	client: N8nClient,
	{ workflowId }: StartedRun,
	status: string,
): Promise<Execution> {
	let last = { id: '', status: 'not there' };
	const hasStatus = async () => {
		[last = last] = await client.executions(workflowId).catch(() => []);
		return last.status === status;
	};
	await until(`the run is ${status}`, hasStatus).catch(({ message }: Error) => {
		throw new Error(`${message}, but ${last.status}`);
	});
	return await client.execution(last.id);
}
