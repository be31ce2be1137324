import { createHash } from 'node:crypto';

import type { Account } from '../piapi/account';
import { recordOf } from '../piapi/json';

/**
 * What a trigger knows from one poll to the next: what n8n hands in is the truth, whatever this process has
 * heard since. All times: milliseconds since 1970 on PiAPI's clock.
 */
export interface PollState {
	/** The account whose tasks it follows. */
	scope: Scope;
	/** Of tasks that are not known, those that were created since then are new. */
	since: number;
	/** When that was moved, and the creation of the newest task that was known then: where it moves to next. */
	movedAt: number;
	newestAt: number;
	/** Tasks that ended before do not start the workflow. */
	floor: number;
	/** The row at which the list goes on of which a poll had no time to see the end. */
	leftAt?: number;
	/** Those that have not ended, the oldest first. */
	open: readonly OpenTask[];
	/** Those that have started the workflow, or never will, and that the list can still show; see `markOf`. */
	done: readonly string[];
}

export interface Scope {
	/** Tells whether the key was changed; the key does not follow from it. */
	keyHash: string;
	account: Pick<Account, 'accountId' | 'accountName' | 'plan'>;
}

export interface OpenTask {
	taskId: string;
	createdAt: number;
	/** How often PiAPI did not know it, and until when it is left alone for that. */
	refusals?: number;
	pausedUntil?: number;
}

/** n8n keeps the state in the workflow's row: this much of each part, in all below 50 kB. */
const MAX_OPEN_CHARS = 20_000;
const MAX_DONE = 1_400;
const ID_CHARS = 8;

/** Tells a task among those that are done. Few characters, as there can be many. */
export function idMarkOf(taskId: string): string {
	return digestOf(taskId).slice(0, ID_CHARS);
}

/** The same with the second of its creation, so that it can be forgotten when the list begins later. */
export function markOf({ taskId, createdAt }: OpenTask): string {
	return idMarkOf(taskId) + Math.floor(createdAt / 1000).toString(36);
}

/** The marks without the times. */
export function idMarksIn({ done }: PollState): ReadonlySet<string> {
	return new Set(done.map((mark) => mark.slice(0, ID_CHARS)));
}

function endOfSecondIn(mark: string): number {
	return (parseInt(mark.slice(ID_CHARS), 36) + 1) * 1000;
}

/**
 * The state without what no poll can meet any more. Of open tasks that are too many to be kept, the list shows
 * the newest again; what is done and too much to be kept is older than all that counts as new.
 *
 * @param heldAt what was created before has been forgotten already
 */
export function compacted(state: PollState, heldAt: number): PollState {
	const open = [...state.open].sort((one, other) => one.createdAt - other.createdAt);
	let chars = 0;
	const kept = open.filter((task) => (chars += JSON.stringify(task).length) <= MAX_OPEN_CHARS);
	const left = open[kept.length]?.createdAt ?? Infinity;
	const shown = Math.max(heldAt, Math.min(state.since, left));
	const done = [...new Set(state.done)]
		.filter((mark) => endOfSecondIn(mark) > shown)
		.sort((one, other) => endOfSecondIn(other) - endOfSecondIn(one));
	const since = done.length > MAX_DONE ? Math.max(shown, endOfSecondIn(done[MAX_DONE])) : shown;
	return { ...state, since, open: kept, done: done.slice(0, MAX_DONE) };
}

/** The state as n8n stores it: a text, with a mark by which it is known again. */
export function storedState(state: PollState) {
	const text = JSON.stringify(state);
	return { status: 'following', text, mark: digestOf(text) };
}

/** The state that was stored; undefined for anything else, whatever it is. */
export function readState(stored: unknown): PollState | undefined {
	const { text, mark } = recordOf(stored);
	if (typeof text !== 'string' || mark !== digestOf(text)) return undefined;
	return JSON.parse(text) as PollState;
}

function digestOf(text: string): string {
	return createHash('sha256').update(text).digest('base64url');
}
