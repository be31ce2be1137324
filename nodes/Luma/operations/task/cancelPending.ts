import type { IDataObject } from 'n8n-workflow';

import { historyPages, taskListOf } from '../../jobs/historyPages';
import type { PiapiClient } from '../../piapi/client';
import { catchPiapiError, isRetryable, PiapiError } from '../../piapi/errors';
import { MAX_PAGE_SIZE, type HistoryRow } from '../../piapi/history';
import type { RunClock } from '../../runtime/clock';
import { RateLimiter } from '../../runtime/rateLimiter';
import { retry } from '../../runtime/retry';
import { cancelTask, type CancelResult } from './cancel';

const MAX_CONCURRENCY = 5;

/** Tasks that wait to start, as the account's task list shows them. */
interface Waiting {
	rows: HistoryRow[];
	/** Whether PiAPI counts more of them than it lists. */
	isIncomplete: boolean;
}

type Outcome =
	| { taskId: string; cancelled: true }
	| { taskId: string; cancelled: false; why: IDataObject };

/**
 * Cancels the Luma tasks that have not started. One by one: PiAPI's call for many does not say which ones
 * it cancelled, and does not tell tasks of other models apart.
 *
 * @param minAgeMs milliseconds since their creation; 0 for all
 * @returns the JSON of the output item
 * @throws PiapiError when the tasks could not be listed, or none could be cancelled because of an outage
 */
export async function cancelPending(
	client: PiapiClient,
	clock: RunClock,
	minAgeMs: number,
): Promise<IDataObject> {
	const { rows, isIncomplete } = await findWaiting(client, clock, minAgeMs);
	const outcomes = await cancelEach(client, clock, rows);
	const taskIds = outcomes.filter(({ cancelled }) => cancelled).map(({ taskId }) => taskId);
	return {
		cancelledTasks: taskIds.length,
		taskIds,
		notCancelled: outcomes.flatMap((outcome) => (outcome.cancelled ? [] : outcome.why)),
		message: messageOf(taskIds.length, outcomes.length, isIncomplete),
	};
}

/** The list shows the newest tasks first: it is read until all that PiAPI counts as waiting were seen. */
async function findWaiting(
	client: PiapiClient,
	clock: RunClock,
	minAgeMs: number,
): Promise<Waiting> {
	const active = await retry(clock, async () => await client.activeTasks());
	const { pendingLumaTasks, stagedLumaTasks } = active;
	const isCounted = pendingLumaTasks !== null && stagedLumaTasks !== null;
	const expected = isCounted ? pendingLumaTasks + stagedLumaTasks : Infinity;
	if (expected === 0) return { rows: [], isIncomplete: false };

	const waiting: HistoryRow[] = [];
	let now: number | undefined;
	for await (const page of historyPages(taskListOf(client, clock), { pageSize: MAX_PAGE_SIZE })) {
		now ??= page.serverTime ?? clock.now();
		waiting.push(...page.rows.filter(({ status }) => status === 'pending' || status === 'staged'));
		if (waiting.length >= expected) break;
	}
	const createdBefore = (now ?? clock.now()) - minAgeMs;
	return {
		rows: waiting.filter((row) => minAgeMs === 0 || isOlder(row, createdBefore)),
		isIncomplete: isCounted && waiting.length < expected,
	};
}

/** A task of unknown age is not cancelled by its age. */
function isOlder({ createdAt }: HistoryRow, than: number): boolean {
	return createdAt !== null && Date.parse(createdAt) < than;
}

/** After an outage nothing more is tried. */
async function cancelEach(
	client: PiapiClient,
	clock: RunClock,
	rows: HistoryRow[],
): Promise<Outcome[]> {
	const limiter = new RateLimiter(MAX_CONCURRENCY, clock);
	let outage: PiapiError | undefined;
	const cancelOne = async (taskId: string) => {
		if (outage || clock.aborted) return outage ?? new PiapiError('stopped');
		const cancelled = retry(clock, async () => await cancelTask(client, clock, taskId));
		const result = await catchPiapiError(cancelled);
		if (result instanceof PiapiError && isRetryable(result)) outage ??= result;
		return result;
	};
	const outcomes = await Promise.all(
		rows.map(async (row) => {
			const result = await limiter.run(async () => await cancelOne(row.taskId));
			return outcomeOf(row, result);
		}),
	);
	if (outage && outcomes.every(({ cancelled }) => !cancelled)) throw outage;
	return outcomes;
}

/** @throws PiapiError when PiAPI does not accept the key: it will do so for no task */
function outcomeOf({ taskId, status }: HistoryRow, result: CancelResult | PiapiError): Outcome {
	if (result instanceof PiapiError) {
		if (result.code === 'wrongKey') throw result;
		const { message, details, remedy } = result;
		const why = { taskId, status, message: `${message}. ${details.providerMessage || remedy}` };
		return { taskId, cancelled: false, why };
	}
	// The answer to an earlier try can have got lost.
	if (result.cancelled || result.status === 'cancelled') return { taskId, cancelled: true };
	return {
		taskId,
		cancelled: false,
		why: { taskId, status: result.status, message: result.message },
	};
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
