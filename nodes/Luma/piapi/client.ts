import { readAccount, readActiveTasks, type Account, type ActiveTasks } from './account';
import { webAddress } from './addresses';
import { classifyFailure } from './classifyError';
import { refusalIn, safeMessage } from './envelope';
import { catchPiapiError, PiapiError } from './errors';
import { checkUploadAddress, uploadError, type UploadFile } from './files';
import { readHistory, type HistoryPage, type HistoryQuery } from './history';
import { recordOf, textOf, type JsonRecord } from './json';
import { Redactor } from './redact';
import { readFailure, readStatus, readTask, type Task } from './task';
import type { PiapiResponse, PiapiRequest, Transport } from './transport';

/** The body of `POST /api/v1/task` (PiAPI, "Create Task"). */
export interface CreateTaskBody {
	model: 'luma';
	task_type: 'video_generation' | 'extend_video';
	input: JsonRecord;
	config?: JsonRecord;
}

// A create gets more time: after a timeout it is unknown whether a task was created and paid.
export const CREATE_TIMEOUT_MS = 60_000;
const READ_TIMEOUT_MS = 20_000;
const UPLOAD_TIMEOUT_MS = 120_000;
const MIN_TIMEOUT_MS = 1_000;

/** PiAPI's calls, by name. All reject with `PiapiError` and nothing else. */
export class PiapiClient {
	/**
	 * @param baseUrl checked address of PiAPI, such as `https://api.piapi.ai`
	 * @param uploadBaseUrl address of PiAPI's file store; checked when it is used
	 * @param redactor takes the credential's secrets out of all words that are taken over
	 */
	constructor(
		private readonly transport: Transport,
		private readonly baseUrl: string,
		private readonly uploadBaseUrl = '',
		private readonly redactor = new Redactor(),
	) {}

	/** Creates a task, which costs money. Never repeats a request by itself. */
	async createTask(body: CreateTaskBody): Promise<Task> {
		const data = await this.ask('POST', '/api/v1/task', {
			body,
			timeoutMs: CREATE_TIMEOUT_MS,
			ignoreAbort: true,
		});
		this.demandNoFailure(data);
		return this.taskIn(data);
	}

	/**
	 * Reads a task; free.
	 *
	 * @param remainingMs milliseconds that the caller has left; the request times out by then
	 */
	async readTask(taskId: string, remainingMs = Infinity): Promise<Task> {
		const path = `/api/v1/task/${encodeURIComponent(taskId)}`;
		const data = await this.ask('GET', path, { timeoutMs: readTimeout(remainingMs) });
		const task = this.taskIn(data);
		if (task.taskId !== taskId) throw new PiapiError('unreadable');
		return task;
	}

	/**
	 * Cancels a task that has not started; free, and the task is not charged.
	 *
	 * @param remainingMs milliseconds after which an unanswered request is given up
	 * @throws PiapiError `refusedInput` when the task has started already
	 */
	async cancelTask(taskId: string, remainingMs = READ_TIMEOUT_MS): Promise<void> {
		const path = `/api/v1/task/${encodeURIComponent(taskId)}`;
		await this.ask('DELETE', path, { timeoutMs: remainingMs, ignoreAbort: true });
	}

	/**
	 * Lists the account's Luma tasks, the newest first, page by page; free.
	 *
	 * @param remainingMs as in `readTask`
	 */
	async listTasks(query: HistoryQuery, remainingMs = Infinity): Promise<HistoryPage> {
		const { body, headers } = await this.send('GET', '/api/open/tasks/histories', {
			query: {
				page: query.page,
				page_size: query.pageSize,
				model: 'luma',
				...(query.startTime !== undefined && { start_time: Math.floor(query.startTime / 1000) }),
				...(query.endTime !== undefined && { end_time: Math.ceil(query.endTime / 1000) }),
			},
			timeoutMs: readTimeout(remainingMs),
		});
		const page = readHistory(this.redactor.json(recordOf(body).data), query, headers.date);
		if (!page) throw new PiapiError('unreadable');
		return page;
	}

	/** Uploads a file for 24 hours and returns its public address; free from the Creator plan on. */
	async upload({ name, bytes }: UploadFile): Promise<string> {
		checkUploadAddress(this.uploadBaseUrl);
		const request = {
			body: { file_name: name, file_data: bytes.toString('base64') },
			timeoutMs: UPLOAD_TIMEOUT_MS,
		};
		const sent = this.send('POST', '/api/ephemeral_resource', request, this.uploadBaseUrl);
		const answer = await catchPiapiError(sent);
		if (answer instanceof PiapiError) throw uploadError(answer);
		const address = webAddress(recordOf(recordOf(answer.body).data).url);
		if (!address) throw new PiapiError('unreadable');
		return address.href;
	}

	/**
	 * Reads balance, plan and limits; free.
	 *
	 * @throws PiapiError `notPiapi` when there is no such page: every PiAPI has one
	 */
	async account(): Promise<Account> {
		return readAccount(this.redactor.json(await this.askAboutAccount('/account/info')));
	}

	/** Counts the tasks that have not ended; free. */
	async activeTasks(): Promise<ActiveTasks> {
		return readActiveTasks(await this.askAboutAccount('/account/active_tasks'));
	}

	private async askAboutAccount(path: string): Promise<unknown> {
		const data = await catchPiapiError(this.ask('GET', path, { timeoutMs: READ_TIMEOUT_MS }));
		if (!(data instanceof PiapiError)) return data;
		if (data.details.httpStatus !== 404) throw data;
		throw new PiapiError('notPiapi', data.details);
	}

	private async ask(
		method: PiapiRequest['method'],
		path: string,
		rest: Omit<PiapiRequest, 'method' | 'url'>,
	): Promise<unknown> {
		const { body } = await this.send(method, path, rest);
		return recordOf(body).data;
	}

	private async send(
		method: PiapiRequest['method'],
		path: string,
		rest: Omit<PiapiRequest, 'method' | 'url'>,
		baseUrl = this.baseUrl,
	): Promise<PiapiResponse> {
		const url = baseUrl.trim().replace(/\/+$/, '') + path;
		const answer = await this.transport({ method, url, ...rest });
		const refusal = refusalIn(answer, this.redactor);
		if (refusal) throw refusal;
		return answer;
	}

	/** A task that failed before it got an id: there is nothing to look for, and nothing is charged. */
	private demandNoFailure(data: unknown): void {
		const { task_id: taskId, taskId: otherTaskId, status, error } = recordOf(data);
		if (textOf(taskId) ?? textOf(otherTaskId)) return;
		if (readStatus(status) !== 'failed') return;
		const providerMessage = safeMessage(readFailure(error), this.redactor);
		throw new PiapiError(classifyFailure(providerMessage), { providerMessage });
	}

	/** The task without secrets in PiAPI's texts; its `input` is the user's own. */
	private taskIn(data: unknown): Task {
		const task = readTask(data);
		if (!task) throw new PiapiError('unreadable');
		const raw = this.redactor.json(task.raw);
		if ('input' in task.raw) raw.input = task.raw.input;
		return { ...task, failure: safeMessage(task.failure, this.redactor), raw };
	}
}

function readTimeout(remainingMs: number): number {
	return Math.ceil(Math.max(MIN_TIMEOUT_MS, Math.min(remainingMs, READ_TIMEOUT_MS)));
}
