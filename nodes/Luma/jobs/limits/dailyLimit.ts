import { usd } from '../../messages/usd';
import { PiapiError } from '../../piapi/errors';
import { sumUsd } from '../price';
import type { AccountSpending } from './accountSpending';
import type { ListTasks } from '../historyPages';
import type { Asked, SpendingLimit } from './spendingLimit';
import { unknownBecause } from './unknown';
import { askedFor, minuteOf, notCreated, stretchOf } from './words';

/** 'Daily Spending Limit (USD)' of the credential: what its account may spend in 24 hours. */
export class DailyLimit implements SpendingLimit {
	/**
	 * @param spending what the account has spent, shared by all executions of this process
	 * @param list reads a page of the account's task list; rejects with PiapiError
	 */
	constructor(
		private readonly limitUsd: number,
		private readonly spending: AccountSpending,
		private readonly list: ListTasks,
	) {}

	/** Where the last read leaves no room, the next moments need none. */
	async prepare(leastUsd: number): Promise<PiapiError | undefined> {
		if (this.spending.isFresh && !this.allows(leastUsd)) return undefined;
		const unread = await this.spending.refresh(this.list);
		return unread && unknownBecause('spendingUnknown', unread);
	}

	async claimFirst(kinds: string[]): Promise<() => void> {
		return await this.spending.prices.claim(kinds);
	}

	allows(amount: number): boolean {
		return sumUsd([this.spending.spentUsd, amount]) <= this.limitUsd;
	}

	refusal(asked: Asked): PiapiError {
		const { spentUsd, since } = this.spending;
		const remedy = `The Luma videos of this PiAPI account have cost ${usd(spentUsd)} since ${minuteOf(since)} (24 hours), ${askedFor(asked)}, and the limit is ${usd(this.limitUsd)}. ${this.whenThereIsRoom(asked)} ${notCreated(asked)} 'Daily Spending Limit (USD)' is in the PiAPI credential.`;
		return new PiapiError('dailyLimit', { remedy });
	}

	private whenThereIsRoom({ usd: amount }: Asked): string {
		const { now } = this.spending;
		const at = this.spending.timeBelow(sumUsd([this.limitUsd, -amount]));
		if (at === undefined) return 'It never leaves room for that much.';
		return `There is room again in ${stretchOf(at - now)} (${minuteOf(at)}).`;
	}
}
