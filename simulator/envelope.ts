import type { SimulatorResponse } from './contract';

const json = { 'content-type': 'application/json; charset=utf-8' };

/** PiAPI's envelope around a good answer; cancelling answers without `data`. */
export function success(data?: unknown): SimulatorResponse {
	const body = data === undefined ? {} : { data };
	return { status: 200, headers: { ...json }, body: { code: 200, ...body, message: 'success' } };
}

/** PiAPI's envelope around a refusal, whose code is the HTTP status. */
export function refusal(status: number, message: string, data: unknown = null): SimulatorResponse {
	return { status, headers: { ...json }, body: { code: status, data, message } };
}

/** The refusal of a request beyond the limit; `waitSeconds` until there is room for it. */
export function tooManyRequests(waitSeconds: number): SimulatorResponse {
	const { headers, ...rest } = refusal(429, 'too many requests');
	return { ...rest, headers: { ...headers, 'retry-after': String(waitSeconds) } };
}
