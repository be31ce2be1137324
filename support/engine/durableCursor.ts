/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import 'reflect-metadata';

import { PollContext } from 'n8n-core';
import { Readable } from 'node:stream';
import {
	Workflow,
	type IDataObject,
	type IHttpRequestOptions,
	type INodeExecutionData,
	type INodeTypes,
} from 'n8n-workflow';

import { LumaTrigger } from '../../nodes/Luma/LumaTrigger.node';
import { systemClock } from '../../nodes/Luma/runtime/clock';
import { Simulator, VirtualClock, type SimulatorOptions } from '../../simulator';
import { additionalData, node } from './engine';
import { API_KEY, bodyOf } from '../virtualTime/virtualRun';

const BASE_URL = 'http://127.0.0.1';
const NAME = 'Luma Trigger';

/**
 * How n8n keeps what a trigger knows. `inMemory`: the polls of an activation share it, and it is stored with
 * each start of the workflow. `durable` (2.41): each poll gets a clone, which is stored together with the
 * start of the workflow, or with a poll that finds nothing.
 */
export type Keeping = 'inMemory' | 'durable';

interface PollOptions {
	/** Whether n8n stores what the poll gives out, and starts the workflow; default: yes. */
	isCommitted?: boolean;
	/** Whether n8n drops it when the workflow is saved meanwhile, as 2.41 does; earlier ones take it. */
	endsWithSave?: boolean;
	/** How long each of its requests is on its way; seconds. */
	requestSeconds?: number;
}

let ordinal = 0;

/** An active workflow with a polling trigger in virtual time, which n8n polls and keeps in different ways. */
export class PolledWorkflow {
	readonly clock = new VirtualClock();

	readonly simulator: Simulator;

	/** Ids of the tasks that started the workflow, run by run. */
	readonly runs: string[][] = [];

	/** What n8n lists as failed executions. */
	readonly failures: Error[] = [];

	/** The column of n8n's database. */
	stored: IDataObject = {};

	/** How long n8n 2.41 lets a poll take. */
	budgetMs: number | undefined;

	private renderSeconds = 60;

	private readonly type = new LumaTrigger();

	private readonly workflowId = `polled-${++ordinal}`;

	private workflow: Workflow;

	constructor(
		private readonly keeping: Keeping,
		options: SimulatorOptions = {},
	) {
		const renderSeconds = () => this.renderSeconds;
		this.simulator = new Simulator({
			clock: this.clock,
			queueSeconds: 0,
			balanceUsd: 100_000,
			concurrency: 10_000,
			renderSeconds,
			...options,
		});
		this.workflow = this.load();
	}

	/** Runs a test in the time of the workflow. */
	async run(test: () => Promise<void>): Promise<void> {
		const { now, sleep } = systemClock;
		systemClock.now = () => this.clock.now();
		systemClock.sleep = async (milliseconds) => await this.clock.sleep(milliseconds);
		try {
			await this.clock.run(test);
		} finally {
			Object.assign(systemClock, { now, sleep });
		}
	}

	async make(renderSeconds: number): Promise<string> {
		this.renderSeconds = renderSeconds;
		const { body } = await this.ask('POST', '/api/v1/task', bodyOf('A red fox'));
		return (body as { data: { task_id: string } }).data.task_id;
	}

	async pass(seconds: number): Promise<void> {
		await this.clock.sleep(seconds * 1000);
	}

	/** What a switch to active does, or a save of the active workflow: n8n goes on with what it has stored. */
	async activate(options: PollOptions = {}): Promise<void> {
		this.workflow = this.load();
		await this.poll(options);
		if (this.keeping === 'inMemory') this.store(this.workflow.staticData);
	}

	/** What n8n does at a poll time. */
	async poll(options: PollOptions = {}): Promise<void> {
		const { isCommitted = true, endsWithSave = false, requestSeconds = 0.1 } = options;
		const { workflow } = this;
		const root = this.keeping === 'durable' ? this.load() : workflow;
		const before = JSON.stringify(root.staticData);
		const context = this.contextOf(root, requestSeconds);
		let output: INodeExecutionData[][] | null;
		try {
			output = await this.type.poll.call(context);
		} catch (error) {
			if (isCommitted) this.failures.push(error as Error);
			return;
		}
		if (!isCommitted || (endsWithSave && workflow !== this.workflow)) return;
		if (output) this.runs.push(output.flat().map(({ json }) => String(json.taskId)));
		const isChanged = JSON.stringify(root.staticData) !== before;
		if (output || (isChanged && this.keeping === 'durable')) this.store(root.staticData);
	}

	private store(staticData: IDataObject): void {
		this.stored = JSON.parse(JSON.stringify(staticData)) as IDataObject;
	}

	private contextOf(workflow: Workflow, requestSeconds: number): PollContext {
		const options = { url: BASE_URL, parameters: {} };
		const trigger = workflow.getNode(NAME)!;
		const data = additionalData(workflow, options);
		const context = new PollContext(workflow, trigger, data, 'trigger', 'activate');
		const request = async (_: string, { method, url, qs, body }: IHttpRequestOptions) => {
			await this.pass(requestSeconds);
			const address = new URL(url);
			for (const [name, value] of Object.entries(qs ?? {})) {
				address.searchParams.set(name, String(value));
			}
			const path = address.pathname + address.search;
			const answer = await this.ask(method ?? 'GET', path, body);
			const sent = Readable.from([Buffer.from(JSON.stringify(answer.body))]);
			return { ...answer, statusCode: answer.status, body: sent };
		};
		Object.defineProperty(context, 'helpers', {
			value: { httpRequestWithAuthentication: request },
		});
		if (this.budgetMs === undefined) return context;
		return Object.assign(context, { getPollBudgetMs: () => this.budgetMs });
	}

	private async ask(method: string, path: string, body?: unknown) {
		const headers = { 'x-api-key': API_KEY };
		return await this.simulator.handle({ method, path, headers, body });
	}

	private load(): Workflow {
		const nodeTypes: INodeTypes = {
			getByName: () => this.type,
			getByNameAndVersion: () => this.type,
			getKnownTypes: () => ({}),
		};
		const trigger = node({
			name: NAME,
			type: 'lumaTrigger',
			credentials: { piapiApi: { id: '1', name: 'PiAPI' } },
		});
		return new Workflow({
			id: this.workflowId,
			nodes: [trigger],
			connections: {},
			active: true,
			nodeTypes,
			staticData: JSON.parse(JSON.stringify(this.stored)) as IDataObject,
		});
	}
}
