import { readAccount, readActiveTasks, type Account, type ActiveTasks } from './account';
import { kindOfRefusal } from './diagnosis';
import { PiapiTrouble } from './errors';
import { isRecord, recordOf, textOf, type JsonRecord } from './json';
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
const SHORTEST_TIMEOUT_MS = 1_000;

/** PiAPI's calls, by name. All reject with `PiapiTrouble` and nothing else. */
export class PiapiClient {
	/** @param baseUrl checked address of PiAPI, such as `https://api.piapi.ai` */
	constructor(
		private readonly transport: Transport,
		private readonly baseUrl: string,
	) {}

	/** Makes a task, which costs money. Never repeats a request by itself. */
	async createTask(body: CreateTaskBody): Promise<Task> {
		const data = await this.ask('POST', '/api/v1/task', { body, timeoutMs: CREATE_TIMEOUT_MS });
		return taskIn(data);
	}

	/**
	 * Reads a task; free.
	 *
	 * @param patienceMs milliseconds that the caller has left; a stuck connection is given up by then
	 */
	async readTask(taskId: string, patienceMs = Infinity): Promise<Task> {
		const path = `/api/v1/task/${encodeURIComponent(taskId)}`;
		const timeoutMs = Math.ceil(
			Math.max(SHORTEST_TIMEOUT_MS, Math.min(patienceMs, READ_TIMEOUT_MS)),
		);
		return taskIn(await this.ask('GET', path, { timeoutMs }));
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
		const url = this.baseUrl.trim().replace(/\/+$/, '') + path;
		const answer = await this.transport({ method, url, ...rest });
		return dataOf(answer);
	}
}

/**
 * Opens PiAPI's envelope `{ code, data, message }`. A refusal can come as an HTTP status, as a `code`
 * inside an HTTP 200, or as text from a proxy in between.
 */
function dataOf({ status, headers, body }: PiapiAnswer): unknown {
	const envelope = recordOf(body);
	const code = typeof envelope.code === 'number' && envelope.code !== 0 ? envelope.code : status;
	if (status >= 200 && status < 300 && code >= 200 && code < 300) {
		if (isRecord(body)) return envelope.data;
		throw new PiapiTrouble('unreadable', { httpStatus: status });
	}

	const refusal = status >= 200 && status < 300 ? code : status;
	const said = wordsOf(envelope);
	throw new PiapiTrouble(kindOfRefusal(refusal, said), {
		said,
		httpStatus: refusal,
		retryAfterMs: retryAfter(headers['retry-after']),
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

/** Milliseconds that a Retry-After header asks for; it holds seconds or a date. */
function retryAfter(header: unknown): number | undefined {
	const text = textOf(header)?.trim();
	if (!text) return undefined;
	const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
	return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
