import { readAccount, readActiveTasks, type Account, type ActiveTasks } from './account';
import { webAddress } from './addresses';
import { kindOfRefusal } from './diagnosis';
import { orTrouble, PiapiTrouble } from './errors';
import { checkUploadAddress, uploadTrouble, type UploadFile } from './files';
import { readHistory, type HistoryPage, type HistoryQuery } from './history';
import { isRecord, numberOf, recordOf, textOf, type JsonRecord } from './json';
import { readTask, type Task } from './task';
import type { PiapiAnswer, PiapiRequest, Transport } from './transport';

/** The body of `POST /api/v1/task` (PiAPI, "Create Task"). */
export interface CreateTaskBody {
	model: 'luma';
	task_type: 'video_generation' | 'extend_video';
	input: JsonRecord;
	config?: JsonRecord;
}

// A create is waited for longer: giving up on one leaves it unknown whether a task was made and paid.
const CREATE_TIMEOUT_MS = 60_000;
const READ_TIMEOUT_MS = 20_000;
const UPLOAD_TIMEOUT_MS = 120_000;
const SHORTEST_TIMEOUT_MS = 1_000;

/** PiAPI's calls, by name. All reject with `PiapiTrouble` and nothing else. */
export class PiapiClient {
	/**
	 * @param baseUrl checked address of PiAPI, such as `https://api.piapi.ai`
	 * @param uploadBaseUrl address of PiAPI's file store; checked when it is used
	 */
	constructor(
		private readonly transport: Transport,
		private readonly baseUrl: string,
		private readonly uploadBaseUrl = '',
	) {}

	/** Makes a task, which costs money. Never repeats a request by itself. */
	async createTask(body: CreateTaskBody): Promise<Task> {
		const data = await this.ask('POST', '/api/v1/task', {
			body,
			timeoutMs: CREATE_TIMEOUT_MS,
			outlivesStop: true,
		});
		return taskIn(data);
	}

	/**
	 * Reads a task; free.
	 *
	 * @param patienceMs milliseconds that the caller has left; a stuck connection is given up by then
	 */
	async readTask(taskId: string, patienceMs = Infinity): Promise<Task> {
		const path = `/api/v1/task/${encodeURIComponent(taskId)}`;
		const task = taskIn(await this.ask('GET', path, { timeoutMs: readTimeout(patienceMs) }));
		if (task.taskId !== taskId) throw new PiapiTrouble('unreadable');
		return task;
	}

	/**
	 * Cancels a task that has not started; free, and the task is not charged.
	 *
	 * @param patienceMs milliseconds after which an unanswered request is given up
	 * @throws PiapiTrouble `refusedInput` when the task has started already
	 */
	async cancelTask(taskId: string, patienceMs = READ_TIMEOUT_MS): Promise<void> {
		const path = `/api/v1/task/${encodeURIComponent(taskId)}`;
		await this.ask('DELETE', path, { timeoutMs: patienceMs, outlivesStop: true });
	}

	/**
	 * Lists the account's Luma tasks, the newest first, page by page; free.
	 *
	 * @param patienceMs as in `readTask`
	 */
	async listTasks(query: HistoryQuery, patienceMs = Infinity): Promise<HistoryPage> {
		const { body } = await this.send('GET', '/api/open/tasks/histories', {
			query: {
				page: query.page,
				page_size: query.pageSize,
				model: 'luma',
				...(query.startTime !== undefined && { start_time: Math.floor(query.startTime / 1000) }),
				...(query.endTime !== undefined && { end_time: Math.ceil(query.endTime / 1000) }),
			},
			timeoutMs: readTimeout(patienceMs),
		});
		const page = readHistory(recordOf(body).data, query);
		if (!page) throw new PiapiTrouble('unreadable');
		return page;
	}

	/** Gives PiAPI a file for 24 hours, and brings the public address of it; free from the Creator plan on. */
	async upload({ name, bytes }: UploadFile): Promise<string> {
		checkUploadAddress(this.uploadBaseUrl);
		const request = {
			body: { file_name: name, file_data: bytes.toString('base64') },
			timeoutMs: UPLOAD_TIMEOUT_MS,
		};
		const sent = this.send('POST', '/api/ephemeral_resource', request, this.uploadBaseUrl);
		const answer = await orTrouble(sent);
		if (answer instanceof PiapiTrouble) throw uploadTrouble(answer);
		const address = webAddress(recordOf(recordOf(answer.body).data).url);
		if (!address) throw new PiapiTrouble('unreadable');
		return address.href;
	}

	/** Reads balance, plan and limits; free. */
	async account(): Promise<Account> {
		return readAccount(await this.ask('GET', '/account/info', { timeoutMs: READ_TIMEOUT_MS }));
	}

	/** Counts the tasks that have not ended; free. */
	async activeTasks(): Promise<ActiveTasks> {
		const timeoutMs = READ_TIMEOUT_MS;
		return readActiveTasks(await this.ask('GET', '/account/active_tasks', { timeoutMs }));
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
	): Promise<PiapiAnswer> {
		const url = baseUrl.trim().replace(/\/+$/, '') + path;
		const answer = await this.transport({ method, url, ...rest });
		demandSuccess(answer);
		return answer;
	}
}

function readTimeout(patienceMs: number): number {
	return Math.ceil(Math.max(SHORTEST_TIMEOUT_MS, Math.min(patienceMs, READ_TIMEOUT_MS)));
}

/**
 * Checks PiAPI's envelope `{ code, data, message }`. A refusal can come as an HTTP status, as a `code`
 * inside an HTTP 200, or as text from a proxy in between.
 */
function demandSuccess({ status, headers, body }: PiapiAnswer): void {
	const envelope = recordOf(body);
	const code = numberOf(envelope.code) || status;
	if (status >= 200 && status < 300 && code >= 200 && code < 300) {
		if (isRecord(body)) return;
		throw new PiapiTrouble('unreadable', { httpStatus: status });
	}

	const refusal = status >= 200 && status < 300 ? code : status;
	const said = wordsOf(envelope);
	throw new PiapiTrouble(kindOfRefusal(refusal, said), {
		said,
		httpStatus: refusal,
		retryAfterMs: retryAfter(headers),
		taskId: textOf(recordOf(envelope.data).task_id) ?? undefined,
	});
}

function taskIn(data: unknown): Task {
	const task = readTask(data);
	if (!task) throw new PiapiTrouble('unreadable');
	return task;
}

/** The most telling message of an envelope: the inner error's, then the envelope's own. */
function wordsOf(envelope: JsonRecord): string {
	const inner = recordOf(recordOf(envelope.data).error);
	const candidates = [
		inner.message,
		inner.raw_message,
		envelope.message,
		recordOf(envelope.error).message,
	];
	return (candidates.map(textOf).find((text) => text !== null) ?? '').slice(0, 500);
}

/**
 * Milliseconds that a Retry-After header asks for; it holds seconds or a date. A date counts from the
 * answer's own, so that a clock of n8n that is wrong makes no difference.
 */
function retryAfter(headers: PiapiAnswer['headers']): number | undefined {
	const text = textOf(headers['retry-after'])?.trim();
	if (!text) return undefined;
	if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
	const until = dateIn(text);
	return until === null ? undefined : Math.max(0, until - (dateIn(headers.date) ?? Date.now()));
}

/** Milliseconds since 1970 of a header's date, cut to whole seconds; null when it is none. */
function dateIn(header: unknown): number | null {
	const date = Date.parse(textOf(header) ?? '');
	return Number.isNaN(date) ? null : date;
}
