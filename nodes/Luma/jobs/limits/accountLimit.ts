import { createHash } from 'node:crypto';
import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

import { systemClock } from '../../runtime/clock';
import { LruMap } from '../../runtime/lruMap';
import { AccountSpending } from './accountSpending';
import { amountOf, MAX_LIMIT_USD } from './amount';

/** The limit of a credential, and what its account has spent. */
export interface AccountLimit {
	/** US dollars in 24 hours. */
	limitUsd: number;
	spending: AccountSpending;
}

const MAX_ACCOUNTS = 200;

/** What all executions of this process have spent, by account. */
const accounts = new LruMap<AccountSpending>(MAX_ACCOUNTS);

/**
 * The daily limit of the node's credential; undefined when it has none.
 *
 * @throws NodeOperationError when the limit is not an amount
 */
export async function accountLimitOf(
	context: IExecuteFunctions,
): Promise<AccountLimit | undefined> {
	const { apiKey, baseUrl, dailyLimitUsd = 0 } = await context.getCredentials('piapiApi');
	const limitUsd = amountOf(dailyLimitUsd);
	if (limitUsd === undefined) {
		throw new NodeOperationError(
			context.getNode(),
			`'Daily Spending Limit (USD)' in the PiAPI credential cannot be “${String(dailyLimitUsd).slice(0, 60)}”`,
			{
				description: `Enter an amount in US dollars such as 5 or 2.50, up to ${MAX_LIMIT_USD}, or 0 for no limit. Nothing was sent to PiAPI.`,
				level: 'warning',
			},
		);
	}
	if (limitUsd === 0) return undefined;
	return { limitUsd, spending: spendingOf(String(apiKey), String(baseUrl)) };
}

function spendingOf(apiKey: string, baseUrl: string): AccountSpending {
	const account = [apiKey.trim(), baseUrl.trim().replace(/\/+$/, '')].join('\n');
	const key = createHash('sha256').update(account).digest('hex');
	const spending = accounts.get(key) ?? new AccountSpending(systemClock);
	accounts.set(key, spending);
	return spending;
}
