import { Redactor } from '../../nodes/Luma/piapi/redact';
import { PiapiClient } from '../../nodes/Luma/piapi/client';
import { networkError, type PiapiRequest, type PiapiResponse } from '../../nodes/Luma/piapi/http';
import { isFinal, type Task } from '../../nodes/Luma/piapi/task';
import type { TaskQuery, TaskRow } from '../../nodes/Luma/piapi/taskList';
import { RunClock, systemClock } from '../../nodes/Luma/runtime/clock';
import { RateLimiter } from '../../nodes/Luma/runtime/turns';

/** An answer of PiAPI as it came, and what was asked. */
export interface Answer extends PiapiResponse {
	query: Record<string, string | number>;
}

/** PiAPI, every answer of it so far, and what all facts are about. */
export type Piapi = Awaited<ReturnType<typeof openPiapi>>;

const MOST_READS = 5;

export async function openPiapi(baseUrl: string, apiKey: string) {
	const answers: Answer[] = [];
	const client = connect(baseUrl, apiKey, answers);
	const stranger = connect(baseUrl, 'not-a-key', answers);
	const account = await client.account();
	const rows = await take(client.tasks({ pageSize: 100 }), 100);
	const largest = answers[answers.length - 1];
	const read = await readSome(client, rows);
	/** The answers that come while so many rows are read. */
	const pages = async (query: TaskQuery, most: number) => {
		const before = answers.length;
		await take(client.tasks(query), most);
		return answers.slice(before);
	};
	return { client, answers, stranger, account, largest, rows, read, pages };
}

/** The package's own client, one request after the other; every answer is added to the others as it came. */
function connect(baseUrl: string, apiKey: string, answers: Answer[]): PiapiClient {
	const clock = new RunClock(systemClock);
	const transport = async (request: PiapiRequest): Promise<PiapiResponse> => {
		const answer = await send(request, apiKey).catch((error: unknown) => {
			throw networkError(error);
		});
		answers.push(answer);
		return answer;
	};
	return new PiapiClient(
		{ baseUrl, uploadBaseUrl: baseUrl },
		{ transport, clock, limiter: new RateLimiter(1, clock), redactor: new Redactor([apiKey]) },
	);
}

async function send(request: PiapiRequest, apiKey: string): Promise<Answer> {
	const { method, url, query = {}, body, timeoutMs } = request;
	const address = new URL(url);
	for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value));
	const response = await fetch(address, {
		method,
		headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
		body: body && JSON.stringify(body),
		redirect: 'manual', // The key goes to this address only.
		signal: AbortSignal.timeout(timeoutMs),
	});
	// Whatever PiAPI says, the key is not shown.
	const text = (await response.text()).replaceAll(apiKey, '[hidden]');
	const headers = Object.fromEntries(response.headers);
	const parsed: unknown = await new Response(text).json().catch(() => text);
	return { query, status: response.status, headers, body: parsed };
}

/** The first entries of a list. */
export async function take<T>(list: AsyncIterable<T>, most: number): Promise<T[]> {
	const taken: T[] = [];
	for await (const entry of list) {
		if (taken.push(entry) >= most) break;
	}
	return taken;
}

/** Reads the newest task of each status, then the newest that have ended, up to a few. */
async function readSome(client: PiapiClient, rows: TaskRow[]) {
	const newestOfEach = new Map([...rows].reverse().map((row) => [row.raw.status, row]));
	const chosen = [...new Set([...newestOfEach.values(), ...rows.filter(isFinal)])];
	const read: Array<{ row: TaskRow; task: Task }> = [];
	for (const row of chosen.slice(0, MOST_READS)) {
		// PiAPI deletes tasks after a while, and may still list them.
		const task = await client.task(row.taskId).catch(() => undefined);
		if (task) read.push({ row, task });
	}
	return read;
}
