import {
	NodeApiError,
	type ILoadOptionsFunctions,
	type INodeListSearchItems,
	type INodeListSearchResult,
} from 'n8n-workflow';

import type { PiapiClient } from '../piapi/client';
import { connect } from '../piapi/connect';
import { catchPiapiError, isRetryable, PiapiError } from '../piapi/errors';
import type { HistoryRow } from '../piapi/history';
import type { TaskStatus } from '../piapi/task';
import { TaskPrompts } from './taskPrompts';
import { scanHistory } from './taskScan';

/** Which tasks a list offers, and its line when there are none. */
interface TaskList {
	statuses?: readonly TaskStatus[];
	whenEmpty: string;
}

type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** The lists of tasks that the editor can ask for, by the name of their method. */
export const taskLists = {
	searchTasks: listSearch({ whenEmpty: 'There are no Luma tasks in this account yet' }),
	searchCompletedTasks: listSearch({
		statuses: ['completed'],
		whenEmpty: 'There is no completed video in this account yet',
	}),
	searchPendingTasks: listSearch({
		statuses: ['pending', 'staged'],
		whenEmpty: 'No task is waiting to start, so there is nothing to cancel',
	}),
};

export type TaskListMethod = keyof typeof taskLists;

/**
 * The account's tasks for the editor, the newest first, as date · status · beginning of the prompt. An
 * empty list has a line that says so. The editor shows the message and the description of a
 * `NodeApiError`, but only the message of any other (read in n8n 1.123, 2.8 and 2.41).
 */
function listSearch(list: TaskList): ListSearch {
	return async function (filter = '', paginationToken = '0') {
		if (!this.getNode().credentials?.piapiApi) throw withoutCredential(this);
		const { baseUrl } = await this.getCredentials('piapiApi');
		const client = await connect(this);
		const search = new TaskSearch(list, client, {
			prompts: new TaskPrompts(client, String(baseUrl)),
			timezone: this.getTimezone(),
		});
		const result = await catchPiapiError(search.run(filter.trim(), Number(paginationToken)));
		if (result instanceof PiapiError) throw listError(this, result);
		return result;
	};
}

const FULL_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Shown = Pick<HistoryRow, 'taskId' | 'status' | 'createdAt'>;

class TaskSearch {
	constructor(
		private readonly list: TaskList,
		private readonly client: PiapiClient,
		private readonly details: { prompts: TaskPrompts; timezone: string },
	) {}

	async run(filter: string, start: number): Promise<INodeListSearchResult> {
		if (FULL_ID.test(filter)) return { results: [await this.byId(filter)] };
		const { found, next } = await scanHistory(this.client, {
			start,
			isCandidate: ({ status }) => isWanted(this.list, status),
			prepare: async (rows) => await this.details.prompts.load(rows.map(({ taskId }) => taskId)),
			matches: (row) => this.textOf(row).includes(filter.toLowerCase()),
		});
		return {
			results:
				found.length > 0 ? found.map((row) => this.item(row)) : this.noResults(filter, start, next),
			...(next !== undefined && { paginationToken: String(next) }),
		};
	}

	/** A task that is too old for the list can be found by its whole ID. */
	private async byId(taskId: string): Promise<INodeListSearchItems> {
		const task = await catchPiapiError(this.client.readTask(taskId));
		if (task instanceof PiapiError && task.code === 'unknownTask') return note(task.message);
		if (task instanceof PiapiError) throw task;
		this.details.prompts.keep(taskId, task.prompt);
		return isWanted(this.list, task.status)
			? this.item(task)
			: note(`This task cannot be chosen here: its status is “${task.status}”`);
	}

	/** n8n has a line of its own for a search without results; it loads more of one only below results. */
	private noResults(filter: string, start: number, next?: number): INodeListSearchItems[] {
		if (filter === '') return next === undefined && start === 0 ? [note(this.list.whenEmpty)] : [];
		return next === undefined
			? []
			: [note('Not among the latest tasks: search for the whole task ID')];
	}

	private item(row: Shown): INodeListSearchItems {
		return { name: this.label(row), value: row.taskId };
	}

	private label({ taskId, status, createdAt }: Shown): string {
		const prompt = shortened(this.details.prompts.of(taskId));
		const date = createdAt && dateIn(this.details.timezone, createdAt);
		return [date, status, prompt].filter(Boolean).join(' · ') || taskId;
	}

	/** What a search text is looked for in. */
	private textOf(row: Shown): string {
		const prompt = this.details.prompts.of(row.taskId);
		return [this.label(row), prompt, row.taskId].join('\n').toLowerCase();
	}
}

function isWanted({ statuses }: TaskList, status: TaskStatus | null): boolean {
	return !statuses || (status !== null && statuses.includes(status));
}

/** A line of the list that names no task; choosing it leaves the field empty, which n8n marks. */
function note(name: string): INodeListSearchItems {
	return { name, value: '' };
}

const SHOWN_CHARACTERS = 60;

function shortened(prompt: string): string {
	const line = prompt.replace(/\s+/g, ' ').trim();
	return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS).trimEnd()}…` : line;
}

/** Such as 2026-01-31 12:00: the Swedish way to write it sorts, and is read the same everywhere. */
function dateIn(timeZone: string, date: string): string {
	const format = new Intl.DateTimeFormat('sv-SE', {
		dateStyle: 'short',
		timeStyle: 'short',
		timeZone,
	});
	return format.format(new Date(date));
}

function withoutCredential(context: ILoadOptionsFunctions): NodeApiError {
	const message = 'No PiAPI credential is chosen';
	const description =
		'The list shows the tasks of your PiAPI account. Choose a credential in this node, then open the list again.';
	return new NodeApiError(context.getNode(), { message }, { message, description });
}

function listError(context: ILoadOptionsFunctions, error: PiapiError): NodeApiError {
	const { message, remedy, code } = error;
	const { providerMessage, httpStatus } = error.details;
	const canWait = isRetryable(error) && code !== 'unreachable';
	const whatToDo = canWait
		? 'Open the list again in a minute, or choose By ID and enter the task ID.'
		: remedy;
	const description = [providerMessage && `It says: “${providerMessage}”.`, whatToDo]
		.filter(Boolean)
		.join(' ');
	return new NodeApiError(
		context.getNode(),
		{ message },
		{
			message,
			description,
			// With 401 and 403 the editor offers to open the credential.
			httpCode: httpStatus === undefined ? undefined : String(httpStatus),
		},
	);
}
