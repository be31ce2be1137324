import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { PiapiClient } from '../../piapi/client';
import type { HistoryRow } from '../../piapi/history';
import { answering } from '../answering';
import { choice, mistake, numberOption, textOfParameter } from '../checks';
import type { Operation } from '../operation';

const STATUSES = [
	'any',
	'cancelled',
	'completed',
	'failed',
	'pending',
	'processing',
	'staged',
] as const;

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
		typeOptions: { minValue: 1 },
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
];

interface Search {
	/** Tasks to bring at the most. */
	limit: number;
	status: (typeof STATUSES)[number];
	/** Milliseconds since 1970, as is the next one. */
	startTime?: number;
	endTime?: number;
}

export const getMany: Operation = {
	fields,
	execute: answering((context, itemIndex) => {
		const search = searchOf(context, itemIndex);
		return async (client) => await findTasks(client, search);
	}),
};

const LARGEST_PAGE = 100;

/** Reads page after page until there are enough tasks, or no more. */
async function findTasks(client: PiapiClient, search: Search): Promise<IDataObject[]> {
	const { limit, startTime, endTime } = search;
	// PiAPI cannot look for a status, so a search for one reads full pages.
	const pageSize = search.status === 'any' ? Math.min(limit, LARGEST_PAGE) : LARGEST_PAGE;
	const found: IDataObject[] = [];
	for (let page = 1; ; page++) {
		const { rows, hasMore } = await client.listTasks({ page, pageSize, startTime, endTime });
		found.push(...rows.filter((row) => fits(row, search)).map((row) => ({ ...row })));
		if (found.length >= limit || !hasMore) return found.slice(0, limit);
	}
}

// PiAPI's own filter knows whole seconds only.
function fits({ status, createdAt }: HistoryRow, search: Search): boolean {
	if (search.status !== 'any' && status !== search.status) return false;
	const madeAt = createdAt === null ? undefined : Date.parse(createdAt);
	if (madeAt === undefined) return true;
	return madeAt >= (search.startTime ?? -Infinity) && madeAt <= (search.endTime ?? Infinity);
}

function searchOf(context: IExecuteFunctions, itemIndex: number): Search {
	const returnAll = context.getNodeParameter('returnAll', itemIndex, false) === true;
	const search: Search = {
		limit: returnAll ? Infinity : limitParameter(context, itemIndex),
		status: choice(context, itemIndex, {
			label: 'Status',
			value: context.getNodeParameter('status', itemIndex, 'any'),
			values: STATUSES,
		}),
		startTime: timeParameter(context, itemIndex, 'createdAfter', 'Created After'),
		endTime: timeParameter(context, itemIndex, 'createdBefore', 'Created Before'),
	};
	if ((search.startTime ?? -Infinity) <= (search.endTime ?? Infinity)) return search;
	throw mistake(
		context,
		itemIndex,
		'Created After lies after Created Before',
		'Swap the two times, or empty one of them.',
	);
}

function limitParameter(context: IExecuteFunctions, itemIndex: number): number {
	const value = context.getNodeParameter('limit', itemIndex, 50);
	const remedy = 'Enter how many tasks you want, or switch Return All on.';
	return Math.floor(numberOption(context, itemIndex, { label: 'Limit', value, min: 1, remedy }));
}

function timeParameter(
	context: IExecuteFunctions,
	itemIndex: number,
	name: string,
	label: string,
): number | undefined {
	const value = context.getNodeParameter(name, itemIndex, '') as unknown;
	// An expression such as {{ $now }} brings a Luxon date, which writes itself as ISO 8601.
	const text = typeof value === 'object' && value !== null ? String(value) : textOfParameter(value);
	if (text === '') return undefined;
	const time = Date.parse(text);
	if (!Number.isNaN(time)) return time;
	throw mistake(
		context,
		itemIndex,
		`${label} is not a time: “${text}”`,
		'Choose a time, or enter one such as 2026-01-31T12:00:00Z.',
	);
}
