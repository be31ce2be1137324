import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import { showHints, type Hint } from '../../jobs/hints';
import { pick, taskOutput, type OutputFormat } from '../../jobs/output';
import type { PiapiClient } from '../../piapi/client';
import { PiapiError } from '../../piapi/errors';
import { isoOf } from '../../piapi/json';
import type { Task, TaskStatus } from '../../piapi/task';
import { MAX_PAGE_SIZE, type TaskRow } from '../../piapi/taskList';
import { outputFormat, outputFormatFields } from '../fields';
import type { Operation } from '../operation';
import type { Parameters } from '../parameters';
import { perItem } from '../perItem';

const LARGEST_LIMIT = 10_000;
/** Each takes a request, and PiAPI allows few of them a minute. */
const MAX_DETAILS = 50;

/** What only the task itself says. */
const DETAIL_NAMES = {
	videoUrl: 'Video URL',
	thumbnailUrl: 'Thumbnail URL',
	prompt: 'Prompt',
};

/** What PiAPI's list says. */
const LISTED_NAMES = {
	action: 'Action',
	serviceMode: 'Service Mode',
	costUsd: 'Cost (USD)',
	createdAt: 'Created At',
	updatedAt: 'Updated At',
};

const ROW_FIELD_NAMES = { status: 'Status', ...DETAIL_NAMES, ...LISTED_NAMES };

type RowField = keyof typeof ROW_FIELD_NAMES;

const ROW_FIELDS = Object.keys(ROW_FIELD_NAMES) as RowField[];
const ROW_FIELDS_WITHOUT_DETAILS = ROW_FIELDS.filter((field) => !isDetail(field));

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

const includeDetailsField: INodeProperties = {
	displayName: 'Include Details',
	name: 'includeDetails',
	type: 'boolean',
	default: false,
	displayOptions: { hide: { output: ['selected'] } },
	description: `Whether to read each task as well, so that its prompt and the links to its video and thumbnail are in the output. This takes one request for each task, which is free, and is done for the first ${MAX_DETAILS} tasks.`,
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
		includeDetailsField,
		...outputFormatFields(ROW_FIELD_NAMES, ['status', 'createdAt']),
	],
	execute,
};

async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const hints: Hint[] = [];
	const list = perItem((parameters) => {
		const search = searchOf(parameters);
		const format = outputFormat(parameters, ROW_FIELDS);
		const isDetailed =
			format.type === 'selected'
				? format.fields.some(isDetail)
				: parameters.switch(includeDetailsField);
		return async (piapi) => {
			const rows = await findTasks(piapi, search);
			if (!isDetailed) return rows.map((row) => rowOutput(row, format));
			if (rows.length > MAX_DETAILS) {
				hints.push({ text: ONLY_FIRST, itemIndex: parameters.itemIndex });
			}
			const tasks = await Promise.all(
				rows
					.slice(0, MAX_DETAILS)
					.map(async ({ taskId }) => await piapi.task(taskId).catch(nullIfDeleted)),
			);
			return rows.map((row, index) => rowOutput(row, format, tasks[index] ?? null));
		};
	});
	const items = await list(context);
	showHints(context, hints);
	return items;
}

const ONLY_FIRST = `Only the first ${MAX_DETAILS} tasks have their prompt and links. For others, narrow the list down with 'Created After' and 'Created Before', or use Task → Get behind this node.`;

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

/** PiAPI deletes what was made after a while, and can list it nevertheless. */
function nullIfDeleted(error: unknown): null {
	if (error instanceof PiapiError && error.code === 'unknownTask') return null;
	throw error;
}

function isDetail(field: RowField): boolean {
	return Object.hasOwn(DETAIL_NAMES, field);
}

/**
 * A task of the list as an output item.
 *
 * @param task what PiAPI says of the task itself; null when it was not read, absent when nobody asked for it
 */
function rowOutput(row: TaskRow, format: OutputFormat<RowField>, task?: Task | null): IDataObject {
	const { taskId, status, action, serviceMode, costUsd } = row;
	if (format.type === 'raw') {
		return task ? taskOutput(task, format) : { taskId, status, task: row.raw as IDataObject };
	}
	const values = {
		status,
		videoUrl: task?.videoUrl ?? null,
		thumbnailUrl: task?.thumbnailUrl ?? null,
		prompt: task?.prompt ?? null,
		action,
		serviceMode,
		costUsd,
		createdAt: isoOf(row.createdAt),
		updatedAt: isoOf(row.updatedAt),
	};
	const shown = task === undefined ? ROW_FIELDS_WITHOUT_DETAILS : ROW_FIELDS;
	return { taskId, ...pick(values, format.type === 'selected' ? format.fields : shown) };
}
