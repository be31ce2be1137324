/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { Readable } from 'node:stream';
import type { Clock } from './clock';
import type { FaultEffect, SimulatorResponse } from './contract';
import { cutOff } from './media';

/** What arrives of a value at the other end of a connection. */
export function asSent(body: unknown): unknown {
	if (body === undefined || typeof body === 'string') return body;
	return JSON.parse(JSON.stringify(body)) as unknown;
}

/** An answer tells PiAPI's time, as every web server's does. */
export function dated(response: SimulatorResponse, clock: Clock): SimulatorResponse {
	const date = new Date(clock.now()).toUTCString();
	return { ...response, headers: { date, ...response.headers } };
}

/** The answer as it leaves: media as a stream, everything else as JSON or text, cut off under that fault. */
export function finish(
	response: SimulatorResponse,
	effect: FaultEffect | undefined,
): SimulatorResponse {
	const { body, headers } = response;
	if (body instanceof Readable) return effect?.kind === 'cutOff' ? cutOff(response) : response;
	const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
	const whole = { ...response, headers: { 'content-type': type, ...headers }, body: asSent(body) };
	return effect?.kind === 'cutOff' ? cutOff(whole) : whole;
}
