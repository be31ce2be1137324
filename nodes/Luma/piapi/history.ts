import { isRecord, numberOf, recordOf, textOf } from './json';
import { POINTS_PER_USD, readDate, knownStatus, type TaskStatus } from './task';

/** Which tasks of the account to list. */
export interface HistoryQuery {
	/** From 1. */
	page: number;
	/** 1 to 100. */
	pageSize: number;
	/** Only tasks made at or after this time; milliseconds since 1970 on PiAPI's clock. */
	startTime?: number;
	/** Only tasks made at or before this time; milliseconds since 1970 on PiAPI's clock. */
	endTime?: number;
}

/** A task as PiAPI's task list shows it: without prompt and video. What is unknown is `null`. */
export interface HistoryRow {
	taskId: string;
	status: TaskStatus | null;
	/** What was requested, such as `video_generation`. */
	action: string | null;
	serviceMode: string | null;
	/** US dollars. */
	costUsd: number | null;
	/** ISO 8601 in UTC, as is the next one. */
	createdAt: string | null;
	updatedAt: string | null;
}

export interface HistoryPage {
	/** The newest first, as PiAPI lists them; rows without a task id are left out. */
	rows: HistoryRow[];
	/** Whether there may be a further page. */
	hasMore: boolean;
	/** How many tasks the query has in all; null when PiAPI does not say. */
	total: number | null;
}

/**
 * Reads the `data` of PiAPI's task list.
 *
 * @returns undefined when it is no list
 */
export function readHistory(
	data: unknown,
	{ page, pageSize }: HistoryQuery,
): HistoryPage | undefined {
	const list = isRecord(data) ? (data.data ?? []) : data;
	if (!Array.isArray(list)) return undefined;
	const total = numberOf(recordOf(data).total);
	const known = total !== null && total >= list.length;
	return {
		rows: list.map(readRow).filter((row) => row !== undefined),
		hasMore: list.length > 0 && (known ? page * pageSize < total : list.length >= pageSize),
		total,
	};
}

/** PiAPI's pages disagree on the case of the names (`task_id`, `taskId`): both are read. */
function readRow(value: unknown): HistoryRow | undefined {
	const row = recordOf(value);
	const taskId = textOf(row.task_id) ?? textOf(row.taskId);
	if (taskId === null) return undefined;
	return {
		taskId,
		status: knownStatus(row.status),
		action: textOf(row.action) ?? textOf(row.task_type) ?? textOf(row.taskType),
		serviceMode: textOf(row.service_mode) ?? textOf(row.serviceMode),
		costUsd: readUsage(row.usage),
		createdAt: readDate(row.created_at ?? row.createdAt),
		updatedAt: readDate(row.updated_at ?? row.updatedAt),
	};
}

/** Points as a number, or written as in a task. */
function readUsage(usage: unknown): number | null {
	const { consume, frozen } = recordOf(usage);
	const points = numberOf(usage) ?? (numberOf(consume) || numberOf(frozen));
	return points === null ? null : points / POINTS_PER_USD;
}
