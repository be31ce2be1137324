import { createHash } from 'node:crypto';

import type { Account } from '../piapi/account';
import type { PiapiClient } from '../piapi/client';
import type { Credential } from '../piapi/credential';
import { PiapiError } from '../piapi/errors';
import { hasEnded, isFinal, isOfLuma, isOneOf, type EndEvent, type Task } from '../piapi/task';
import type { TaskRow } from '../piapi/taskList';
import type { RunClock } from '../runtime/clock';

/** What a trigger knows from one poll to the next. All times: milliseconds since 1970 on PiAPI's clock. */
export interface PollState {
	/** Tells n8n's database what this is. */
	status: 'following';
	/** Number of polls; of two copies the higher one is the newer one. */
	revision: number;
	/** The account whose tasks it follows. */
	scope: Scope;
	/** Which tasks are new. */
	cursor: Cursor;
	/** Tasks that ended before do not start the workflow. */
	floor: number;
	/** Those that it has seen and may meet again. A list: an ID can be the name of a property, too. */
	tasks: readonly SeenTask[];
}

interface Scope {
	/** Tells whether the key was changed; the key does not follow from it. */
	keyHash: string;
	account: Pick<Account, 'accountId' | 'accountName' | 'plan'>;
}

interface Cursor {
	/** Of tasks that were not seen yet, those that were created since then are new. */
	since: number;
	/** When it was moved, and the creation of the newest task that was known then: where it moves to next. */
	movedAt: number;
	newestAt: number;
}

interface SeenTask {
	taskId: string;
	createdAt: number;
	/** Whether it has started the workflow, or never will. */
	isDone: boolean;
}

export interface PollResult {
	/** To be remembered together with the start of the workflow, or not at all. */
	state: PollState;
	/** Tasks that ended since the last poll, the one that ended first comes first. */
	ended: Task[];
}

export interface PollSettings {
	credential: Pick<Credential, 'apiKey' | 'baseUrl'>;
	/** Tasks that ended longer ago do not start the workflow. */
	catchUpMs: number;
}

const PAGE_SIZE = 100;
/**
 * The list is searched so far back behind its newest task, and shows each time of creation in all polls of
 * so much time: a task can appear in it later than ones that were created after it.
 */
const OVERLAP_MS = 30 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** A task that does not end is forgotten after that time. */
const MAX_OPEN_MS = 7 * DAY_MS;
/** Tasks that were created that long before the time to catch up with can have ended in it. */
const MAX_USUAL_MS = 60 * 60_000;
/** How far PiAPI's servers may differ about the time. */
const CLOCK_MARGIN_MS = 5 * 60_000;
/** So many open tasks of which the list has not shown the end in time are read themselves; with more of them, it goes back to them. */
const MAX_SINGLE_READS = 10;
/** No request starts later than that in a poll: what is left is read in the next one. */
const MAX_READING_MS = 45_000;
const TEST_READS = 25;
const TEST_READS_AT_ONCE = 5;

/**
 * Looks for tasks of the credential's account that ended since the last poll. With an account that is new
 * to the trigger it begins anew, with nothing.
 *
 * @param before the state that the last poll left; it stays as it is, so that a poll that fails loses nothing
 * @throws PiapiError when the list, or none of the ended tasks, can be read
 */
export async function pollAccount(
	piapi: PiapiClient,
	clock: RunClock,
	before: PollState | undefined,
	{ credential, catchUpMs }: PollSettings,
): Promise<PollResult> {
	const scope = await scopeOf(piapi, credential, before?.scope);
	const isFollowed = before && isSameAccount(before.scope, scope);
	if (isFollowed) return await findEnded(piapi, clock, { ...before, scope }, catchUpMs);
	return { state: await begin(piapi, scope, (before?.revision ?? 0) + 1), ended: [] };
}

/** PiAPI is only asked when the key or the address was changed. */
async function scopeOf(
	piapi: PiapiClient,
	{ apiKey, baseUrl }: PollSettings['credential'],
	before: Scope | undefined,
): Promise<Scope> {
	const hash = createHash('sha256').update(`${baseUrl}\n${apiKey}`).digest('hex');
	const keyHash = hash.slice(0, 16);
	if (before?.keyHash === keyHash) return before;
	const { accountId, accountName, plan } = await piapi.account();
	return { keyHash, account: { accountId, accountName, plan } };
}

/** A new key of the same account changes nothing. Where PiAPI gives no ID, its name and plan tell. */
function isSameAccount(before: Scope, now: Scope): boolean {
	if (before.keyHash === now.keyHash) return true;
	const [one, other] = [before.account, now.account];
	if (one.accountId !== null && other.accountId !== null) return one.accountId === other.accountId;
	return (
		one.accountName !== null && one.accountName === other.accountName && one.plan === other.plan
	);
}

/** Begins with what the list shows now: nothing of it starts the workflow, unless it ends later. */
async function begin(piapi: PiapiClient, scope: Scope, revision: number): Promise<PollState> {
	const rows = await readRows(piapi, 0, DAY_MS);
	const now = piapi.now();
	const newestAt = newestCreation(rows, now);
	const newest = newestOf(rows.flatMap((row) => [row.createdAt ?? 0, row.updatedAt ?? 0]));
	const state: PollState = {
		status: 'following',
		revision,
		scope,
		cursor: { since: Math.max(0, newestAt - OVERLAP_MS), movedAt: now, newestAt },
		floor: Math.max(Math.min(newest, now), now - CLOCK_MARGIN_MS),
		tasks: rows.map((row) => seen(row, now, isFinal(row))),
	};
	return forget(state, now);
}

async function findEnded(
	piapi: PiapiClient,
	clock: RunClock,
	state: PollState,
	catchUpMs: number,
): Promise<PollResult> {
	const { since } = state.cursor;
	const rows = await readRows(piapi, listStart(state), catchUpMs + MAX_USUAL_MS);
	const now = piapi.now();
	const known = new Map(state.tasks.map((task) => [task.taskId, task]));
	const listed = rows.filter(({ taskId, createdAt }) => {
		const task = known.get(taskId);
		return task ? !task.isDone : createdAt === null || createdAt >= since;
	});
	const tasks = new Map(known);
	for (const row of listed) tasks.set(row.taskId, known.get(row.taskId) ?? seen(row, now, false));

	const read = await readTasks(piapi, clock, idsToRead(state, listed, now));
	const over = read.filter(hasEnded);
	for (const { taskId } of over) tasks.set(taskId, { ...tasks.get(taskId)!, isDone: true });

	const notBefore = Math.max(state.floor, now - catchUpMs);
	const ended = over
		.filter(({ taskId, createdAt }) => known.has(taskId) || (createdAt ?? now) >= since)
		.filter((task) => isOfLuma(task) && (task.completedAt ?? notBefore) >= notBefore)
		.sort((one, other) => (one.completedAt ?? 0) - (other.completedAt ?? 0));
	const next: PollState = {
		...state,
		revision: state.revision + 1,
		cursor: moved(state.cursor, rows, now),
		tasks: [...tasks.values()],
	};
	return { state: forget(next, now), ended };
}

/** Moves the cursor once it has stood long enough. */
function moved(cursor: Cursor, rows: TaskRow[], now: number): Cursor {
	if (now - cursor.movedAt < OVERLAP_MS) return cursor;
	return {
		since: Math.max(0, cursor.newestAt - OVERLAP_MS),
		movedAt: now,
		newestAt: Math.max(cursor.newestAt, newestCreation(rows, now)),
	};
}

/** Where the list has to begin. */
function listStart({ cursor, tasks }: PollState): number {
	const old = tasks.filter(({ createdAt, isDone }) => !isDone && createdAt < cursor.since);
	if (old.length <= MAX_SINGLE_READS) return cursor.since;
	return old.reduce((oldest, { createdAt }) => Math.min(oldest, createdAt), cursor.since);
}

/** What the list shows as ended, and the oldest open tasks that it may not show any more. */
function idsToRead({ cursor, tasks }: PollState, listed: TaskRow[], now: number): string[] {
	const ended = listed
		.filter(isFinal)
		.sort((one, other) => changedAt(one) - changedAt(other))
		.map(({ taskId }) => taskId);
	const isListed = new Set(ended);
	const overdueBefore = Math.max(cursor.since, now - OVERLAP_MS);
	const overdue = tasks
		.filter(({ taskId, isDone }) => !isDone && !isListed.has(taskId))
		.filter(({ createdAt }) => createdAt < overdueBefore)
		.sort((one, other) => one.createdAt - other.createdAt)
		.slice(0, MAX_SINGLE_READS)
		.map(({ taskId }) => taskId);
	return [...ended, ...overdue];
}

/** Drops what no poll can meet any more. */
function forget(state: PollState, now: number): PollState {
	const tasks = state.tasks.filter(({ createdAt, isDone }) =>
		isDone ? createdAt >= state.cursor.since : createdAt >= now - MAX_OPEN_MS,
	);
	return { ...state, tasks };
}

/** @param longestMs how far to go back at most, where there is more than a page */
async function readRows(piapi: PiapiClient, since: number, longestMs: number): Promise<TaskRow[]> {
	const rows: TaskRow[] = [];
	for await (const row of piapi.tasks({ since: since || undefined, pageSize: PAGE_SIZE })) {
		const isTooOld = (row.createdAt ?? Infinity) < piapi.now() - longestMs;
		if (isTooOld && row.position >= PAGE_SIZE) break;
		rows.push(row);
	}
	return rows;
}

/**
 * Reads tasks in the given order, until the time is over or PiAPI asks for fewer requests.
 *
 * @throws PiapiError when none can be read; one that PiAPI does not know yet, or any more, holds up nobody
 */
async function readTasks(piapi: PiapiClient, clock: RunClock, taskIds: string[]): Promise<Task[]> {
	const read: Task[] = [];
	const errors: PiapiError[] = [];
	const endsAt = clock.now() + MAX_READING_MS;
	const reads = taskIds.map(async (taskId) => {
		const task = piapi.task(taskId, { once: true });
		const outcome = await task.catch((error: PiapiError) => error.about(taskId));
		if (outcome instanceof PiapiError) errors.push(outcome);
		else read.push(outcome);
		// All that wait for their turn end with `stopped`.
		const isLimited = outcome instanceof PiapiError && outcome.code === 'tooManyRequests';
		if (isLimited || clock.now() >= endsAt) clock.abort();
	});
	await Promise.all(reads);
	const error = errors.find(({ code }) => code !== 'unknownTask' && code !== 'stopped');
	if (error && read.length === 0) throw error;
	return read;
}

/** A time in the future is taken for the present. */
function seen({ taskId, createdAt }: TaskRow, now: number, isDone: boolean): SeenTask {
	return { taskId, createdAt: Math.min(createdAt ?? now, now), isDone };
}

function newestCreation(rows: TaskRow[], now: number): number {
	return newestOf(rows.map(({ createdAt }) => Math.min(createdAt ?? now, now)));
}

function newestOf(times: number[]): number {
	return times.reduce((newest, at) => Math.max(newest, at), 0);
}

function changedAt({ updatedAt, createdAt }: TaskRow): number {
	return updatedAt ?? createdAt ?? 0;
}

/**
 * The task that ended last, for a test in the editor.
 *
 * @returns undefined when none of the account's last tasks has ended that way
 * @throws PiapiError when PiAPI cannot be asked
 */
export async function latestTask(
	piapi: PiapiClient,
	clock: RunClock,
	events: readonly EndEvent[],
): Promise<Task | undefined> {
	const rows = await readRows(piapi, 0, DAY_MS);
	const taskIds = rows
		.filter((row) => isFinal(row) && row.status !== 'cancelled')
		.sort((one, other) => (other.updatedAt ?? 0) - (one.updatedAt ?? 0))
		.map(({ taskId }) => taskId)
		.slice(0, TEST_READS);
	for (let from = 0; from < taskIds.length; from += TEST_READS_AT_ONCE) {
		const read = await readTasks(piapi, clock, taskIds.slice(from, from + TEST_READS_AT_ONCE));
		const [latest] = read
			.filter((task) => hasEnded(task) && isOfLuma(task) && isOneOf(events, task))
			.sort((one, other) => (other.completedAt ?? 0) - (one.completedAt ?? 0));
		if (latest) return latest;
	}
	return undefined;
}
