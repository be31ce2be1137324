import { jest } from '@jest/globals';

import { HookContext } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	WorkflowActivateMode,
} from 'n8n-workflow';

import { LumaWebhookTrigger } from '../../nodes/Luma/LumaWebhookTrigger.node';
import type { SimulatorOptions } from '../../simulator';
import { until } from '../eventually';
import { additionalData, triggerWorkflow } from './engine';
import {
	CalledN8n,
	logTo,
	N8N_URL,
	startCalledN8n,
	webhookDataOf,
	type WebhookRequest,
} from './webhookCall';
import { createTask, webhook, type CreateOptions } from './webhookRequests';

interface TriggerOptions {
	parameters?: IDataObject;
	credential?: Partial<ICredentialDataDecryptedObject>;
	/** Of the workflow. */
	id?: string;
}

/** An active workflow with a Luma Webhook Trigger. */
export async function startTrigger(
	options: TriggerOptions = {},
	service: SimulatorOptions = {},
): Promise<ActiveTrigger> {
	return await startCalledN8n((started) => new ActiveTrigger(started, options), service);
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
	return { trigger, taskId, report };
}

/** A trigger that PiAPI has reported a video to. */
export async function startWithReport(service: SimulatorOptions = {}) {
	const trigger = await startTrigger({ credential: CREDENTIAL }, service);
	const taskId = await trigger.video({ endpoint: trigger.callbackUrl, secret: SECRET });
	await until('PiAPI has reported it', () => trigger.answers.includes(200));
	return { trigger, taskId };
}

export class ActiveTrigger extends CalledN8n {
	/** The JSON that the workflow was started with, run by run. */
	readonly runs: IDataObject[] = [];

	/** The column of n8n's database that outlives the process. */
	staticData = '{}';

	/** Where the editor's test calls go when this is `manual`. */
	mode: 'webhook' | 'manual' = 'webhook';

	/** Somebody has deleted it. */
	credentialIsGone = false;

	readonly callbackUrl = `${N8N_URL}/webhook/1/luma`;

	private type = new LumaWebhookTrigger();

	constructor(
		service: ConstructorParameters<typeof CalledN8n>[0],
		private readonly options: TriggerOptions = {},
	) {
		super(service);
	}

	/** Makes a video that is completed; PiAPI reports it if it is to be. */
	async video(options: CreateOptions = {}): Promise<string> {
		const taskId = await createTask(this.url, options);
		this.simulator.complete(this.simulator.tasks.get(taskId)!);
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
		const { type, workflow, node, additionalData: data } = this.called();
		const context = new HookContext(workflow, node, data, 'trigger', mode, webhookDataOf(type));
		logTo(this.warnings, context);
		const { checkExists, create } = type.webhookMethods.default;
		if (!(await checkExists.call(context))) await create.call(context);
	}

	/** @param label the content type; '' for none */
	async call(body: unknown, own: Record<string, string> = {}, label = 'application/json') {
		return await this.take({ headers: { ...(label && { 'content-type': label }), ...own }, body });
	}

	async take(request: WebhookRequest): Promise<{ status: number; content: unknown }> {
		const called = this.called();
		const answer = await this.handle(called, request, (items) => {
			this.runs.push(...items.flat().map(({ json }) => json));
		});
		const { staticData } = called.workflow;
		const isStored = answer.status !== 500 && staticData.__dataChanged === true;
		if (isStored) this.staticData = JSON.stringify(staticData);
		return answer;
	}

	/** n8n reads the workflow from its database for each call. */
	private called() {
		const { parameters, id = 'w1', credential } = this.options;
		const { type, mode, staticData, url } = this;
		const own = { id, parameters, staticData, hasCredential: !this.credentialIsGone };
		const workflow = triggerWorkflow(type, own);
		const node = workflow.getNode('lumaWebhookTrigger')!;
		const data = additionalData(workflow, { url, credential, parameters: {} });
		return { type, workflow, node, additionalData: data, mode };
	}
}
