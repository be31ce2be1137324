import { usd } from '../../messages/usd';
import { PiapiError } from '../../piapi/errors';
import type { Ledger } from '../ledger';
import { sumUsd } from '../price';
import type { Asked, SpendingLimit } from './spendingLimit';
import { askedFor, notCreated } from './words';

/** 'Max Spend (USD)': what the node may spend in one execution. */
export class ExecutionLimit implements SpendingLimit {
	/** @param ledger what the execution has spent; runs of the node can go on at once */
	constructor(
		private readonly limitUsd: number,
		private readonly ledger: Pick<Ledger, 'costsUsd'>,
	) {}

	async prepare(): Promise<undefined> {}

	allows(amount: number): boolean {
		return sumUsd([this.spentUsd, amount]) <= this.limitUsd;
	}

	refusal(asked: Asked): PiapiError {
		const remedy = `This execution has spent ${usd(this.spentUsd)}, ${askedFor(asked)}, and the limit is ${usd(this.limitUsd)}. ${notCreated(asked)} Raise 'Max Spend (USD)' in the options, or use fewer items.`;
		return new PiapiError('spendLimit', { remedy });
	}

	/** US dollars that are spent, or expected to be for what is under way. */
	private get spentUsd(): number {
		return sumUsd(this.ledger.costsUsd);
	}
}
