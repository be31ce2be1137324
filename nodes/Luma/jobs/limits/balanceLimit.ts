import type { Account } from '../../piapi/account';
import { usd } from '../../messages/usd';
import { catchPiapiError, PiapiError } from '../../piapi/errors';
import type { Ledger } from '../ledger';
import { sumUsd } from '../price';
import type { Asked, SpendingLimit } from './spendingLimit';
import { unknownBecause } from './unknown';
import { askedFor, notCreated } from './words';

/** 'Keep Balance Above (USD)': what has to remain of the balance. */
export class BalanceLimit implements SpendingLimit {
	private balanceUsd = 0;

	/** What the execution had spent when the balance was read. */
	private spentBeforeUsd = 0;

	/**
	 * @param keepUsd US dollars
	 * @param readAccount reads the account once; rejects with PiapiError
	 */
	constructor(
		private readonly keepUsd: number,
		private readonly ledger: Pick<Ledger, 'costsUsd'>,
		private readonly readAccount: () => Promise<Account>,
	) {}

	async prepare(): Promise<PiapiError | undefined> {
		const spentUsd = this.spentUsd;
		const account = await catchPiapiError(this.readAccount());
		if (account instanceof PiapiError) return unknownBecause('balanceUnknown', account);
		if (account.balanceUsd === null) return new PiapiError('balanceUnknown');
		this.balanceUsd = account.balanceUsd;
		this.spentBeforeUsd = spentUsd;
		return undefined;
	}

	allows(amount: number): boolean {
		return sumUsd([this.leftUsd, -amount]) >= this.keepUsd;
	}

	refusal(asked: Asked): PiapiError {
		const remedy = `Your balance is ${usd(this.leftUsd)} with what this run has created taken off, ${askedFor(asked)}, and ${usd(this.keepUsd)} are to remain. ${notCreated(asked)} Top up at app.piapi.ai (Billing), or lower 'Keep Balance Above (USD)' in the options.`;
		return new PiapiError('balanceLimit', { remedy });
	}

	/** The balance without what the execution has created since it was read. */
	private get leftUsd(): number {
		return sumUsd([this.balanceUsd, -Math.max(0, this.spentUsd - this.spentBeforeUsd)]);
	}

	private get spentUsd(): number {
		return sumUsd(this.ledger.costsUsd);
	}
}
