import { WorkflowExecute } from 'n8n-core';
import type { IDataObject, IRunExecutionData, IWebhookData } from 'n8n-workflow';

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
import { PROMPT, startService } from './service';
import { N8N_URL, WebhookCall, type WebhookRequest } from './webhookCall';
import { secretOf, webhook } from './webhookRequests';

/** Parameters of a node that suspends its execution. */
export const SUSPEND = { waitMode: 'callback', prompt: PROMPT };

/**
 * An n8n as far as a suspended execution needs one, and a PiAPI that ends tasks when the test says so: it
 * stores the execution as text and lets webhooks resume it the way n8n 1.123 does, without a guard against
 * being resumed twice.
 */
export async function startN8n(service: SimulatorOptions = {}): Promise<N8n> {
	const n8n: N8n = new N8n(
		await startService({
			renderSeconds: Infinity,
			callbackRetrySeconds: Array<number>(5).fill(0.1),
			sendCallback: async (request) => await n8n.take(request),
			...service,
		}),
	);
	return n8n;
}

type Called = WebhookRequest & { path: string };

class N8n {
	/** The execution as n8n's database holds it. */
	stored = '';

	/** The answers that webhooks got, in their order. */
	readonly answers: number[] = [];

	/** Warnings in n8n's log. */
	readonly warnings: string[] = [];

	/** Runs of the rest of the workflow, one for each webhook that resumed it. */
	readonly resumedRuns: LumaRun[] = [];

	/** n8n cannot resume the execution the next time, and answers with 500. */
	failsNextResume = false;

	private options!: LumaRunOptions;

	constructor(private readonly service: Awaited<ReturnType<typeof startService>>) {}

	get simulator() {
		return this.service.simulator;
	}

	get url(): string {
		return this.service.url;
	}

	get tasks(): SimulatedTask[] {
		return [...this.simulator.tasks.values()];
	}

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
	async take(request: Called): Promise<{ status: number }> {
		const status = await this.answer(request);
		this.answers.push(status);
		return { status };
	}

	private async answer(request: Called) {
		const luma = new Luma();
		const [webhookDescription] = luma.description.webhooks!;
		if (!request.path.endsWith(`/${webhookDescription.path}`)) return 404;
		// The execution is still running.
		if (!this.stored) return 409;

		const data = JSON.parse(this.stored) as IRunExecutionData;
		const [entry] = data.executionData!.nodeExecutionStack;
		entry.node.disabled = true;
		data.waitTill = undefined;
		data.resultData.runData[LUMA].pop();
		const workflow = workflowOf(this.options);
		const webhookData = { webhookDescription } as IWebhookData;
		const call = new WebhookCall(request, {
			workflow,
			node: workflow.getNode(LUMA)!,
			additionalData: additionalData(workflow, this.options),
			webhookData,
			data,
			warnings: this.warnings,
		});
		const { workflowData, webhookResponse } = await call.run(luma.webhook);
		if (!workflowData) return call.response.statusCode;

		entry.data.main = workflowData;
		const fails = this.failsNextResume;
		this.failsNextResume = false;
		call.response.status(fails ? 500 : 200).json(webhookResponse);
		if (!fails) this.resumedRuns.push(await this.resume(data));
		return call.response.statusCode;
	}

	private async resume(data: IRunExecutionData): Promise<LumaRun> {
		const workflow = workflowOf(this.options);
		const additional = additionalData(workflow, this.options);
		const execution = new WorkflowExecute(additional, 'webhook', data);
		return summary(await execution.processRunExecutionData(workflow));
	}
}
