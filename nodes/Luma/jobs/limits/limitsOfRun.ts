import type { PiapiClient } from '../../piapi/client';
import { PiapiError } from '../../piapi/errors';
import type { RunClock } from '../../runtime/clock';
import { retry } from '../../runtime/retry';
import type { Ledger } from '../ledger';
import { BalanceLimit } from './balanceLimit';
import type { AccountLimit } from './accountLimit';
import { DailyLimit } from './dailyLimit';
import { ExecutionLimit } from './executionLimit';
import { SpendingLimits } from './spendingLimits';

/** What limits the spending of a run; US dollars, 0 = no limit. */
export interface LimitSettings {
	maxSpendUsd: number;
	keepBalanceUsd: number;
	daily?: AccountLimit;
}

/** How the limits reach PiAPI: sends a request in its turn. */
export interface LimitReads {
	client: Pick<PiapiClient, 'account' | 'listTasks'>;
	clock: RunClock;
	send: <T>(request: () => Promise<T>) => Promise<T | PiapiError>;
}

/** The limits of a run, the cheapest to check first. */
export function limitsOfRun(
	{ maxSpendUsd, keepBalanceUsd, daily }: LimitSettings,
	ledger: Ledger,
	{ client, clock, send }: LimitReads,
): SpendingLimits {
	const read = async <T>(request: () => Promise<T>): Promise<T> =>
		await retry(clock, async () => {
			const outcome = await send(request);
			if (outcome instanceof PiapiError) throw outcome;
			return outcome;
		});
	const limits = [
		maxSpendUsd > 0 && new ExecutionLimit(maxSpendUsd, ledger),
		keepBalanceUsd > 0 &&
			new BalanceLimit(keepBalanceUsd, ledger, async () => {
				return await read(async () => await client.account());
			}),
		daily &&
			new DailyLimit(daily.limitUsd, daily.spending, async (query) => {
				return await read(async () => await client.listTasks(query));
			}),
	];
	return new SpendingLimits(
		limits.filter((limit) => limit !== false && limit !== undefined),
		ledger,
	);
}
