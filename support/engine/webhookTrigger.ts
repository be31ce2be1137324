import { jest } from '@jest/globals';

import { HookContext } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	WorkflowActivateMode,
} from 'n8n-workflow';

import { LumaWebhookTrigger } from '../../nodes/Luma/LumaWebhookTrigger.node';
import type { SimulatedTask, SimulatorOptions } from '../../simulator';
import { until } from '../eventually';
import { additionalData, triggerWorkflow } from './engine';
import { startService } from './service';
import { logTo, N8N_URL, WebhookCall, type WebhookRequest } from './webhookCall';
import { createTask, webhook, type CreateOptions } from './webhookRequests';

type Service = Awaited<ReturnType<typeof startService>>;

interface TriggerOptions {
	parameters?: IDataObject;
	credential?: Partial<ICredentialDataDecryptedObject>;
	/** Of the workflow. */
	id?: string;
}

/** An active workflow with a Luma Webhook Trigger; its PiAPI ends tasks when the test says so. */
export async function startTrigger(
	options: TriggerOptions = {},
	service: SimulatorOptions = {},
): Promise<ActiveTrigger> {
	const started = await startService({
		renderSeconds: Infinity,
		callbackRetrySeconds: Array<number>(5).fill(0.1),
		sendCallback: async (request) => await trigger.take(request),
		...service,
	});
	const trigger = new ActiveTrigger(started, options);
	return trigger;
}

const SECRET = ['sesame', '0815'].join('-');
export const CREDENTIAL = { webhookSecret: SECRET };
/** Headers of a webhook that has the secret of the credential. */
export const SIGNED = { 'x-webhook-secret': SECRET };

/** A trigger with a video that is completed, and that PiAPI was not asked to report. */
export async function startWithVideo(options: TriggerOptions = {}, service: SimulatorOptions = {}) {
	const trigger = await startTrigger({ credential: CREDENTIAL, ...options }, service);
	const taskId = await trigger.video();
	const report = async (headers: Record<string, string> = SIGNED) =>
		(await trigger.call(webhook(taskId), headers)).status;
	return { trigger, taskId, report, ...trigger.service };
}

/** A trigger that PiAPI has reported a video to. */
export async function startWithReport(service: SimulatorOptions = {}, hasTaken = 1) {
	const trigger = await startTrigger({ credential: CREDENTIAL }, service);
	const taskId = await trigger.video({ endpoint: trigger.url, secret: SECRET });
	const taken = () => trigger.answers.filter((status) => status === 200).length;
	await until('PiAPI has reported it', () => taken() === hasTaken);
	return { trigger, taskId, ...trigger.service };
}

/** Does with each call what n8n does with it. */
export class ActiveTrigger {
	/** The JSON that the workflow was started with, run by run. */
	readonly runs: IDataObject[] = [];

	/** Warnings in n8n's log, with what stands beside them. */
	readonly warnings: string[] = [];

	/** The column of n8n's database that outlives the process. */
	staticData = '{}';

	/** Where the editor's test calls go when this is `manual`. */
	mode: 'webhook' | 'manual' = 'webhook';

	/** n8n cannot start the next run, and answers with 500. */
	failsNextStart = false;

	/** Somebody has deleted it. */
	credentialIsGone = false;

	readonly url = `${N8N_URL}/webhook/1/luma`;

	private type = new LumaWebhookTrigger();

	constructor(
		readonly service: Service,
		private readonly options: TriggerOptions = {},
	) {}

	/** The answers that PiAPI's webhooks got. */
	get answers() {
		const { calls } = this.service.simulator;
		return calls.filter(({ route }) => route === 'callback').map(({ status }) => status);
	}

	/** Makes a video that is completed; PiAPI reports it if it is to be. */
	async video(options: CreateOptions = {}): Promise<string> {
		const { simulator, url } = this.service;
		const taskId = await createTask(url, options);
		simulator.complete(simulator.tasks.get(taskId) as SimulatedTask);
		return taskId;
	}

	/** A new process on the same database. */
	async restart(): Promise<void> {
		await jest.isolateModulesAsync(async () => {
			const fresh = await import('../../nodes/Luma/LumaWebhookTrigger.node');
			this.type = new fresh.LumaWebhookTrigger();
		});
	}

	/** What a switch to active does, or a start of n8n (`init`). */
	async activate(mode: WorkflowActivateMode = 'activate'): Promise<void> {
		const { workflow, node, additionalData: data, webhookData } = this.called();
		const context = new HookContext(workflow, node, data, 'trigger', mode, webhookData);
		logTo(this.warnings, context);
		const { checkExists, create } = this.type.webhookMethods.default;
		if (!(await checkExists.call(context))) await create.call(context);
	}

	/** @param label the content type; '' for none */
	async call(
		body: unknown,
		headers: Record<string, string> = {},
		label = 'application/json',
	): Promise<{ status: number; content: unknown }> {
		return await this.take({
			headers: { ...(label && { 'content-type': label }), ...headers },
			body,
		});
	}

	async take(request: WebhookRequest) {
		const called = this.called();
		const call = new WebhookCall(request, called);
		const { response } = call;
		const isStarted = await this.start(call);
		const { staticData } = called.workflow;
		if (isStarted && staticData.__dataChanged === true)
			this.staticData = JSON.stringify(staticData);
		return { status: response.statusCode, content: response.content };
	}

	/** @returns whether n8n goes on to store the static data */
	private async start(call: WebhookCall): Promise<boolean> {
		const { response } = call;
		try {
			const { workflowData, noWebhookResponse } = await call.run(this.type.webhook);
			if (workflowData && this.failsNextStart) {
				this.failsNextStart = false;
				response.status(500).json({});
				return false;
			}
			this.runs.push(...(workflowData ?? []).flat().map((item) => item.json));
			if (!noWebhookResponse) response.json({ message: 'Workflow was started' });
		} catch {
			// n8n starts the workflow all the same.
			this.runs.push({});
			response.status(500).json({});
		}
		return true;
	}

	/** n8n reads the workflow from its database for each call. */
	private called() {
		const { parameters, id = 'w1', credential } = this.options;
		const { type, mode, warnings, staticData } = this;
		const own = { id, parameters, staticData, hasCredential: !this.credentialIsGone };
		const workflow = triggerWorkflow(type, own);
		const node = workflow.getNode('lumaWebhookTrigger')!;
		const { url } = this.service;
		const data = additionalData(workflow, { url, credential, parameters: {} });
		const webhookData = {
			httpMethod: 'POST' as const,
			node: node.name,
			path: '1/luma',
			workflowId: id,
			webhookDescription: type.description.webhooks![0],
			workflowExecuteAdditionalData: data,
		};
		return { workflow, node, additionalData: data, webhookData, mode, warnings };
	}
}
