import { isOfLuma } from '../piapi/endEvents';
import type { HistoryRow } from '../piapi/history';
import { PiapiError } from '../piapi/errors';
import { hasEnded, isFinal, type Task } from '../piapi/task';
import { readTasks } from './readTasks';
import {
	createdSince,
	type Checkpoint,
	type CreationTimes,
	type FollowedAccount,
	type Following,
	type PollState,
} from './state';
import { listTasks, newestTime, timeOf, type PollRun, type TaskList } from './taskList';

export interface PollResult {
	/** To be remembered together with the start of the workflow, or not at all. */
	state: Following;
	/** Those that ended since the last poll, the one that ended first comes first. */
	ended: Task[];
}

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
/** A completed task can be read a moment before its video is there; after that time it starts the workflow without. */
const VIDEO_LAG_MS = 10 * 60_000;

/**
 * Begins to follow an account with what its list shows now: nothing starts the workflow.
 *
 * @param before what was known of another account
 * @throws PiapiError when the list cannot be read
 */
export async function begin(
	run: PollRun,
	account: FollowedAccount,
	before: PollState,
): Promise<Following> {
	const { rows, now } = await listTasks(run, 0, DAY_MS);
	const newest = Math.min(newestTime(rows), now);
	const checkpoint = { at: now, newestAt: newestCreation(rows, now) };
	const state: Following = {
		status: 'following',
		revision: before.status === 'following' ? before.revision + 1 : 1,
		account,
		beganAt: Math.max(newest, now - CLOCK_MARGIN_MS),
		newSince: sinceOf(checkpoint),
		checkpoint,
		open: {},
		done: {},
	};
	for (const row of rows) {
		(isFinal(row) ? state.done : state.open)[row.taskId] = createdAt(row, now);
	}
	return forget(state, now);
}

/**
 * Looks for tasks that ended since the last poll. The state that was given stays as it is, so that a
 * poll that does not come to its end loses nothing.
 *
 * @param catchUpMs tasks that ended longer ago do not start the workflow
 * @throws PiapiError when the list, or none of the ended tasks, can be read
 */
export async function poll(run: PollRun, state: Following, catchUpMs: number): Promise<PollResult> {
	const list = await listTasks(run, listStart(state), catchUpMs + MAX_USUAL_MS);
	const next: Following = {
		...state,
		revision: state.revision + 1,
		...advance(state, list),
		open: { ...state.open },
		done: { ...state.done },
	};
	const toRead = takeRows(state, next, list);
	const read = await readTasks(run, toRead);
	demandOne(read.values());

	const notBefore = Math.max(state.beganAt, list.now - catchUpMs);
	const ended: Task[] = [];
	for (const [taskId, task] of read) {
		if (task instanceof PiapiError || !isOver(task, list.now)) continue;
		const isNew = taskId in state.open || createdAt(task, next.open[taskId]) >= state.newSince;
		const isInTime = endOf(task, notBefore) >= notBefore;
		if (isNew && isInTime && isOfLuma(task)) ended.push(task);
		next.done[taskId] = next.open[taskId];
		delete next.open[taskId];
	}
	ended.sort((one, other) => endOf(one, 0) - endOf(other, 0));
	return { state: forget(next, list.now), ended };
}

function sinceOf({ newestAt }: Checkpoint): number {
	return Math.max(0, newestAt - OVERLAP_MS);
}

/** Moves to the checkpoint once it is old enough, and sets the next one. */
function advance(
	{ newSince, checkpoint }: Following,
	{ rows, now }: TaskList,
): Pick<Following, 'newSince' | 'checkpoint'> {
	const newestAt = Math.max(checkpoint.newestAt, newestCreation(rows, now));
	if (now - checkpoint.at < OVERLAP_MS) return { newSince, checkpoint };
	return { newSince: sinceOf(checkpoint), checkpoint: { at: now, newestAt } };
}

/** Where the list has to begin. */
function listStart(state: Following): number {
	const since = state.newSince;
	const old = Object.values(state.open).filter((at) => at < since);
	return old.length > MAX_SINGLE_READS ? Math.min(...old) : since;
}

/**
 * Adds the tasks of the list that are new to the open ones.
 *
 * @returns ids of those to be read: what the list shows as ended, and the oldest open ones that it may not show any more
 */
function takeRows(state: Following, next: Following, { rows, now }: TaskList): string[] {
	const since = state.newSince;
	const endTimes = new Map<string, number>();
	for (const row of rows) {
		const { taskId } = row;
		const isKnown = taskId in state.open;
		if (taskId in state.done) continue;
		if (!isKnown && row.createdAt !== null && timeOf(row.createdAt) < since) continue;
		if (!isKnown) next.open[taskId] = createdAt(row, now);
		if (isFinal(row)) endTimes.set(taskId, timeOf(row.updatedAt ?? row.createdAt));
	}
	const overdue = Object.entries(state.open)
		.filter(([taskId, at]) => at < Math.max(since, now - OVERLAP_MS) && !endTimes.has(taskId))
		.sort(([, one], [, other]) => one - other)
		.slice(0, MAX_SINGLE_READS)
		.map(([taskId]) => taskId);
	const listed = [...endTimes].sort(([, one], [, other]) => one - other);
	return [...listed.map(([taskId]) => taskId), ...overdue];
}

/** One that PiAPI does not know yet, or any more, holds up nobody. */
function demandOne(read: Iterable<Task | PiapiError>): void {
	const outcomes = [...read];
	const errors = outcomes.filter((outcome) => outcome instanceof PiapiError);
	const [error] = errors.filter(({ code }) => code !== 'unknownTask');
	if (error && errors.length === outcomes.length) throw error;
}

function isOver(task: Task, now: number): boolean {
	if (hasEnded(task)) return true;
	return isFinal(task) && endOf(task, now) < now - VIDEO_LAG_MS;
}

function endOf({ completedAt }: Task, unknown: number): number {
	return completedAt === null ? unknown : timeOf(completedAt);
}

/** A time in the future is taken for the present. */
function createdAt({ createdAt: date }: { createdAt: string | null }, now: number): number {
	return date === null ? now : Math.min(timeOf(date), now);
}

function newestCreation(rows: HistoryRow[], now: number): number {
	return rows.reduce((newest, row) => Math.max(newest, createdAt(row, now)), 0);
}

/** Drops what no poll can meet any more. */
function forget(state: Following, now: number): Following {
	const open: CreationTimes = createdSince(state.open, now - MAX_OPEN_MS);
	return { ...state, open, done: createdSince(state.done, state.newSince) };
}
