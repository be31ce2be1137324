import type { Call, SimulatedTask, Simulator } from '../../simulator';
import { until } from '../eventually';
import type { ActiveWorkflow } from '../n8n/runs';
import type { Slots } from './slots';

/** One run of the last node of a workflow, which reports it. */
export interface Delivery {
	/** The prompt that the workflow was called with, whatever became of it. */
	order: string;
	taskId: string;
	status: string;
	videoUrl: string | null;
	at: number;
}

/** What a batch came to. */
export type Row = ReturnType<Batch['row']>;

export interface QueueResults {
	/** The version of n8n. */
	n8n: string;
	workers: number;
	slotsPerWorker: number;
	rows: Row[];
}

/** Executions of one video each that are started at the same time; each has a prompt of its own. */
export class Batch {
	readonly prompts: string[];
	startedAt = 0;

	constructor(
		private readonly testbed: { simulator: Simulator; allDeliveries: Delivery[]; slots: Slots },
		readonly name: string,
		count: number,
	) {
		this.prompts = Array.from({ length: count }, (_, i) => `${name} ${i + 1}`);
	}

	/** Settles when n8n has taken all calls. */
	async start({ call }: ActiveWorkflow): Promise<void> {
		this.startedAt = Date.now();
		const answers = this.prompts.map(async (prompt) => await call({ prompt }));
		for (const answer of await Promise.all(answers)) {
			if (!answer.ok) throw new Error(`n8n answered a call with ${answer.status}`);
			await answer.body?.cancel();
		}
	}

	get tasks(): SimulatedTask[] {
		const ours = new Set<unknown>(this.prompts);
		const all = [...this.testbed.simulator.tasks.values()];
		return all.filter(({ input }) => ours.has(input.prompt));
	}

	/** Requests about its tasks, and calls for them. */
	calls(route: Call['route']): Call[] {
		const ids = new Set(this.tasks.map(({ taskId }) => taskId));
		return this.testbed.simulator.calls.filter(
			(call) => call.route === route && call.taskId !== undefined && ids.has(call.taskId),
		);
	}

	get deliveries(): Delivery[] {
		const ours = new Set(this.prompts);
		return this.testbed.allDeliveries.filter(({ order }) => ours.has(order));
	}

	/** Orders whose last node has not run yet. */
	get missing(): string[] {
		const delivered = new Set(this.deliveries.map(({ order }) => order));
		return this.prompts.filter((order) => !delivered.has(order));
	}

	async untilDelivered(count = this.prompts.length): Promise<void> {
		const enough = () => this.prompts.length - this.missing.length >= count;
		await until(`${count} × ${this.name}`, enough);
	}

	/** Waits until each has its task, and none holds a slot any more: it is suspended, or done. */
	async untilSlotsAreFree(): Promise<void> {
		const { slots } = this.testbed;
		const areFree = () =>
			this.tasks.length >= this.prompts.length && slots.heldSince(this.startedAt) === 0;
		await until(`no slot is held: ${this.name}`, areFree);
	}

	/** How many of its videos were being made at the same time, at most. */
	get mostAtOnce(): number {
		const { tasks } = this;
		const atOnce = (at: number) =>
			tasks.filter(({ createdAt, endedAt = Infinity }) => createdAt <= at && at < endedAt).length;
		return Math.max(...tasks.map(({ createdAt }) => atOnce(createdAt)));
	}

	/** @param isMeasured whether its times say something: no test has ended its videos */
	row(isMeasured = false) {
		const { tasks, deliveries, prompts, missing } = this;
		const lastAt = Math.max(...deliveries.map(({ at }) => at));
		const longestMs = Math.max(
			...tasks.map(({ createdAt, endedAt = lastAt }) => endedAt - createdAt),
		);
		const wallMs = lastAt - this.startedAt;
		return {
			mode: this.name,
			executions: prompts.length,
			/** From the first call of a workflow to the last run of its last node. */
			wallSeconds: wallMs / 1000,
			/** The same, relative to the longest task. */
			timesOneTask: isMeasured ? wallMs / longestMs : null,
			/** How long executions held workers' slots, all added up. */
			slotSeconds: isMeasured ? this.testbed.slots.secondsSince(this.startedAt) : null,
			readsPerTask: this.calls('read').length / tasks.length,
			/** Tasks that were ordered and paid. */
			created: tasks.length,
			/** Executions whose last node never ran. */
			lost: missing.length,
			/** Runs of last nodes beyond the first. */
			runTwice: deliveries.length - (prompts.length - missing.length),
		};
	}
}
