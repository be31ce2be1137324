/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error */
import 'reflect-metadata';

import { PollContext } from 'n8n-core';
import { Readable } from 'node:stream';
import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type IHttpRequestOptions,
	type INodeExecutionData,
	type Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { LumaTrigger } from '../../nodes/Luma/LumaTrigger.node';
import { systemClock } from '../../nodes/Luma/runtime/clock';
import {
	Simulator,
	VirtualClock,
	type FaultEffect,
	type Route,
	type SimulatorOptions,
} from '../../simulator';
import { API_KEY, bodyOf } from '../virtualTime/simulatedAccount';
import { additionalData, triggerWorkflow } from './engine';

const BASE_URL = 'http://127.0.0.1';

/**
 * How n8n keeps what a trigger knows. `inMemory`: the polls of an activation share it, and it is stored with
 * each start of the workflow. `durable` (2.41): each poll gets a clone, which is stored together with the
 * start of the workflow, or with a poll that finds nothing.
 */
export type Keeping = 'inMemory' | 'durable';

interface PolledWorkflowOptions extends SimulatorOptions {
	keeping?: Keeping;
	/** Of the trigger. */
	parameters?: IDataObject;
	/** How far the clock of n8n is ahead of PiAPI's. */
	clockAheadMs?: number;
	/** How long n8n 2.41 lets a poll take. */
	budgetMs?: number;
}

interface PollOptions {
	mode?: WorkflowExecuteMode;
	/** Whether n8n stores what the poll gives out, and starts the workflow; default: yes. */
	isCommitted?: boolean;
	/** Whether n8n drops it when the workflow is saved meanwhile, as 2.41 does; earlier ones take it. */
	endsWithSave?: boolean;
	/** How long each of its requests is on its way. */
	requestSeconds?: number;
}

let ordinal = 0;

/** An active workflow with a polling trigger, which n8n polls and keeps in different ways. */
export class PolledWorkflow {
	readonly clock = new VirtualClock();

	readonly simulator: Simulator;

	/** The JSON that the workflow was started with, run by run. */
	readonly runs: IDataObject[][] = [];

	/** Seconds from the end of each task until the workflow started. */
	readonly latencies: number[] = [];

	/** What n8n lists as failed executions. */
	readonly failures: Error[] = [];

	/** The column of n8n's database. */
	stored: IDataObject = {};

	/** Of the longest state there was. */
	longestStored = 0;

	credential = { apiKey: API_KEY };

	private next = { seconds: 120, fails: false };

	private readonly type = new LumaTrigger();

	private readonly id = `polled-${++ordinal}`;

	private workflow: Workflow;

	constructor(private readonly options: PolledWorkflowOptions = {}) {
		this.simulator = new Simulator({
			clock: this.clock,
			queueSeconds: 0,
			balanceUsd: 100_000,
			concurrency: 10_000,
			renderSeconds: () => this.next.seconds,
			outcome: () => (this.next.fails ? { message: 'refused by moderation' } : undefined),
			...options,
		});
		this.workflow = this.load();
	}

	/** Ids of all tasks that started the workflow. */
	get handedOn(): string[] {
		return this.runs.flat().map(({ taskId }) => String(taskId));
	}

	/** Any tool makes a task. */
	async make(seconds = 120, fails = false): Promise<string> {
		this.next = { seconds, fails };
		const { body } = await this.ask('POST', '/api/v1/task', bodyOf('A red fox'));
		return (body as { data: { task_id: string } }).data.task_id;
	}

	/** One after the other, so that they end in that order. */
	async makeMany(count: number, seconds = 120): Promise<string[]> {
		const ids: string[] = [];
		for (let made = 0; made < count; made++) {
			ids.push(await this.make(seconds));
			await this.pass(0.01);
		}
		return ids;
	}

	async pass(seconds: number): Promise<void> {
		await this.clock.sleep(seconds * 1000);
	}

	/** A switch to active, a save of the active workflow, or a start of n8n: it goes on with what is stored. */
	async activate(options: PollOptions = {}): Promise<void> {
		this.workflow = this.load();
		await this.poll(options);
		if (this.options.keeping !== 'durable') this.store(this.workflow.staticData);
	}

	/** What n8n does at a poll time. */
	async poll(options: PollOptions = {}): Promise<IDataObject[]> {
		const { mode = 'trigger', isCommitted = true, endsWithSave = false } = options;
		const { workflow } = this;
		const isDurable = this.options.keeping === 'durable';
		const root = isDurable ? this.load() : workflow;
		const before = JSON.stringify(root.staticData);
		let output: INodeExecutionData[][] | null;
		try {
			output = await this.type.poll.call(this.contextOf(root, mode, options.requestSeconds));
		} catch (error) {
			const isShown = error instanceof NodeApiError || error instanceof NodeOperationError;
			if (!isShown) throw error;
			if (isCommitted) this.failures.push(error);
			return [];
		}
		const run = (output ?? []).flat().map(({ json }) => json);
		if (mode === 'manual' || !isCommitted) return run;
		if (endsWithSave && workflow !== this.workflow) return run;
		if (output) this.start(run);
		const after = JSON.stringify(root.staticData);
		this.longestStored = Math.max(this.longestStored, after.length);
		if (output || (after !== before && isDurable)) this.store(root.staticData);
		return run;
	}

	/** Polls every minute for that long. */
	async pollFor(minutes: number): Promise<void> {
		for (let minute = 0; minute < minutes; minute++) {
			await this.pass(60);
			await this.poll();
		}
	}

	/** Polls with a fault of each request on that route. */
	async pollWith(effect: FaultEffect, route: Route = 'history'): Promise<IDataObject[]> {
		this.simulator.addFault({ route, calls: 'every', effect });
		try {
			return await this.poll();
		} finally {
			this.simulator.clearFaults();
		}
	}

	/** After `kill -9` only the database is left. */
	restart(): void {
		this.workflow = this.load();
	}

	private start(run: IDataObject[]): void {
		this.runs.push(run);
		for (const { taskId } of run) {
			const endedAt = Number(this.simulator.tasks.get(String(taskId))?.endedAt);
			this.latencies.push((this.clock.now() - endedAt) / 1000);
		}
	}

	private store(staticData: IDataObject): void {
		this.stored = JSON.parse(JSON.stringify(staticData)) as IDataObject;
	}

	private contextOf(workflow: Workflow, mode: WorkflowExecuteMode, requestSeconds = 0) {
		const { credential, options } = this;
		const data = additionalData(workflow, { url: BASE_URL, credential, parameters: {} });
		const context = new PollContext(
			workflow,
			workflow.getNode('lumaTrigger')!,
			data,
			mode,
			'activate',
		);
		const request = async (_: string, sent: IHttpRequestOptions) => {
			const timeout = this.pass(sent.timeout! / 1000).then(() => {
				throw Object.assign(new Error('timeout'), { code: 'ECONNABORTED' });
			});
			const answer = this.pass(requestSeconds).then(async () => await this.answerTo(sent));
			return await Promise.race([answer, timeout]);
		};
		Object.defineProperty(context, 'helpers', {
			value: { httpRequestWithAuthentication: request },
		});
		const { budgetMs } = options;
		return Object.assign(context, budgetMs !== undefined && { getPollBudgetMs: () => budgetMs });
	}

	private async answerTo({ method = 'GET', url, qs = {}, body }: IHttpRequestOptions) {
		const { pathname } = new URL(url);
		const query = new URLSearchParams(qs as Record<string, string>);
		const answer = await this.ask(method, `${pathname}?${query}`, body);
		const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
		return { ...answer, statusCode: answer.status, body: Readable.from([Buffer.from(text)]) };
	}

	private async ask(method: string, path: string, body?: unknown) {
		const headers = { 'x-api-key': API_KEY };
		return await this.simulator.handle({ method, path, headers, body });
	}

	private load(): Workflow {
		const { parameters } = this.options;
		const { id } = this;
		return triggerWorkflow(this.type, { id, parameters, staticData: JSON.stringify(this.stored) });
	}
}

/** Runs a test with such a workflow, in virtual time. */
export async function withWorkflow<T>(
	options: PolledWorkflowOptions,
	test: (n8n: PolledWorkflow) => Promise<T>,
): Promise<T> {
	const n8n = new PolledWorkflow(options);
	const { clock } = n8n;
	const { now, sleep } = systemClock;
	systemClock.now = () => clock.now() + (options.clockAheadMs ?? 0);
	systemClock.sleep = async (milliseconds) => await clock.sleep(milliseconds);
	try {
		return await clock.run(async () => await test(n8n));
	} finally {
		Object.assign(systemClock, { now, sleep });
	}
}
