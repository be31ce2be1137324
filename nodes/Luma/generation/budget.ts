import type { CreateTaskBody } from '../piapi/client';
import { recordOf } from '../piapi/json';
import { listPriceUsd, sumUsd } from './price';

/** Money set aside for one task. */
export interface Reservation {
	/** US dollars. They are set aside where the order is written down, before it is sent. */
	readonly priceUsd: number;
	/**
	 * The task was made.
	 *
	 * @param costUsd US dollars; null when PiAPI does not say
	 * @returns the US dollars that it counts as
	 */
	settle(costUsd: number | null): number;
	/** No task was made after all. */
	release(): void;
}

/** Keeps what an execution spends below its limit. */
export class Budget {
	/** The tasks under way: their likes can turn out dearer than what was set aside. */
	private readonly underWay = new Set<{ bodyKey: string; priceUsd: number }>();

	private readonly learnedUsd = new Map<string, number>();

	/**
	 * @param limitUsd US dollars; 0 = no limit
	 * @param costsUsd US dollars of all orders of this execution, as they stand: rounds can run at once
	 */
	constructor(
		readonly limitUsd: number,
		private readonly costsUsd: () => number[] = () => [],
	) {}

	/** US dollars that are spent or set aside. */
	get takenUsd(): number {
		const dearer = [...this.underWay].map(
			({ bodyKey, priceUsd }) => this.price(bodyKey, priceUsd) - priceUsd,
		);
		return sumUsd([...this.costsUsd(), ...dearer]);
	}

	/** What a task will cost: what its like did cost in this run, else the list price. */
	priceOf(body: CreateTaskBody): number {
		return this.price(keyOf(body), listPriceUsd(body));
	}

	/** Whether all of them can be made. */
	allows(bodies: CreateTaskBody[]): boolean {
		const prices = bodies.map((body) => this.priceOf(body));
		return this.limitUsd === 0 || sumUsd([this.takenUsd, ...prices]) <= this.limitUsd;
	}

	/** @returns undefined when the task would pass the limit */
	reserve(body: CreateTaskBody): Reservation | undefined {
		if (!this.allows([body])) return undefined;
		const bodyKey = keyOf(body);
		const task = { bodyKey, priceUsd: this.priceOf(body) };
		this.underWay.add(task);
		return {
			priceUsd: task.priceUsd,
			settle: (costUsd) => {
				const isPrice = costUsd !== null && costUsd > 0;
				if (isPrice) this.learnedUsd.set(bodyKey, costUsd);
				this.underWay.delete(task);
				return isPrice ? costUsd : this.priceOf(body);
			},
			release: () => void this.underWay.delete(task),
		};
	}

	private price(bodyKey: string, listUsd: number): number {
		return this.learnedUsd.get(bodyKey) ?? listUsd;
	}
}

/** All that the price of a task is known to depend on. */
function keyOf({ task_type: taskType, input, config }: CreateTaskBody): string {
	return JSON.stringify([taskType, input.model, input.duration, recordOf(config).service_mode]);
}

/** What to do when the limit leaves no room for a task. */
export function spendRemedy(budget: Budget, body: CreateTaskBody): string {
	return `This execution has ordered for ${usd(budget.takenUsd)}, this video costs about ${usd(budget.priceOf(body))}, and the limit is ${usd(budget.limitUsd)}. Raise Max Spend (USD) in the options, or run fewer items. Nothing was ordered for this item.`;
}

/** What to do when the limit leaves no room for all of a run, up to the item in question. */
export function spendRemedyForAll(budget: Budget, bodies: CreateTaskBody[]): string {
	const askedUsd = sumUsd(bodies.map((body) => budget.priceOf(body)));
	return `This execution has ordered for ${usd(budget.takenUsd)}, its videos up to this one would cost about ${usd(askedUsd)} more, and the limit is ${usd(budget.limitUsd)}. Nothing more was ordered. Raise Max Spend (USD) in the options, run fewer items, or switch Continue On Fail on to get the videos that fit.`;
}

function usd(amount: number): string {
	return `$${amount.toFixed(2)}`;
}
