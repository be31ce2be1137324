/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { Readable } from 'node:stream';
import type { SimulatorResponse } from './contract';
import { cutOff } from './media';

const headers = { 'content-type': 'application/json; charset=utf-8' };

/** PiAPI's envelope around a good answer; cancelling answers without `data`. */
export function success(data?: unknown): SimulatorResponse {
	return { status: 200, headers, body: { code: 200, data, message: 'success' } };
}

/** PiAPI's envelope around a refusal, whose code is the HTTP status. */
export function refusal(status: number, message: string, data: unknown = null): SimulatorResponse {
	return { status, headers, body: { code: status, data, message } };
}

/** A request that is answered with 400 and the message. */
export class BadRequest extends Error {}

export function demand(condition: boolean, message: string): asserts condition {
	if (!condition) throw new BadRequest(message);
}

/** What arrives of a value at the other end of a connection. */
export function asSent(body: unknown): unknown {
	if (body === undefined || typeof body === 'string') return body;
	return JSON.parse(JSON.stringify(body)) as unknown;
}

/**
 * The answer as it leaves: media as a stream, everything else as JSON or text. It tells PiAPI's time, as
 * every web server's does.
 */
export function finish(response: SimulatorResponse, now: number, isCutOff: boolean) {
	const { body } = response;
	const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
	const date = new Date(now).toUTCString();
	const whole = {
		...response,
		headers: { 'content-type': type, date, ...response.headers },
		body: body instanceof Readable ? body : asSent(body),
	};
	return isCutOff ? cutOff(whole) : whole;
}
