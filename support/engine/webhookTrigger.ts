/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterEach, jest } from '@jest/globals';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import 'reflect-metadata';

import { HookContext, WebhookContext } from 'n8n-core';
import {
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeTypes,
	type IWebhookData,
	type IWebhookFunctions,
	type IWorkflowExecuteAdditionalData,
	type WorkflowActivateMode,
} from 'n8n-workflow';

import { LumaWebhookTrigger } from '../../nodes/Luma/LumaWebhookTrigger.node';
import { additionalData, node } from './engine';
import { bodyOf } from './webhookRequests';

const open: ActiveTrigger[] = [];
afterEach(
	async () => await Promise.all(open.splice(0).map(async (trigger) => await trigger.close())),
);

export interface TriggerOptions {
	/** Address of the simulator; becomes both addresses of the credential. */
	url: string;
	parameters?: IDataObject;
	credential?: Partial<ICredentialDataDecryptedObject>;
	/** Of the workflow. */
	id?: string;
}

/** An active workflow with a Luma Webhook Trigger, behind the door that n8n opens for it. */
export async function startTrigger(options: TriggerOptions): Promise<ActiveTrigger> {
	const trigger = new ActiveTrigger(options);
	open.push(trigger);
	await trigger.listen();
	return trigger;
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

	url = '';

	private type = new LumaWebhookTrigger();

	private readonly server = createServer((request, response) => void this.serve(request, response));

	constructor(private readonly options: TriggerOptions) {}

	async listen(): Promise<void> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhook/1/luma`;
	}

	async close(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.server.close(() => resolve());
			this.server.closeAllConnections();
		});
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
		const workflow = this.load();
		const context = new HookContext(
			workflow,
			this.nodeOf(workflow),
			this.additionalData(workflow),
			'trigger',
			mode,
			this.webhookData(workflow),
		);
		this.listenTo(context);
		const { checkExists, create } = this.type.webhookMethods.default;
		if (!(await checkExists.call(context))) await create.call(context);
	}

	/** @param label the content type; '' for none */
	async call(
		body: unknown,
		headers: Record<string, string> = {},
		label = 'application/json',
	): Promise<Response> {
		return await fetch(this.url, {
			method: 'POST',
			headers: { ...(label && { 'content-type': label }), ...headers },
			body: Buffer.from(JSON.stringify(body)),
		});
	}

	private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const workflow = this.load();
		const express = Object.assign(response, {
			status: (code: number) => Object.assign(response, { statusCode: code }),
			json: (body: unknown) => response.end(JSON.stringify(body)),
		});
		const httpRequest = {
			headers: request.headers,
			...(await bodyOf(request)),
			params: {},
			query: {},
		};
		const context = new WebhookContext(
			workflow,
			this.nodeOf(workflow),
			{
				...this.additionalData(workflow),
				httpRequest,
				httpResponse: express,
			} as unknown as IWorkflowExecuteAdditionalData,
			this.mode,
			this.webhookData(workflow),
			[],
			null,
		);
		this.listenTo(context);
		const isStarted = await this.run(context, express);
		if (isStarted && workflow.staticData.__dataChanged === true) {
			this.staticData = JSON.stringify(workflow.staticData);
		}
	}

	/** @returns whether n8n goes on to store the static data */
	private async run(
		context: IWebhookFunctions,
		express: ServerResponse & { json(body: unknown): void },
	): Promise<boolean> {
		try {
			const { workflowData, noWebhookResponse } = await this.type.webhook.call(context);
			if (workflowData && this.failsNextStart) {
				this.failsNextStart = false;
				express.writeHead(500).end();
				return false;
			}
			this.runs.push(...(workflowData ?? []).flat().map((item) => item.json));
			if (!noWebhookResponse) express.json({ message: 'Workflow was started' });
		} catch {
			// n8n starts the workflow all the same.
			this.runs.push({});
			express.writeHead(500).end();
		}
		return true;
	}

	/** n8n reads the workflow from its database for each call. */
	private load(): Workflow {
		const { parameters = {}, id = 'w1' } = this.options;
		const nodeTypes: INodeTypes = {
			getByName: () => this.type,
			getByNameAndVersion: () => this.type,
			getKnownTypes: () => ({}),
		};
		const trigger = node({
			name: 'Luma Webhook Trigger',
			type: 'lumaWebhookTrigger',
			parameters: parameters as INode['parameters'],
			credentials: this.credentialIsGone ? {} : { piapiApi: { id: '1', name: 'PiAPI' } },
		});
		return new Workflow({
			id,
			nodes: [trigger],
			connections: {},
			active: true,
			nodeTypes,
			staticData: JSON.parse(this.staticData) as IDataObject,
		});
	}

	private nodeOf(workflow: Workflow): INode {
		return workflow.getNode('Luma Webhook Trigger')!;
	}

	private additionalData(workflow: Workflow): IWorkflowExecuteAdditionalData {
		const { url, credential } = this.options;
		return additionalData(workflow, { url, credential, parameters: {} });
	}

	private webhookData(workflow: Workflow): IWebhookData {
		return {
			httpMethod: 'POST',
			node: 'Luma Webhook Trigger',
			path: '1/luma',
			workflowId: workflow.id,
			webhookDescription: this.type.description.webhooks![0],
			workflowExecuteAdditionalData: this.additionalData(workflow),
		};
	}

	private listenTo(context: { logger: { warn(message: string, facts?: object): void } }): void {
		const warn = (...words: unknown[]) => void this.warnings.push(JSON.stringify(words));
		Object.defineProperty(context, 'logger', { value: { warn } });
	}
}
