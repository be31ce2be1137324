import { timeIn } from './dates';
import { isRecord, numberOf, recordOf, textOf, type JsonRecord } from './json';
import {
	isUnchargedStatus,
	knownStatus,
	POINTS_PER_USD,
	readCost,
	readDate,
	type TaskStatus,
} from './task';

/** PiAPI's largest page of the task list. */
export const MAX_PAGE_SIZE = 100;

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
	/** US dollars: charged once the task ended, reserved before; 0 when it ended without a video. */
	costUsd: number | null;
	/** ISO 8601 in UTC, as is the next one. */
	createdAt: string | null;
	updatedAt: string | null;
	/** PiAPI's own row. */
	raw: JsonRecord;
}

export interface HistoryPage {
	/** The newest first, as PiAPI lists them; rows without a task id or of other models are left out. */
	rows: HistoryRow[];
	/** Whether there may be a further page. */
	hasMore: boolean;
	/** How many tasks the query has in all; null when PiAPI does not say. */
	total: number | null;
	/** When PiAPI answered, on its own clock; milliseconds since 1970. Null when it does not say. */
	serverTime: number | null;
}

/**
 * Reads the `data` of PiAPI's task list.
 *
 * @param date the answer's Date header
 * @returns undefined when it is no list
 */
export function readHistory(
	data: unknown,
	{ page, pageSize }: HistoryQuery,
	date?: unknown,
): HistoryPage | undefined {
	const list = isRecord(data) ? (data.data ?? []) : data;
	if (!Array.isArray(list)) return undefined;
	const total = numberOf(recordOf(data).total);
	const known = total !== null && total >= list.length;
	return {
		rows: list.map(readRow).filter((row) => row !== undefined),
		hasMore: list.length > 0 && (known ? page * pageSize < total : list.length >= pageSize),
		total,
		serverTime: timeIn(date),
	};
}

/** PiAPI's pages disagree on the case of the names (`task_id`, `taskId`): both are read. */
function readRow(value: unknown): HistoryRow | undefined {
	const row = recordOf(value);
	const taskId = textOf(row.task_id) ?? textOf(row.taskId);
	const model = textOf(row.task_model) ?? textOf(row.taskModel) ?? 'luma';
	if (taskId === null || model.trim().toLowerCase() !== 'luma') return undefined;
	const status = knownStatus(row.status);
	return {
		taskId,
		status,
		action: textOf(row.action) ?? textOf(row.task_type) ?? textOf(row.taskType),
		serviceMode: textOf(row.service_mode) ?? textOf(row.serviceMode),
		costUsd: readUsage(row.usage, status),
		createdAt: readDate(row.created_at ?? row.createdAt),
		updatedAt: readDate(row.updated_at ?? row.updatedAt),
		raw: row,
	};
}

/** Points as a number, or written as in a task. */
function readUsage(usage: unknown, status: TaskStatus | null): number | null {
	const points = numberOf(usage);
	if (points === null) return readCost(recordOf(usage), status);
	return isUnchargedStatus(status) ? 0 : points / POINTS_PER_USD;
}
