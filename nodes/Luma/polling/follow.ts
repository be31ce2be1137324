import { createHash } from 'node:crypto';

import { begin, poll, type PollResult } from './poll';
import type { FollowedAccount, PollState } from './state';
import type { PollRun } from './taskList';

export interface FollowSettings {
	credential: { apiKey?: unknown; baseUrl?: unknown };
	/** Tasks that ended longer ago do not start the workflow. */
	catchUpMs: number;
}

/**
 * Looks for tasks of the credential's account that ended since the last poll. With an account that is
 * new to the trigger it begins anew, with nothing.
 *
 * @throws PiapiError when PiAPI does not say what is needed; the state stays as it is
 */
export async function follow(
	run: PollRun,
	state: PollState,
	{ credential, catchUpMs }: FollowSettings,
): Promise<PollResult> {
	const account = await accountOf(run, credential, state);
	if (state.status === 'following' && isSame(state.account, account)) {
		return await poll(run, { ...state, account }, catchUpMs);
	}
	return { state: await begin(run, account, state), ended: [] };
}

/** PiAPI is only asked when the key or the address was changed. */
async function accountOf(
	{ client }: PollRun,
	{ apiKey, baseUrl }: FollowSettings['credential'],
	state: PollState,
): Promise<FollowedAccount> {
	const words = `${String(baseUrl).trim()}\n${String(apiKey).trim()}`;
	const keyHash = createHash('sha256').update(words).digest('hex').slice(0, 16);
	if (state.status === 'following' && state.account.keyHash === keyHash) return state.account;
	const { accountId } = await client.account();
	return { keyHash, accountId };
}

/** A new key of the same account changes nothing. */
function isSame(one: FollowedAccount, other: FollowedAccount): boolean {
	if (one.keyHash === other.keyHash) return true;
	return one.accountId !== null && one.accountId === other.accountId;
}
