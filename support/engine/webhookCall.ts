/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll } from '@jest/globals';
import { EventEmitter } from 'node:events';
import 'reflect-metadata';

import { WebhookContext } from 'n8n-core';
import type {
	INode,
	IRunExecutionData,
	IWebhookData,
	IWebhookFunctions,
	IWebhookResponseData,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
	Workflow,
} from 'n8n-workflow';

import { systemClock } from '../../nodes/Luma/runtime/clock';
import type { SimulatorRequest } from '../../simulator';

/** Where this n8n can be called, for a simulator that hands its webhooks over. */
export const N8N_URL = 'https://n8n.example.com';

export type WebhookRequest = Pick<SimulatorRequest, 'headers' | 'body'>;

/** Takes warnings for n8n's log, with what stands beside them. */
export function logTo(warnings: string[], context: object): void {
	const warn = (...words: unknown[]) => void warnings.push(JSON.stringify(words));
	Object.defineProperty(context, 'logger', { value: { warn } });
}

/** As much of an express response as webhooks use. */
class Response extends EventEmitter {
	statusCode = 200;
	content: unknown;

	status(code: number): this {
		this.statusCode = code;
		return this;
	}

	json(content: unknown): this {
		this.content = content;
		this.emit('finish');
		return this;
	}
}

interface CalledNode {
	workflow: Workflow;
	node: INode;
	additionalData: IWorkflowExecuteAdditionalData;
	/** Of the webhook of the node. */
	webhookData: Partial<IWebhookData>;
	/** Of the execution that the webhook resumes. */
	data?: IRunExecutionData;
	mode?: WorkflowExecuteMode;
	/** Of n8n's log. */
	warnings: string[];
}

/** One call of a node's webhook, as n8n handles it. */
export class WebhookCall {
	readonly response = new Response();

	private readonly context: WebhookContext;

	constructor(request: WebhookRequest, called: CalledNode) {
		const { workflow, node, additionalData, webhookData, data, mode = 'webhook' } = called;
		const httpRequest = { ...received(request), headers: request.headers, params: {}, query: {} };
		const call = { httpRequest, httpResponse: this.response };
		this.context = new WebhookContext(
			workflow,
			node,
			{ ...additionalData, ...call } as unknown as IWorkflowExecuteAdditionalData,
			mode,
			webhookData as IWebhookData,
			[],
			data ?? null,
		);
		logTo(called.warnings, this.context);
	}

	async run(
		webhook: (this: IWebhookFunctions) => Promise<IWebhookResponseData>,
	): Promise<IWebhookResponseData> {
		return await webhook.call(this.context);
	}
}

/** What n8n makes of the body of a request: it parses by the label, and keeps the bytes (n8n 1.123 to 2.41). */
function received({ headers, body: sent }: WebhookRequest) {
	const text = typeof sent === 'string' ? sent : JSON.stringify(sent);
	const rawBody = Buffer.from(text);
	const [label] = (headers['content-type'] ?? '').split(';');
	if (label === 'text/plain') return { rawBody, body: text };
	if (label !== 'application/json') return { rawBody, body: {} };
	try {
		return { rawBody, body: JSON.parse(text) as unknown };
	} catch {
		return { rawBody, body: {} };
	}
}

const QUICKER = 20;

/** A record that lags is waited for by the second: in these tests time flies. */
export function letTimeFly(): void {
	const { sleep } = systemClock;
	beforeAll(() => {
		systemClock.sleep = async (milliseconds) => await sleep(milliseconds / QUICKER);
	});
	afterAll(() => void Object.assign(systemClock, { sleep }));
}
