import type { Execution } from '../../scripts/n8n/answers';
import { OWN_CONNECTION, type N8nClient } from '../../scripts/n8n/rest';
import { until } from '../eventually';
import type { WebhookWorkflow } from './workflows';

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

/** Activates a workflow and calls its webhook; a form is sent as such, anything else as JSON. */
export async function startRun(
	client: N8nClient,
	{ path, ...file }: WebhookWorkflow,
	body: unknown,
): Promise<StartedRun> {
	const workflow = await client.createWorkflow(file);
	await client.activate(workflow);
	const url = `${client.url}/webhook/${path}`;
	const headers = { ...OWN_CONNECTION, 'content-type': 'application/json' };
	const response =
		body instanceof FormData
			? fetch(url, { method: 'POST', headers: OWN_CONNECTION, body })
			: fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
	// Whoever needs it waits for it; until then a connection that ends is nobody's concern.
	response.catch(() => undefined);
	return { workflowId: workflow.id, response };
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
	let id = '';
	await until(`the run is ${status}`, async () => {
		const [found] = await client.executions(workflowId).catch(() => []);
		id = found?.id ?? '';
		return found?.status === status;
	});
	return await client.execution(id);
}
