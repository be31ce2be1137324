import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { historyPages, taskListOf } from '../../jobs/historyPages';
import { pick, type OutputFormat } from '../../jobs/output';
import type { RunClock } from '../../runtime/clock';
import type { PiapiClient } from '../../piapi/client';
import { MAX_PAGE_SIZE, type HistoryRow } from '../../piapi/history';
import { outputFormat, outputFormatFields } from '../fields';
import { perItem } from '../perItem';
import { choice, validationError, numberOption, switchOption } from '../validation';
import type { Operation } from '../operation';
import { timeParameter } from '../timeParameter';

const STATUSES = [
	'any',
	'cancelled',
	'completed',
	'failed',
	'pending',
	'processing',
	'staged',
] as const;

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

const fields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: LARGEST_LIMIT },
		default: 50,
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
	{
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
	},
	{
		displayName: 'Created After',
		name: 'createdAfter',
		type: 'dateTime',
		default: '',
		description: 'Only tasks made at or after this time. Empty means from the beginning.',
	},
	{
		displayName: 'Created Before',
		name: 'createdBefore',
		type: 'dateTime',
		default: '',
		description: 'Only tasks made at or before this time. Empty means until now.',
	},
	...outputFormatFields(ROW_FIELD_NAMES, ['status', 'createdAt']),
];

/** A task of the list as an output item; PiAPI's list has no links. */
function rowOutput({ raw, ...row }: HistoryRow, format: OutputFormat<RowField>): IDataObject {
	const { taskId, status } = row;
	if (format.type === 'raw') return { taskId, status, task: raw as IDataObject };
	return format.type === 'selected' ? { taskId, ...pick(row, format.fields) } : row;
}

interface Search {
	/** Maximum number of tasks. */
	limit: number;
	status: (typeof STATUSES)[number];
	/** Milliseconds since 1970, as is the next one. */
	startTime?: number;
	endTime?: number;
}

export const getMany: Operation = {
	fields,
	execute: perItem((context, itemIndex) => {
		const search = searchOf(context, itemIndex);
		const format = outputFormat(context, itemIndex, ROW_FIELDS);
		return async (client, clock) => {
			const rows = await findTasks(client, clock, search);
			return rows.map((row) => rowOutput(row, format));
		};
	}),
};

/** Reads page after page until there are enough tasks, or no more. */
async function findTasks(
	client: PiapiClient,
	clock: RunClock,
	search: Search,
): Promise<HistoryRow[]> {
	const { limit, startTime, endTime } = search;
	// PiAPI cannot filter by status, so the node reads full pages.
	const pageSize = search.status === 'any' ? Math.min(limit, MAX_PAGE_SIZE) : MAX_PAGE_SIZE;
	const found: HistoryRow[] = [];
	for await (const { rows } of historyPages(taskListOf(client, clock), {
		pageSize,
		startTime,
		endTime,
	})) {
		found.push(...rows.filter((row) => fits(row, search)));
		if (found.length >= limit) break;
	}
	return found.slice(0, limit);
}

// PiAPI's own filter knows whole seconds only.
function fits({ status, createdAt }: HistoryRow, search: Search): boolean {
	if (search.status !== 'any' && status !== search.status) return false;
	const madeAt = createdAt === null ? undefined : Date.parse(createdAt);
	if (madeAt === undefined) return true;
	return madeAt >= (search.startTime ?? -Infinity) && madeAt <= (search.endTime ?? Infinity);
}

function searchOf(context: IExecuteFunctions, itemIndex: number): Search {
	const all = context.getNodeParameter('returnAll', itemIndex, false);
	const returnAll = switchOption(context, itemIndex, 'Return All', all);
	const search: Search = {
		limit: returnAll ? Infinity : limitParameter(context, itemIndex),
		status: choice(context, itemIndex, {
			label: 'Status',
			value: context.getNodeParameter('status', itemIndex, 'any'),
			values: STATUSES,
		}),
		startTime: timeOf(context, itemIndex, 'createdAfter', 'Created After'),
		endTime: timeOf(context, itemIndex, 'createdBefore', 'Created Before'),
	};
	if ((search.startTime ?? -Infinity) <= (search.endTime ?? Infinity)) return search;
	throw validationError(
		context,
		itemIndex,
		"'Created After' lies after 'Created Before'",
		'Swap the two times, or empty one of them.',
	);
}

function limitParameter(context: IExecuteFunctions, itemIndex: number): number {
	const value = context.getNodeParameter('limit', itemIndex, 50);
	const remedy = "Enter how many tasks you want, or switch 'Return All' on.";
	const range = { min: 1, max: LARGEST_LIMIT };
	return Math.floor(numberOption(context, itemIndex, { label: 'Limit', value, ...range, remedy }));
}

function timeOf(
	context: IExecuteFunctions,
	itemIndex: number,
	name: string,
	label: string,
): number | undefined {
	return timeParameter(context, itemIndex, { name, label })?.toMillis();
}
