import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { PiapiClient } from '../../piapi/client';
import { isRetryable, PiapiError } from '../../piapi/errors';
import { textOf } from '../../piapi/json';
import { isOfLuma } from '../../piapi/task';
import { MAX_PAGE_SIZE, type TaskRow } from '../../piapi/taskList';
import type { RunClock } from '../../runtime/clock';
import { RateLimiter } from '../../runtime/turns';
import type { Operation } from '../operation';
import type { Parameters } from '../parameters';
import { perItem } from '../perItem';
import { cancelTask } from './cancel';

/** A year: PiAPI deletes tasks long before that. */
const MAX_MINUTES = 366 * 24 * 60;
const MINUTE_MS = 60_000;
const MAX_CONCURRENCY = 5;

const whichField: INodeProperties = {
	displayName: 'Tasks to Cancel',
	name: 'tasksToCancel',
	type: 'options',
	options: [
		{
			name: 'Older Than',
			value: 'olderThan',
			description: 'Tasks that have been waiting to start for some time',
		},
		{
			name: 'All',
			value: 'all',
			description: 'All tasks that wait to start, those of other workflows included',
		},
	],
	default: 'olderThan',
	description:
		'Which of the Luma tasks of your account to cancel. Tasks that have started are never cancelled: PiAPI keeps working on them.',
};

const minutesField: INodeProperties = {
	displayName: 'Older Than (Minutes)',
	name: 'olderThanMinutes',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_MINUTES },
	default: 60,
	displayOptions: { show: { tasksToCancel: ['olderThan'] } },
	description: 'Only tasks that were created more than this many minutes ago',
};

export const cancelMany: Operation = {
	fields: [whichField, minutesField],
	execute: perItem((parameters) => {
		const minAgeMs = minAgeOf(parameters);
		return async (piapi, clock) => [await cancelPending(piapi, clock, minAgeMs)];
	}),
};

/** Milliseconds; 0 for all tasks. */
function minAgeOf(parameters: Parameters): number {
	if (parameters.choice<'olderThan' | 'all'>(whichField) === 'all') return 0;
	return parameters.number(minutesField) * MINUTE_MS;
}

/**
 * Cancels the Luma tasks that have not started. One by one: PiAPI's call for many does not say which ones
 * it cancelled, and does not tell tasks of other models apart.
 *
 * @param minAgeMs milliseconds since their creation; 0 for all
 * @returns the JSON of the output item
 * @throws PiapiError when the tasks could not be listed, or none could be cancelled because of an outage
 */
export async function cancelPending(
	piapi: PiapiClient,
	clock: RunClock,
	minAgeMs: number,
): Promise<IDataObject> {
	const { rows, isIncomplete } = await findWaiting(piapi, minAgeMs);
	const outcomes = await cancelEach(piapi, clock, rows);
	const taskIds = outcomes.filter(({ why }) => !why).map(({ taskId }) => taskId);
	return {
		cancelledTasks: taskIds.length,
		taskIds,
		notCancelled: outcomes.flatMap(({ why }) => why ?? []),
		message: messageOf(taskIds.length, outcomes.length, isIncomplete),
	};
}

/** Tasks that wait to start, as the account's task list shows them. */
interface Waiting {
	rows: TaskRow[];
	/** Whether PiAPI counts more of them than it lists. */
	isIncomplete: boolean;
}

/** The list shows the newest tasks first: it is read until all that PiAPI counts as waiting were seen. */
async function findWaiting(piapi: PiapiClient, minAgeMs: number): Promise<Waiting> {
	const { pendingLumaTasks, stagedLumaTasks } = await piapi.activeTasks();
	const isCounted = pendingLumaTasks !== null && stagedLumaTasks !== null;
	const expected = isCounted ? pendingLumaTasks + stagedLumaTasks : Infinity;
	if (expected === 0) return { rows: [], isIncomplete: false };

	const waiting: TaskRow[] = [];
	for await (const row of piapi.tasks({ pageSize: MAX_PAGE_SIZE })) {
		if (row.status === 'pending' || row.status === 'staged') waiting.push(row);
		// A page is read to its end: there can be more than were counted a moment ago.
		const isEndOfPage = (row.position + 1) % MAX_PAGE_SIZE === 0;
		if (isEndOfPage && waiting.filter(namesModel).length >= expected) break;
	}
	const createdBefore = piapi.now() - minAgeMs;
	return {
		rows: waiting.filter((row) => minAgeMs === 0 || isOlder(row, createdBefore)),
		isIncomplete: isCounted && waiting.length < expected,
	};
}

/** Whether the list says that it is Luma's: a task of a model with another name is not listed. */
function namesModel({ raw }: TaskRow): boolean {
	return textOf(raw.task_model ?? raw.taskModel) !== null;
}

/** A task of unknown age is not cancelled by its age. */
function isOlder({ createdAt }: TaskRow, than: number): boolean {
	return createdAt !== null && createdAt < than;
}

/** A task that was cancelled, unless it says why not. */
interface Outcome {
	taskId: string;
	why?: IDataObject;
}

/** After an outage nothing more is tried. */
async function cancelEach(
	piapi: PiapiClient,
	clock: RunClock,
	rows: TaskRow[],
): Promise<Outcome[]> {
	const limiter = new RateLimiter(MAX_CONCURRENCY, clock);
	let outage: PiapiError | undefined;
	const cancelOne = async (row: TaskRow): Promise<Outcome | undefined> => {
		try {
			if (outage) throw outage;
			return await cancelRow(piapi, row);
		} catch (error) {
			const refusal = refusalOf(error);
			if (isRetryable(refusal)) outage ??= refusal;
			return notCancelled(row, refusal);
		}
	};
	const all = await Promise.all(
		rows.map(async (row) => await limiter.run(async () => await cancelOne(row))),
	);
	const outcomes = all.filter((outcome) => outcome !== undefined);
	if (outage && outcomes.every(({ why }) => why)) throw outage;
	return outcomes;
}

/** @returns undefined for a task of another model, which only the task itself tells where the list does not */
async function cancelRow(piapi: PiapiClient, row: TaskRow): Promise<Outcome | undefined> {
	const { taskId } = row;
	if (!namesModel(row) && !isOfLuma(await piapi.task(taskId))) return undefined;
	const { cancelled, status, message } = await cancelTask(piapi, taskId, { once: false });
	// The answer to an earlier try can have got lost.
	if (cancelled || status === 'cancelled') return { taskId };
	return { taskId, why: { taskId, status, message } };
}

/** @throws PiapiError when the key is wrong: it is for all tasks */
function refusalOf(error: unknown): PiapiError {
	if (error instanceof PiapiError && error.code !== 'wrongKey') return error;
	throw error;
}

function notCancelled({ taskId, status }: TaskRow, error: PiapiError): Outcome {
	const { message, details, remedy } = error;
	const words = `${message}. ${details.providerMessage || remedy}`;
	return { taskId, why: { taskId, status, message: words } };
}

function messageOf(cancelled: number, found: number, isIncomplete: boolean): string {
	const sentences = [countOf(cancelled, found)];
	if (cancelled < found) {
		sentences.push("Those under 'notCancelled' were not: each says why.");
	}
	if (isIncomplete) {
		sentences.push(
			'PiAPI counts more waiting tasks than it lists: run this operation again in a minute, which is free.',
		);
	}
	return sentences.join(' ');
}

function countOf(cancelled: number, found: number): string {
	if (found === 0) return 'There was nothing to cancel.';
	if (cancelled === 0) return 'No task was cancelled.';
	if (cancelled === 1) return 'One task was cancelled. It is not charged.';
	return `${cancelled} tasks were cancelled. They are not charged.`;
}
