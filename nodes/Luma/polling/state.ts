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
	/** Of tasks that were not seen yet, those that were created since then are new. */
	newSince: number;
	/** To which `newSince` follows. */
	checkpoint: Checkpoint;
	/** Tasks that were seen and have not started the workflow: not ended, or not read yet. */
	open: CreationTimes;
	/** Tasks that are done with. */
	done: CreationTimes;
}

/** How far the list reached at one time. */
export interface Checkpoint {
	at: number;
	/** When the newest task in the list was created. */
	newestAt: number;
}

export type PollState = { status: 'notStarted' } | Following;

/** Reads what n8n has stored for the node. */
export function readState(stored: unknown): PollState {
	const { status, revision, account, beganAt, newSince, checkpoint, open, done } = recordOf(stored);
	const { at, newestAt } = recordOf(checkpoint);
	const { keyHash, accountId } = recordOf(account);
	const hash = textOf(keyHash);
	if (status !== 'following' || hash === null) return { status: 'notStarted' };
	return {
		status,
		revision: numberOf(revision) ?? 0,
		account: { keyHash: hash, accountId: textOf(accountId) },
		beganAt: numberOf(beganAt) ?? 0,
		newSince: numberOf(newSince) ?? 0,
		checkpoint: { at: numberOf(at) ?? 0, newestAt: numberOf(newestAt) ?? 0 },
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
