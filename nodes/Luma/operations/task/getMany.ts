import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { pick, type OutputFormat } from '../../jobs/output';
import type { PiapiClient } from '../../piapi/client';
import { isoOf } from '../../piapi/json';
import type { TaskStatus } from '../../piapi/task';
import { MAX_PAGE_SIZE, type TaskRow } from '../../piapi/taskList';
import { outputFormat, outputFormatFields } from '../fields';
import type { Operation } from '../operation';
import type { Parameters } from '../parameters';
import { perItem } from '../perItem';

const LARGEST_LIMIT = 10_000;
const ROW_FIELD_NAMES = {
	status: 'Status',
	action: 'Action',
	serviceMode: 'Service Mode',
	costUsd: 'Cost (USD)',
	createdAt: 'Created At',
	updatedAt: 'Updated At',
};

type RowField = keyof typeof ROW_FIELD_NAMES;

const ROW_FIELDS = Object.keys(ROW_FIELD_NAMES) as RowField[];

const returnAllField: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

const limitField: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: LARGEST_LIMIT },
	default: 50,
	displayOptions: { show: { returnAll: [false] } },
	description: 'Max number of results to return',
};

const statusField: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'options',
	options: [
		{ name: 'Any', value: 'any' },
		{ name: 'Cancelled', value: 'cancelled' },
		{ name: 'Completed', value: 'completed' },
		{ name: 'Failed', value: 'failed' },
		{ name: 'Pending', value: 'pending', description: 'Queued at PiAPI' },
		{ name: 'Processing', value: 'processing', description: 'Luma is making the video' },
		{ name: 'Staged', value: 'staged', description: 'Waits for a free place in your account' },
	],
	default: 'any',
	description: 'Which tasks to list, by how far they are',
};

const createdAfterField: INodeProperties = {
	displayName: 'Created After',
	name: 'createdAfter',
	type: 'dateTime',
	default: '',
	description: 'Only tasks made at or after this time. Empty means from the beginning.',
};

const createdBeforeField: INodeProperties = {
	displayName: 'Created Before',
	name: 'createdBefore',
	type: 'dateTime',
	default: '',
	description: 'Only tasks made at or before this time. Empty means until now.',
};

interface Search {
	/** Maximum number of tasks. */
	limit: number;
	status: TaskStatus | 'any';
	/** Milliseconds since 1970, as is the next one. */
	since?: number;
	until?: number;
}

export const getMany: Operation = {
	fields: [
		returnAllField,
		limitField,
		statusField,
		createdAfterField,
		createdBeforeField,
		...outputFormatFields(ROW_FIELD_NAMES, ['status', 'createdAt']),
	],
	execute: perItem((parameters) => {
		const search = searchOf(parameters);
		const format = outputFormat(parameters, ROW_FIELDS);
		return async (piapi) => {
			const rows = await findTasks(piapi, search);
			return rows.map((row) => rowOutput(row, format));
		};
	}),
};

function searchOf(parameters: Parameters): Search {
	const isAll = parameters.switch(returnAllField);
	const limit = isAll ? Infinity : Math.floor(parameters.number(limitField));
	const status = parameters.choice<Search['status']>(statusField);
	const since = parameters.time(createdAfterField)?.toMillis();
	const until = parameters.time(createdBeforeField)?.toMillis();
	if ((since ?? -Infinity) <= (until ?? Infinity)) return { limit, status, since, until };
	throw parameters.error(
		"'Created After' lies after 'Created Before'",
		'Swap the two times, or empty one of them.',
	);
}

/** Goes through the task list until there are enough tasks, or no more. */
async function findTasks(
	piapi: PiapiClient,
	{ limit, status, since, until }: Search,
): Promise<TaskRow[]> {
	// PiAPI cannot filter by status, so the node reads full pages.
	const pageSize = status === 'any' ? Math.min(limit, MAX_PAGE_SIZE) : MAX_PAGE_SIZE;
	const found: TaskRow[] = [];
	for await (const row of piapi.tasks({ since, until, pageSize })) {
		if (status === 'any' || row.status === status) found.push(row);
		if (found.length >= limit) break;
	}
	return found;
}

/** A task of the list as an output item; PiAPI's list has no links. */
function rowOutput(row: TaskRow, format: OutputFormat<RowField>): IDataObject {
	const { taskId, status, action, serviceMode, costUsd } = row;
	if (format.type === 'raw') return { taskId, status, task: row.raw as IDataObject };
	const createdAt = isoOf(row.createdAt);
	const updatedAt = isoOf(row.updatedAt);
	const values = { status, action, serviceMode, costUsd, createdAt, updatedAt };
	const fields = format.type === 'selected' ? format.fields : ROW_FIELDS;
	return { taskId, ...pick(values, fields) };
}
