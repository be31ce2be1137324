import type { CreateTaskBody } from '../piapi/client';
import { usd } from '../messages/usd';
import type { Ledger } from './ledger';
import { listPriceUsd, priceKeyOf, sumUsd } from './price';

/** Keeps the spending of an execution below its limit. */
export class Budget {
	/**
	 * @param limitUsd US dollars; 0 = no limit
	 * @param ledger what the execution has spent; runs of the node can go on at once
	 */
	constructor(
		readonly limitUsd: number,
		private readonly ledger: Pick<Ledger, 'costsUsd' | 'actualPriceUsd'>,
	) {}

	/** US dollars that are spent, or expected to be for what is under way. */
	get spentUsd(): number {
		return sumUsd(this.ledger.costsUsd);
	}

	/** What a task will cost: what PiAPI took for the latest one of its kind, else the list price. */
	priceOf(body: CreateTaskBody): number {
		return this.ledger.actualPriceUsd(priceKeyOf(body)) ?? listPriceUsd(body);
	}

	/** Whether all of them can be made. */
	allows(bodies: CreateTaskBody[]): boolean {
		if (this.limitUsd === 0) return true;
		const prices = bodies.map((body) => this.priceOf(body));
		return sumUsd([this.spentUsd, ...prices]) <= this.limitUsd;
	}

	/** Whether tasks of this kind can be counted at PiAPI's own price. */
	knowsPriceOf(body: CreateTaskBody): boolean {
		return this.ledger.actualPriceUsd(priceKeyOf(body)) !== undefined;
	}
}

/** What to do when the limit leaves no room for a task. */
export function spendRemedy(budget: Budget, body: CreateTaskBody): string {
	return `This execution has spent ${usd(budget.spentUsd)}, this video costs about ${usd(budget.priceOf(body))}, and the limit is ${usd(budget.limitUsd)}. Raise 'Max Spend (USD)' in the options, or run fewer items. Nothing was created for this item.`;
}

/** What to do when the limit leaves no room for all of a run, up to the item in question. */
export function spendRemedyForAll(budget: Budget, bodies: CreateTaskBody[]): string {
	const askedUsd = sumUsd(bodies.map((body) => budget.priceOf(body)));
	return `This execution has spent ${usd(budget.spentUsd)}, its videos up to this one would cost about ${usd(askedUsd)} more, and the limit is ${usd(budget.limitUsd)}. Nothing more was created. Raise 'Max Spend (USD)' in the options, run fewer items, or set 'On Error' to continue to get the videos that fit.`;
}
