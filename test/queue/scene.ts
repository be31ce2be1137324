import type { Row } from '../../scripts/queue/results';
import type { Call, SimulatedTask, Simulator } from '../../simulator';
import { until } from '../../support/eventually';
import type { Arrival, Tally } from '../../support/tally';
import type { Slots } from './slots';

/** Executions of one video each that are started at the same time; an order is a prompt of its own. */
export class Scene {
	readonly orders: string[];
	startedAt = 0;

	constructor(
		private readonly stage: { simulator: Simulator; tally: Tally; slots: Slots },
		readonly name: string,
		count: number,
	) {
		this.orders = Array.from({ length: count }, (_, i) => `${name} ${i + 1}`);
	}

	async start(call: (body: object) => Promise<void>): Promise<void> {
		this.startedAt = Date.now();
		await Promise.all(this.orders.map(async (prompt) => await call({ prompt })));
	}

	get tasks(): SimulatedTask[] {
		return [...this.stage.simulator.tasks.values()].filter(({ input }) =>
			this.orders.includes(String(input.prompt)),
		);
	}

	/** Requests about its tasks, and calls for them. */
	calls(route: Call['route']): Call[] {
		const ids = new Set(this.tasks.map(({ taskId }) => taskId));
		return this.stage.simulator.calls.filter(
			(call) => call.route === route && call.taskId !== undefined && ids.has(call.taskId),
		);
	}

	get arrivals(): Arrival[] {
		return this.orders.flatMap((order) => this.stage.tally.of(order));
	}

	/** Orders whose last node has not run yet. */
	get missing(): string[] {
		return this.orders.filter((order) => this.stage.tally.of(order).length === 0);
	}

	async untilArrived(count = this.orders.length): Promise<void> {
		const enough = () => this.orders.length - this.missing.length >= count;
		await until(`${count} × ${this.name}`, enough);
	}

	/** Waits until each has its task, and none holds a slot any more: it sleeps, or is done. */
	async untilSlotsAreFree(): Promise<void> {
		const { slots } = this.stage;
		const areFree = () =>
			this.tasks.length >= this.orders.length && slots.heldSince(this.startedAt) === 0;
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
		const { tasks, arrivals, orders } = this;
		const lastAt = Math.max(...arrivals.map(({ at }) => at));
		const longestMs = Math.max(
			...tasks.map(({ createdAt, endedAt = lastAt }) => endedAt - createdAt),
		);
		const wallMs = lastAt - this.startedAt;
		return {
			mode: this.name,
			executions: orders.length,
			wallSeconds: wallMs / 1000,
			timesOneTask: wallMs / longestMs,
			slotSeconds: this.stage.slots.secondsSince(this.startedAt),
			readsPerTask: this.calls('read').length / tasks.length,
			created: tasks.length,
			lost: this.missing.length,
			runTwice: orders.filter((order) => this.stage.tally.of(order).length > 1).length,
		};
	}
}
