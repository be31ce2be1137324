/* eslint-disable @n8n/community-nodes/require-node-api-error */
import { Redactor } from '../../nodes/Luma/piapi/redact';
import { PiapiClient } from '../../nodes/Luma/piapi/client';
import { PiapiError } from '../../nodes/Luma/piapi/errors';
import { networkError, type PiapiRequest, type PiapiResponse } from '../../nodes/Luma/piapi/http';
import { recordOf } from '../../nodes/Luma/piapi/json';
import { RunClock, systemClock } from '../../nodes/Luma/runtime/clock';
import { RateLimiter } from '../../nodes/Luma/runtime/turns';

/** An answer of PiAPI as it came, and what was asked. */
export interface Answer extends PiapiResponse {
	path: string;
	query: Record<string, string | number>;
}

export const HISTORY = '/api/open/tasks/histories';

/** The package's own client, one request after the other, with every answer as it came. */
export function openPiapi(baseUrl: string, apiKey: string) {
	const answers: Answer[] = [];
	const clock = new RunClock(systemClock);
	const transport = async (request: PiapiRequest): Promise<PiapiResponse> => {
		const answer = await send(request, apiKey).catch((error: unknown) => {
			throw networkError(error);
		});
		answers.push(answer);
		return answer;
	};
	const client = new PiapiClient(
		{ baseUrl, uploadBaseUrl: baseUrl },
		{ transport, clock, limiter: new RateLimiter(1, clock), redactor: new Redactor([apiKey]) },
	);
	return { client, answers };
}

async function send(request: PiapiRequest, apiKey: string): Promise<Answer> {
	const { method, url, query = {}, body, timeoutMs } = request;
	const address = new URL(url);
	for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value));
	const response = await fetch(address, {
		method,
		headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
		body: body && JSON.stringify(body),
		// The key goes to this address only.
		redirect: 'manual',
		signal: AbortSignal.timeout(timeoutMs),
	});
	const text = await response.text();
	const headers = Object.fromEntries(response.headers);
	return { path: address.pathname, query, status: response.status, headers, body: parsed(text) };
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** What lies in a value under names such as `data.config.secret`; undefined where there is nothing. */
export function at(value: unknown, path: string): unknown {
	return path.split('.').reduce((found, name) => recordOf(found)[name], value);
}

/** The error that the call ends with; undefined when it succeeds. */
export async function failureOf(call: Promise<unknown>): Promise<PiapiError | undefined> {
	try {
		await call;
		return undefined;
	} catch (error) {
		if (error instanceof PiapiError) return error;
		throw error;
	}
}

/** The first entries of a list. */
export async function take<T>(list: AsyncIterable<T>, most: number): Promise<T[]> {
	const taken: T[] = [];
	for await (const entry of list) {
		taken.push(entry);
		if (taken.length >= most) break;
	}
	return taken;
}
