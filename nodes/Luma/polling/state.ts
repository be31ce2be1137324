import { isRecord, numberOf, recordOf, textOf } from '../piapi/json';

/** Creation times by task ID. All times: milliseconds since 1970 on PiAPI's clock. */
export type CreationTimes = Record<string, number>;

/** The account whose tasks a trigger follows. */
export interface FollowedAccount {
	/** Tells whether the key was changed; the key does not follow from it. */
	keyHash: string;
	/** Null when PiAPI does not say. */
	accountId: string | null;
}

/** What a trigger knows of an account from one poll to the next. */
export interface Following {
	status: 'following';
	/** Number of polls; of two copies the higher one is the newer one. */
	revision: number;
	account: FollowedAccount;
	/** Tasks that ended before do not start the workflow. */
	beganAt: number;
	/** When the newest task that was seen was created. */
	newestAt: number;
	/** Tasks that were seen and have not started the workflow: not ended, or not read yet. */
	open: CreationTimes;
	/** Tasks that are done with. */
	done: CreationTimes;
}

export type PollState = { status: 'notStarted' } | Following;

/**
 * The list is searched so far back behind its newest task: a task can appear in it later than ones that
 * were created after it. Older tasks are only of interest when they are among the open ones.
 */
export const OVERLAP_MS = 30 * 60_000;

/** From when on a task that was not seen yet is a new one. */
export function newSince({ newestAt }: Following): number {
	return Math.max(0, newestAt - OVERLAP_MS);
}

/** Reads what n8n has stored for the node. */
export function readState(stored: unknown): PollState {
	const { status, revision, account, beganAt, newestAt, open, done } = recordOf(stored);
	const { keyHash, accountId } = recordOf(account);
	const hash = textOf(keyHash);
	if (status !== 'following' || hash === null) return { status: 'notStarted' };
	return {
		status,
		revision: numberOf(revision) ?? 0,
		account: { keyHash: hash, accountId: textOf(accountId) },
		beganAt: numberOf(beganAt) ?? 0,
		newestAt: numberOf(newestAt) ?? 0,
		open: readTimes(open),
		done: readTimes(done),
	};
}

function readTimes(stored: unknown): CreationTimes {
	const times = Object.entries(isRecord(stored) ? stored : {});
	return Object.fromEntries(times.map(([taskId, at]) => [taskId, numberOf(at) ?? 0]));
}

/** Those that were created at that time or later. */
export function createdSince(times: CreationTimes, since: number): CreationTimes {
	return Object.fromEntries(Object.entries(times).filter(([, at]) => at >= since));
}
