import type { CreateTaskBody } from '../../piapi/client';
import type { PiapiError } from '../../piapi/errors';
import type { Ledger } from '../ledger';
import { listPriceUsd, priceKeyOf, sumUsd } from '../price';
import type { Asked, SpendingLimit } from './spendingLimit';

/** All limits of a run: what one of them does not let through is not created. */
export class SpendingLimits {
	/** @param ledger knows the prices that PiAPI took */
	constructor(
		private readonly limits: SpendingLimit[],
		private readonly ledger: Pick<Ledger, 'actualPriceUsd'>,
	) {}

	/** Whether there is any limit. */
	get areSet(): boolean {
		return this.limits.length > 0;
	}

	/** @returns why what was spent is not known, so that none of these may be created */
	async prepare(bodies: CreateTaskBody[]): Promise<PiapiError | undefined> {
		const leastUsd = Math.min(...bodies.map((body) => this.priceOf(body)));
		const unknown = await Promise.all(
			this.limits.map(async (limit) => await limit.prepare(leastUsd)),
		);
		return unknown.find((error) => error !== undefined);
	}

	/**
	 * Waits until the prices of these are known, or it is this run's turn to create the first of a kind.
	 *
	 * @returns ends the turn
	 */
	async claimFirst(bodies: CreateTaskBody[]): Promise<() => void> {
		const kinds = bodies.map(priceKeyOf);
		const turns = await Promise.all(
			this.limits.map(async (limit) => await limit.claimFirst?.(kinds)),
		);
		return () => turns.forEach((endTurn) => endTurn?.());
	}

	/** Why these cannot be created together; undefined when they can. */
	refusal(type: Asked['type'], bodies: CreateTaskBody[]): PiapiError | undefined {
		const usd = sumUsd(bodies.map((body) => this.priceOf(body)));
		return this.limits.find((limit) => !limit.allows(usd))?.refusal({ type, usd });
	}

	/** Whether tasks of this kind can be counted at PiAPI's own price. */
	knowsPriceOf(body: CreateTaskBody): boolean {
		return this.ledger.actualPriceUsd(priceKeyOf(body)) !== undefined;
	}

	/** What a task will cost: what PiAPI took for the latest one of its kind, else the list price. */
	private priceOf(body: CreateTaskBody): number {
		return this.ledger.actualPriceUsd(priceKeyOf(body)) ?? listPriceUsd(body);
	}
}
