import { WorkflowExecute } from 'n8n-core';
import type { IDataObject, IRunExecutionData } from 'n8n-workflow';

import { Luma } from '../../nodes/Luma/Luma.node';
import type { SimulatedTask, SimulatorOptions } from '../../simulator';
import { until } from '../eventually';
import {
	additionalData,
	LUMA,
	runLuma,
	summary,
	workflowOf,
	type LumaRun,
	type LumaRunOptions,
} from './engine';
import { PROMPT } from './service';
import {
	CalledN8n,
	N8N_URL,
	startCalledN8n,
	webhookDataOf,
	type WebhookRequest,
} from './webhookCall';
import { secretOf, webhook } from './webhookRequests';

/** Parameters of a node that suspends its execution. */
export const SUSPEND = { waitMode: 'callback', prompt: PROMPT };

/** An n8n as far as a suspended execution needs one. */
export async function startN8n(service: SimulatorOptions = {}): Promise<N8n> {
	return await startCalledN8n((started) => new N8n(started), service);
}

/**
 * It stores the execution as text and lets webhooks resume it the way n8n 1.123 does, without a guard against
 * being resumed twice.
 */
class N8n extends CalledN8n {
	/** The execution as n8n's database holds it. */
	stored = '';

	/** Runs of the rest of the workflow, one for each webhook that resumed it. */
	readonly resumedRuns: LumaRun[] = [];

	private options!: LumaRunOptions;

	/** Runs the node, and keeps its execution suspended as n8n would, if the node suspends it. */
	async run(options: Partial<LumaRunOptions> = {}): Promise<LumaRun> {
		this.options = { url: this.url, parameters: SUSPEND, n8nUrl: N8N_URL, ...options };
		const run = await runLuma(this.options);
		if (run.run.waitTill) this.stored = JSON.stringify(run.data);
		return run;
	}

	/** Has n8n resume it because the time limit has passed. */
	async expire(): Promise<LumaRun> {
		return await this.resume(JSON.parse(this.stored) as IRunExecutionData);
	}

	/** Ends tasks under way, all of them or those, which PiAPI then reports. */
	complete(...tasks: SimulatedTask[]): void {
		for (const task of tasks.length > 0 ? tasks : this.tasks) {
			if (task.endedAt === undefined) this.simulator.complete(task);
		}
	}

	/** What comes out once a webhook has resumed it. */
	async resumed(): Promise<IDataObject[]> {
		await until('the execution is resumed', () => this.resumedRuns.length > 0);
		return this.resumedRuns[0].json;
	}

	/** Sends a webhook of the task, or what looks like one, and brings the status that n8n answers. */
	async post(
		task: SimulatedTask,
		secret: string | null = secretOf(task),
		body: unknown = webhook(task.taskId),
	): Promise<number> {
		const headers: Record<string, string> = { 'content-type': 'application/json' };
		if (secret !== null) headers['x-webhook-secret'] = secret;
		const path = String(task.config.webhook_config?.endpoint);
		return (await this.take({ path, headers, body })).status;
	}

	/** What n8n's waiting webhooks do with a call. */
	async take({ path, ...request }: WebhookRequest & { path: string }): Promise<{ status: number }> {
		const type = new Luma();
		const { webhookDescription } = webhookDataOf(type);
		if (!path.endsWith(`/${webhookDescription.path}`)) return { status: 404 };
		// The execution is still running.
		if (!this.stored) return { status: 409 };

		const data = JSON.parse(this.stored) as IRunExecutionData;
		const [entry] = data.executionData!.nodeExecutionStack;
		entry.node.disabled = true;
		data.waitTill = undefined;
		data.resultData.runData[LUMA].pop();
		const workflow = workflowOf(this.options);
		const additional = additionalData(workflow, this.options);
		const node = workflow.getNode(LUMA)!;
		const called = { type, workflow, node, additionalData: additional, data };
		return await this.handle(called, request, async (items) => {
			entry.data.main = items;
			this.resumedRuns.push(await this.resume(data));
		});
	}

	private async resume(data: IRunExecutionData): Promise<LumaRun> {
		const workflow = workflowOf(this.options);
		const additional = additionalData(workflow, this.options);
		const execution = new WorkflowExecute(additional, 'webhook', data);
		return summary(await execution.processRunExecutionData(workflow));
	}
}
