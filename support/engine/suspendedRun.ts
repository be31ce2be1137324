/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { WebhookContext, WorkflowExecute } from 'n8n-core';
import type { IRunExecutionData, IWebhookData, Workflow } from 'n8n-workflow';

import { Luma } from '../../nodes/Luma/Luma.node';
import {
	additionalData,
	LUMA,
	runLuma,
	summary,
	workflowOf,
	type LumaRun,
	type LumaRunOptions,
} from './engine';
import { bodyOf } from './webhookRequests';

const [{ path: PATH }] = new Luma().description.webhooks!;

/** An execution that n8n has suspended. */
export interface SuspendedRun {
	run: LumaRun;
	/** Runs of the rest of the workflow, one for each webhook that resumed it. */
	resumedRuns: LumaRun[];
	/** Has n8n resume it because the time limit has passed. */
	expire(): Promise<LumaRun>;
}

export interface N8nWithWebhooks {
	url: string;
	/** The answers that webhooks got, in their order. */
	answers: number[];
	/** Runs the node, and keeps its execution suspended as n8n would, if the node suspends it. */
	run(options: LumaRunOptions): Promise<SuspendedRun>;
	/** Warnings in n8n's log. */
	warnings: string[];
	/** Takes the execution as n8n's database holds it. */
	stored(): string;
	/** Changes what n8n's database holds of it. */
	rewrite(change: (text: string) => string): void;
	/** n8n cannot resume the execution the next time, and answers with 500. */
	failNextResume(): void;
	close(): Promise<void>;
}

/**
 * An n8n as far as a suspended execution needs one: it stores the execution as text and lets webhooks
 * resume it the way n8n 1.123 does, without a guard against being resumed twice.
 */
export async function startN8nWithWebhooks(): Promise<N8nWithWebhooks> {
	let stored: { text: string; options: LumaRunOptions; resumedRuns: LumaRun[] } | undefined;
	const answers: number[] = [];
	const warnings: string[] = [];
	let failsNext = false;

	const server = createServer((request, response) => {
		void (async () => {
			response.on('finish', () => answers.push(response.statusCode));
			const read = await bodyOf(request);
			if (!request.url?.endsWith(`/${PATH}`))
				return reply(response, 404, { message: 'Not this node' });
			if (!stored) return reply(response, 409, { message: 'The execution is running already.' });
			const resumes = !failsNext;
			if (await webhook(stored, { request, response, read, warnings, resumes })) failsNext = false;
		})();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

	return {
		url,
		answers,
		warnings,
		stored: () => stored?.text ?? '',
		rewrite: (change) => {
			stored = stored && { ...stored, text: change(stored.text) };
		},
		failNextResume: () => (failsNext = true),
		run: async (own) => {
			const options = { ...own, n8nUrl: url };
			const run = await runLuma(options);
			const resumedRuns: LumaRun[] = [];
			if (run.run.waitTill) stored = { text: JSON.stringify(run.data), options, resumedRuns };
			const expire = async () => await resumeRun(options, JSON.parse(JSON.stringify(run.data)));
			return { run, resumedRuns, expire };
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

interface WebhookRequest {
	request: IncomingMessage;
	response: ServerResponse;
	/** With its bytes, as n8n has read it. */
	read: object;
	warnings: string[];
	/** Whether n8n is able to resume the execution. */
	resumes: boolean;
}

/**
 * What n8n's waiting webhooks do with a call.
 *
 * @returns whether the node asked to resume the execution
 */
async function webhook(
	{ text, options, resumedRuns }: { text: string; options: LumaRunOptions; resumedRuns: LumaRun[] },
	{ resumes, ...call }: WebhookRequest,
): Promise<boolean> {
	const data = JSON.parse(text) as IRunExecutionData;
	const [entry] = data.executionData!.nodeExecutionStack;
	entry.node.disabled = true;
	data.waitTill = undefined;
	data.resultData.runData[LUMA].pop();

	const workflow = workflowOf(options);
	const context = contextOf(workflow, options, data, call);
	const warn = (message: string) => void call.warnings.push(message);
	Object.defineProperty(context, 'logger', { value: { warn } });
	const { workflowData, webhookResponse } = await new Luma().webhook.call(context);
	if (!workflowData) return false;
	entry.data.main = workflowData;
	reply(call.response, resumes ? 200 : 500, webhookResponse as object);
	if (resumes) resumedRuns.push(await resumeRun(options, data));
	return true;
}

function contextOf(
	workflow: Workflow,
	options: LumaRunOptions,
	data: IRunExecutionData,
	{ request, response, read }: Omit<WebhookRequest, 'warnings' | 'resumes'>,
): WebhookContext {
	const [webhookDescription] = new Luma().description.webhooks!;
	const express = Object.assign(response, {
		status: (code: number) => Object.assign(response, { statusCode: code }),
		json: (content: object) => reply(response, response.statusCode, content),
	});
	return new WebhookContext(
		workflow,
		workflow.getNode(LUMA)!,
		{
			...additionalData(workflow, options),
			httpRequest: { ...read, headers: request.headers, query: {}, params: {} } as never,
			httpResponse: express as never,
		},
		'webhook',
		{ webhookDescription } as IWebhookData,
		[],
		data,
	);
}

async function resumeRun(options: LumaRunOptions, data: IRunExecutionData): Promise<LumaRun> {
	const workflow = workflowOf(options);
	const execution = new WorkflowExecute(additionalData(workflow, options), 'webhook', data);
	return summary(await execution.processRunExecutionData(workflow));
}

function reply(response: ServerResponse, status: number, content: object): void {
	response.statusCode = status;
	response.setHeader('content-type', 'application/json');
	response.end(JSON.stringify(content));
}
