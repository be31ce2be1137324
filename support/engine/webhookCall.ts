/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll } from '@jest/globals';
import { EventEmitter } from 'node:events';
import 'reflect-metadata';

import { WebhookContext } from 'n8n-core';
import type {
	INode,
	INodeExecutionData,
	INodeType,
	IRunExecutionData,
	IWebhookData,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
	Workflow,
} from 'n8n-workflow';

import { systemClock } from '../../nodes/Luma/runtime/clock';
import type { SimulatedTask, Simulator, SimulatorOptions, SimulatorRequest } from '../../simulator';
import { startService } from './service';

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
	writableFinished = false;
	content: unknown;

	/** @param isConnected whether the answer still arrives */
	constructor(private readonly isConnected: boolean) {
		super();
	}

	status(code: number): this {
		this.statusCode = code;
		return this;
	}

	json(content: unknown): this {
		this.content = content;
		this.writableFinished = this.isConnected;
		this.emit('close');
		return this;
	}
}

interface CalledNode {
	type: INodeType;
	node: INode;
	workflow: Workflow;
	additionalData: IWorkflowExecuteAdditionalData;
	/** Of the execution that the webhook resumes. */
	data?: IRunExecutionData;
	mode?: WorkflowExecuteMode;
}

/** What n8n knows of the webhook of a node type. */
export function webhookDataOf({ description }: INodeType): IWebhookData {
	return { webhookDescription: description.webhooks![0] } as IWebhookData;
}

type Service = Awaited<ReturnType<typeof startService>>;

/** An n8n with a node whose webhook is called; its PiAPI ends tasks when the test says so. */
export abstract class CalledN8n {
	/** Warnings in n8n's log, with what stands beside them. */
	readonly warnings: string[] = [];

	/** n8n cannot start or resume the workflow the next time, and answers with 500. */
	failsNextStart = false;

	/** PiAPI does not get the answer to the next webhook that starts or resumes the workflow. */
	losesNextConnection = false;

	readonly simulator: Simulator;

	readonly url: string;

	constructor({ simulator, url }: Service) {
		this.simulator = simulator;
		this.url = url;
	}

	/** The answers that PiAPI's webhooks got. */
	get answers() {
		const calls = this.simulator.calls.filter(({ route }) => route === 'callback');
		return calls.map(({ status }) => status).filter((status) => typeof status === 'number');
	}

	get tasks(): SimulatedTask[] {
		return [...this.simulator.tasks.values()];
	}

	abstract take(request: WebhookRequest & { path?: string }): Promise<{ status: number }>;

	/** Does with the call what n8n does with it. */
	protected async handle(
		{ type, node, workflow, additionalData, data, mode = 'webhook' }: CalledNode,
		request: WebhookRequest,
		start: (items: INodeExecutionData[][]) => Promise<void> | void,
	): Promise<{ status: number; content: unknown }> {
		const response = new Response(!this.losesNextConnection);
		const httpRequest = { ...received(request), headers: request.headers, params: {}, query: {} };
		const call = { ...additionalData, httpRequest, httpResponse: response };
		const own = [workflow, node, call as unknown as IWorkflowExecuteAdditionalData] as const;
		const context = new WebhookContext(...own, mode, webhookDataOf(type), [], data ?? null);
		logTo(this.warnings, context);
		// n8n goes on with an empty item after an exception.
		const answer = type.webhook!.call(context).catch(() => ({ workflowData: [[{ json: {} }]] }));
		const { workflowData } = await answer;
		if (workflowData) {
			response.status(this.failsNextStart ? 500 : 200).json({});
			if (!this.failsNextStart) await start(workflowData);
			this.failsNextStart = false;
			this.losesNextConnection = false;
		}
		return { status: response.statusCode, content: response.content };
	}
}

/** Such an n8n, which its PiAPI hands its webhooks over to. */
export async function startCalledN8n<T extends CalledN8n>(
	open: (service: Service) => T,
	options: SimulatorOptions,
): Promise<T> {
	const service = await startService({
		renderSeconds: Infinity,
		callbackRetrySeconds: Array<number>(5).fill(0.1),
		sendCallback: async (request) => await n8n.take(request),
		...options,
	});
	const n8n = open(service);
	return n8n;
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
