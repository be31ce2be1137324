import {
	type NodeApiError,
	type ILoadOptionsFunctions,
	type INodeListSearchItems,
	type INodeListSearchResult,
	type INodeProperties,
} from 'n8n-workflow';

import { shortened } from '../messages/items';
import { connect, type PiapiClient } from '../piapi/client';
import type { CallOptions } from '../piapi/http';
import { credentialOf } from '../piapi/credential';
import { isRetryable, PiapiError } from '../piapi/errors';
import { nodeErrorOf } from '../piapi/nodeError';
import type { TaskStatus } from '../piapi/task';
import { MAX_PAGE_SIZE, type TaskRow } from '../piapi/taskList';
import { RunClock, systemClock } from '../runtime/clock';
import { processMemory } from '../runtime/memory';

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

/**
 * A field that names one task: that of the incoming item, unless another one is chosen from a list of the
 * account's tasks or by its ID. PiAPI has no page for a task, so there is no URL.
 */
export function taskLocator(
	listMethod: keyof typeof taskLists,
	own: Partial<INodeProperties> & { description: string },
): INodeProperties {
	return {
		displayName: 'Task ID',
		name: 'taskId',
		type: 'resourceLocator',
		default: { mode: 'id', value: '={{ $json.taskId }}' },
		required: true,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose a task...',
				typeOptions: { searchListMethod: listMethod, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d',
			},
		],
		...own,
	};
}

/**
 * The account's tasks for the editor, the newest first, as date · status · beginning of the prompt. An
 * empty list has a line that says so. The editor shows the message and the description of a
 * `NodeApiError`, but only the message of any other (read in n8n 1.123, 2.8 and 2.41).
 */
function listSearch(list: TaskList): ListSearch {
	return async function (filter = '', paginationToken = '0') {
		if (!this.getNode().credentials?.piapiApi)
			throw nodeErrorOf(this.getNode(), new PiapiError('noCredential'));
		const piapi = await connect(this, new RunClock(systemClock));
		const reading = new RunClock(systemClock);
		const { baseUrl } = await credentialOf(this);
		const search = new TaskSearch(list, piapi, {
			prompts: new TaskPrompts(await connect(this, reading), reading, baseUrl),
			timezone: this.getTimezone(),
		});
		try {
			return await search.run(filter.trim(), Number(paginationToken));
		} catch (error) {
			throw error instanceof PiapiError ? listError(this, error) : error;
		}
	};
}

/** Somebody waits for the list, and can open it again. */
const LIST_CALL: CallOptions = { once: true, timeoutMs: 10_000 };
const PROMPT_CALL: CallOptions = { once: true, timeoutMs: 4_000 };

/** Pages that one search reads at most. */
const MAX_PAGES = 5;
/** Tasks that the editor gets at a time. The prompt of each takes a request, so they are few. */
const RESULTS = 10;
/** Tasks whose prompts one search reads. */
const MAX_EXAMINED = 50;

const FULL_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Shown = Pick<TaskRow, 'taskId' | 'status' | 'createdAt'>;

interface Found {
	rows: TaskRow[];
	/** How many of the newest tasks the next search skips; absent at the end of the list. */
	next?: number;
}

class TaskSearch {
	constructor(
		private readonly list: TaskList,
		private readonly piapi: PiapiClient,
		private readonly details: { prompts: TaskPrompts; timezone: string },
	) {}

	/** @param start how many of the newest tasks are skipped: where the search before this one ended */
	async run(filter: string, start: number): Promise<INodeListSearchResult> {
		if (FULL_ID.test(filter)) return { results: [await this.byId(filter)] };
		const { rows, next } = await this.find(filter.toLowerCase(), start);
		const results = rows.map((row) => this.item(row, this.isOneOfSeveral(row, rows)));
		return {
			results: results.length > 0 ? results : this.noResults(filter, start, next),
			...(next !== undefined && { paginationToken: String(next) }),
		};
	}

	/** A task that is too old for the list can be found by its whole ID. */
	private async byId(taskId: string): Promise<INodeListSearchItems> {
		try {
			const task = await this.piapi.task(taskId, { once: true });
			this.details.prompts.keep(taskId, task.prompt);
			return this.isWanted(task.status)
				? this.item(task)
				: note(`This task cannot be chosen here: its status is “${task.status}”`);
		} catch (error) {
			rethrowUnless('unknownTask', error);
			return note(error.message);
		}
	}

	/** Goes through the list, the newest task first, until there is enough to show. */
	private async find(text: string, start: number): Promise<Found> {
		const found: TaskRow[] = [];
		let candidates: TaskRow[] = [];
		let examined = 0;
		const examine = async () => {
			found.push(...(await this.matching(text, candidates)));
			examined += candidates.length;
			candidates = [];
			return found.length >= RESULTS || examined >= MAX_EXAMINED;
		};
		const query = { from: start, pageSize: MAX_PAGE_SIZE, maxPages: MAX_PAGES };
		try {
			for await (const row of this.piapi.tasks(query, LIST_CALL)) {
				const isEnough = candidates.length === RESULTS && (await examine());
				if (isEnough) return { rows: found, next: row.position };
				if (this.isWanted(row.status)) candidates.push(row);
			}
			await examine();
			return { rows: found };
		} catch (error) {
			rethrowUnless('tooManyTasks', error);
			await examine();
			return { rows: found, next: (Math.floor(start / MAX_PAGE_SIZE) + MAX_PAGES) * MAX_PAGE_SIZE };
		}
	}

	private async matching(text: string, rows: TaskRow[]): Promise<TaskRow[]> {
		await this.details.prompts.load(rows.map(({ taskId }) => taskId));
		return rows.filter((row) => this.textOf(row).includes(text));
	}

	private isWanted(status: TaskStatus | null): boolean {
		const { statuses } = this.list;
		return !statuses || (status !== null && statuses.includes(status));
	}

	/** n8n has a line of its own for a search without results; it loads more of one only below results. */
	private noResults(filter: string, start: number, next?: number): INodeListSearchItems[] {
		if (filter === '') return next === undefined && start === 0 ? [note(this.list.whenEmpty)] : [];
		return next === undefined
			? []
			: [note('Not among the latest tasks: search for the whole task ID')];
	}

	/** Several videos of one item have the same prompt, and come at the same time. */
	private isOneOfSeveral({ taskId }: Shown, rows: Shown[]): boolean {
		const { prompts } = this.details;
		const prompt = prompts.get(taskId);
		if (prompt === '') return false;
		return rows.some((row) => row.taskId !== taskId && prompts.get(row.taskId) === prompt);
	}

	private item(row: Shown, isOneOfSeveral = false): INodeListSearchItems {
		return { name: this.label(row, isOneOfSeveral), value: row.taskId };
	}

	private label({ taskId, status, createdAt }: Shown, isOneOfSeveral = false): string {
		const prompt = shortened(this.details.prompts.get(taskId).replace(/\s+/g, ' ').trim());
		const date = createdAt === null ? null : dateIn(this.details.timezone, createdAt);
		const ending = isOneOfSeveral && `…${taskId.slice(-ENDING)}`;
		return [date, status, ending, prompt].filter(Boolean).join(' · ') || taskId;
	}

	/** What a search text is looked for in. */
	private textOf(row: Shown): string {
		const prompt = this.details.prompts.get(row.taskId);
		return [this.label(row), prompt, row.taskId].join('\n').toLowerCase();
	}
}

/** The prompts of listed tasks. PiAPI's task list has none, so each takes a read of its task. */
class TaskPrompts {
	private readonly known = processMemory<string>('taskPrompts');

	/** @param clock ends the reads, and nothing else */
	constructor(
		private readonly piapi: PiapiClient,
		private readonly clock: RunClock,
		private readonly baseUrl: string,
	) {}

	/** Empty for a task without a prompt, and for one that was not read. */
	get(taskId: string): string {
		return this.known.get(this.keyOf(taskId)) ?? '';
	}

	keep(taskId: string, prompt: string | null): void {
		this.known.set(this.keyOf(taskId), prompt ?? '');
	}

	/** Reads what is not known yet. A list without prompts is of use, too: after a read that failed no other is sent. */
	async load(taskIds: string[]): Promise<void> {
		const unknown = taskIds.filter((taskId) => this.known.get(this.keyOf(taskId)) === undefined);
		const read = async (taskId: string) => {
			try {
				this.keep(taskId, (await this.piapi.task(taskId, PROMPT_CALL)).prompt);
			} catch (error) {
				if (!isOf('unknownTask', error)) this.clock.abort();
			}
		};
		await Promise.all(unknown.map(read));
	}

	private keyOf(taskId: string): string {
		return `${this.baseUrl} ${taskId}`;
	}
}

function isOf(code: PiapiError['code'], error: unknown): error is PiapiError {
	return error instanceof PiapiError && error.code === code;
}

function rethrowUnless(code: PiapiError['code'], error: unknown): asserts error is PiapiError {
	if (!isOf(code, error)) throw error;
}

/** A line of the list that names no task; choosing it leaves the field empty, which n8n marks. */
function note(name: string): INodeListSearchItems {
	return { name, value: '' };
}

/** Characters of an ID that tell tasks apart. */
const ENDING = 4;

/** Such as 2026-01-31 12:00: the Swedish way to write it sorts, and is read the same everywhere. */
function dateIn(timeZone: string, at: number): string {
	const format = new Intl.DateTimeFormat('sv-SE', {
		dateStyle: 'short',
		timeStyle: 'short',
		timeZone,
	});
	return format.format(at);
}

/** Without what only a technician needs: the editor has little room for it. */
function listError(context: ILoadOptionsFunctions, error: PiapiError): NodeApiError {
	const { providerMessage, httpStatus } = error.details;
	const canWait = isRetryable(error) && error.code !== 'unreachable';
	const remedy = canWait
		? 'Open the list again in a minute, or choose By ID and enter the task ID.'
		: error.remedy;
	const shown = new PiapiError(error.code, { providerMessage, httpStatus, remedy });
	return nodeErrorOf(context.getNode(), shown);
}
