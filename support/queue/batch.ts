import type { Row } from '../../scripts/queue/results';
import type { Call, SimulatedTask, Simulator } from '../../simulator';
import { until } from '../eventually';
import type { Delivery, DeliveryLog } from './deliveryLog';
import type { Slots } from './slots';

/** Executions of one video each that are started at the same time; each has a prompt of its own. */
export class Batch {
	readonly prompts: string[];
	startedAt = 0;

	constructor(
		private readonly testbed: { simulator: Simulator; deliveryLog: DeliveryLog; slots: Slots },
		readonly name: string,
		count: number,
	) {
		this.prompts = Array.from({ length: count }, (_, i) => `${name} ${i + 1}`);
	}

	async start(call: (body: object) => Promise<void>): Promise<void> {
		this.startedAt = Date.now();
		await Promise.all(this.prompts.map(async (prompt) => await call({ prompt })));
	}

	get tasks(): SimulatedTask[] {
		return [...this.testbed.simulator.tasks.values()].filter(({ input }) =>
			this.prompts.includes(String(input.prompt)),
		);
	}

	/** Requests about its tasks, and calls for them. */
	calls(route: Call['route']): Call[] {
		const ids = new Set(this.tasks.map(({ taskId }) => taskId));
		return this.testbed.simulator.calls.filter(
			(call) => call.route === route && call.taskId !== undefined && ids.has(call.taskId),
		);
	}

	get deliveries(): Delivery[] {
		return this.prompts.flatMap((order) => this.testbed.deliveryLog.of(order));
	}

	/** Orders whose last node has not run yet. */
	get missing(): string[] {
		return this.prompts.filter((order) => this.#runsOf(order) === 0);
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

	row(): Row {
		const { tasks, deliveries, prompts } = this;
		const lastAt = Math.max(...deliveries.map(({ at }) => at));
		const longestMs = Math.max(
			...tasks.map(({ createdAt, endedAt = lastAt }) => endedAt - createdAt),
		);
		const wallMs = lastAt - this.startedAt;
		return {
			mode: this.name,
			executions: prompts.length,
			wallSeconds: wallMs / 1000,
			timesOneTask: wallMs / longestMs,
			slotSeconds: this.testbed.slots.secondsSince(this.startedAt),
			readsPerTask: this.calls('read').length / tasks.length,
			created: tasks.length,
			lost: this.missing.length,
			runTwice: prompts.filter((order) => this.#runsOf(order) > 1).length,
		};
	}

	#runsOf(order: string): number {
		return this.testbed.deliveryLog.of(order).length;
	}
}
