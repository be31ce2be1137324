import type { CreateTaskBody } from '../piapi/client';
import { recordOf } from '../piapi/json';
import { listPriceUsd, sumUsd } from './price';

/** Money set aside for one task. */
export interface Reservation {
	/**
	 * The task was made, or may have been made.
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
	/** US dollars of the tasks under way, by what is known of their price. */
	private readonly reserved = new Set<{ bodyKey: string; listUsd: number }>();

	private readonly learnedUsd = new Map<string, number>();

	/**
	 * @param limitUsd US dollars; 0 = no limit
	 * @param spent US dollars of the tasks that this execution has paid before
	 */
	constructor(
		readonly limitUsd: number,
		private readonly spent: number[] = [],
	) {}

	/** US dollars that are spent or set aside. */
	get takenUsd(): number {
		const reserved = [...this.reserved].map(({ bodyKey, listUsd }) => this.price(bodyKey, listUsd));
		return sumUsd([...this.spent, ...reserved]);
	}

	/** What a task will cost: what its like did cost in this run, else the list price. */
	priceOf(body: CreateTaskBody): number {
		return this.price(keyOf(body), listPriceUsd(body));
	}

	/** @returns undefined when the task would pass the limit */
	reserve(body: CreateTaskBody): Reservation | undefined {
		if (this.limitUsd > 0 && sumUsd([this.takenUsd, this.priceOf(body)]) > this.limitUsd) {
			return undefined;
		}
		const bodyKey = keyOf(body);
		const reservation = { bodyKey, listUsd: listPriceUsd(body) };
		this.reserved.add(reservation);
		return {
			settle: (costUsd) => {
				const isPrice = costUsd !== null && costUsd > 0;
				if (isPrice) this.learnedUsd.set(bodyKey, costUsd);
				const paidUsd = isPrice ? costUsd : this.priceOf(body);
				this.reserved.delete(reservation);
				this.spent.push(paidUsd);
				return paidUsd;
			},
			release: () => void this.reserved.delete(reservation),
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
	const usd = (amount: number) => `$${amount.toFixed(2)}`;
	return `This execution has ordered for ${usd(budget.takenUsd)}, this video costs about ${usd(budget.priceOf(body))}, and the limit is ${usd(budget.limitUsd)}. Raise Max Spend (USD) in the options, or run fewer items. Nothing was ordered for this item.`;
}
