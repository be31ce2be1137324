import { createHash } from 'node:crypto';

import type { PiapiClient } from '../piapi/client';
import type { Credential } from '../piapi/credential';
import { hasEnded, isFinal, isOfLuma, type Task } from '../piapi/task';
import type { TaskRow } from '../piapi/taskList';
import { DAY_MS, type PollReader, type Reads } from './pollReader';
import {
	compacted,
	idMarkOf,
	idMarksIn,
	markOf,
	type OpenTask,
	type PollState,
	type Scope,
} from './pollState';

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

const MINUTE_MS = 60_000;
/**
 * The list is searched so far back behind its newest task, and shows each time of creation in all polls of
 * so much time: a task can appear in it later than ones that were created after it.
 */
const OVERLAP_MS = 30 * MINUTE_MS;
/** A task that does not end is forgotten after that time. */
const MAX_OPEN_MS = 7 * DAY_MS;
/** Tasks that were created that long before the time to catch up with can have ended in it. */
const MAX_USUAL_MS = 60 * MINUTE_MS;
/** PiAPI's dates of one moment can differ by that much: some have whole seconds. */
const CLOCK_MARGIN_MS = 5_000;
/** So many open tasks of which the list has not shown the end in time are read themselves; with more of them, it goes back to them. */
const MAX_SINGLE_READS = 10;
/** A task that PiAPI lists and does not know is left alone for 1, 3, 7, 15 and 31 minutes, and then given up. */
const MAX_REFUSALS = 7;

/**
 * Looks for tasks of the credential's account that ended since the last poll. With an account that is new
 * to the trigger it begins anew, with nothing.
 *
 * @param before the state that the last poll left; it stays as it is, so that a poll that fails loses nothing
 * @throws PiapiError when the list, or none of the ended tasks, can be read in time
 */
export async function pollAccount(
	reader: PollReader,
	before: PollState | undefined,
	{ credential, catchUpMs }: PollSettings,
): Promise<PollResult> {
	const scope = await scopeOf(reader.piapi, credential, before?.scope);
	if (before && isSameAccount(before.scope, scope)) {
		return await findEnded(reader, { ...before, scope }, catchUpMs);
	}
	return { state: await begin(reader, scope), ended: [] };
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
async function begin(reader: PollReader, scope: Scope): Promise<PollState> {
	const { rows } = await reader.rows({ longestMs: DAY_MS });
	const now = reader.piapi.now();
	const newestAt = newestCreation(rows, now);
	const state: PollState = {
		scope,
		since: Math.max(0, newestAt - OVERLAP_MS),
		movedAt: now,
		newestAt,
		floor: now - CLOCK_MARGIN_MS,
		open: rows.filter((row) => !isFinal(row)).map((row) => seen(row, now)),
		done: rows.filter(isFinal).map((row) => markOf(seen(row, now))),
	};
	return compacted(state, 0);
}

async function findEnded(
	reader: PollReader,
	before: PollState,
	catchUpMs: number,
): Promise<PollResult> {
	const { rows, leftAt } = await reader.rows({
		since: listStart(before),
		from: before.leftAt,
		longestMs: catchUpMs + MAX_USUAL_MS,
	});
	const now = reader.piapi.now();
	const { since } = before;
	const known = new Map(before.open.map((task) => [task.taskId, task]));
	const done = idMarksIn(before);
	const isNew = ({ taskId, createdAt }: TaskRow | Task) =>
		known.has(taskId) || ((createdAt ?? now) >= since && !done.has(idMarkOf(taskId)));
	const listed = rows.filter(isNew);
	const tasks = new Map(known);
	for (const row of listed) tasks.set(row.taskId, known.get(row.taskId) ?? seen(row, now));

	const reads = await reader.tasks(idsToRead(tasks, listed, now));
	const { open, over } = separated([...tasks.values()], reads, now);
	const notBefore = Math.max(before.floor, now - catchUpMs);
	const ended = over
		.flatMap(({ taskId }) => reads.tasks.get(taskId) ?? [])
		.filter((task) => isNew(task) && isOfLuma(task))
		.filter(({ completedAt }) => (completedAt ?? notBefore) >= notBefore)
		.sort((one, other) => (one.completedAt ?? 0) - (other.completedAt ?? 0));
	const next = leftAt === undefined ? moved(before, rows, now) : before;
	const all = { ...next, leftAt, open, done: [...before.done, ...over.map(markOf)] };
	return { state: compacted(all, since), ended };
}

/** Moves to the tasks that count as new once it has stood long enough. */
function moved(state: PollState, rows: TaskRow[], now: number): PollState {
	if (Math.abs(now - state.movedAt) < OVERLAP_MS) return state;
	return {
		...state,
		since: Math.max(state.since, state.newestAt - OVERLAP_MS),
		movedAt: now,
		newestAt: Math.max(state.newestAt, newestCreation(rows, now)),
	};
}

/** Where the list has to begin. */
function listStart({ since, open }: PollState): number {
	const old = open.filter(({ createdAt }) => createdAt < since);
	return old.length > MAX_SINGLE_READS ? old[0].createdAt : since;
}

/** What the list shows as ended or without a status, and the oldest open tasks that it may not show any more. */
function idsToRead(tasks: ReadonlyMap<string, OpenTask>, listed: TaskRow[], now: number): string[] {
	const refusals = ({ taskId }: TaskRow) => tasks.get(taskId)?.refusals ?? 0;
	const isDue = ({ taskId }: { taskId: string }) => (tasks.get(taskId)?.pausedUntil ?? 0) <= now;
	const shown = listed
		.filter((row) => (row.status === null || isFinal(row)) && isDue(row))
		.sort((one, other) => refusals(one) - refusals(other) || changedAt(one) - changedAt(other));
	const overdue = [...tasks.values()]
		.filter((task) => task.createdAt < now - OVERLAP_MS && isDue(task))
		.sort((one, other) => one.createdAt - other.createdAt)
		.slice(0, MAX_SINGLE_READS);
	return [...new Set([...shown, ...overdue].map(({ taskId }) => taskId))];
}

/** Which tasks are still to come, and which have ended or are given up. */
function separated(tasks: OpenTask[], { tasks: read, unknown }: Reads, now: number) {
	const [open, over] = [[], []] as [OpenTask[], OpenTask[]];
	for (const task of tasks) {
		const seen = read.get(task.taskId);
		const isRefused = unknown.has(task.taskId);
		const { refusals = 0 } = task;
		const pausedUntil = now + (2 ** refusals - 1) * MINUTE_MS;
		const isGivenUp = isRefused && refusals + 1 === MAX_REFUSALS;
		if (isGivenUp || (seen && hasEnded(seen))) over.push(task);
		else if (task.createdAt >= now - MAX_OPEN_MS) {
			open.push(isRefused ? { ...task, refusals: refusals + 1, pausedUntil } : task);
		}
	}
	return { open, over };
}

/** A time in the future is taken for the present. */
function seen({ taskId, createdAt }: TaskRow, now: number): OpenTask {
	return { taskId, createdAt: Math.min(createdAt ?? now, now) };
}

function newestCreation(rows: TaskRow[], now: number): number {
	return rows.reduce((newest, row) => Math.max(newest, Math.min(row.createdAt ?? now, now)), 0);
}

function changedAt({ updatedAt, createdAt }: TaskRow): number {
	return updatedAt ?? createdAt ?? 0;
}
