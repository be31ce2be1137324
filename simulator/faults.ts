/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { STATUS_CODES } from 'node:http';
import type { Clock } from './clock';
import type { Call, Fault, FaultEffect, SimulatorRequest, SimulatorResponse } from './contract';

/** The list of faults, and how many calls each route has met. */
export class Faults {
	list: Fault[] = [];
	readonly #met = new Map<Call['route'], number>();

	/** Counts the call and says what befalls it: the first fault that fits. */
	meet(route: Call['route'], request: SimulatorRequest): FaultEffect | undefined {
		const ordinal = (this.#met.get(route) ?? 0) + 1;
		this.#met.set(route, ordinal);
		return this.list.find(
			({ route: faulty, calls = [1], when }) =>
				faulty === route &&
				(calls === 'every' || calls.includes(ordinal)) &&
				(when === undefined || when(request)),
		)?.effect;
	}
}

/** The connection ended without an answer. */
export class ConnectionReset extends Error {
	readonly code = 'ECONNRESET';

	constructor(readonly after: 'reset' | 'hang' = 'reset') {
		super('read ECONNRESET');
	}
}

/** Answers with `respond`, or with what the fault makes of it. */
export async function answerUnder(
	effect: FaultEffect | undefined,
	clock: Clock,
	respond: () => SimulatorResponse | Promise<SimulatorResponse>,
): Promise<SimulatorResponse> {
	if (effect && 'afterHandling' in effect && effect.afterHandling) await respond();
	switch (effect?.kind) {
		case 'answer': {
			const { status, headers } = effect;
			const { body = { code: status, data: null, message: reason(status) } } = effect;
			return { status, headers: { ...headers }, body };
		}
		case 'html': {
			const headers = { 'content-type': 'text/html; charset=UTF-8', server: 'cloudflare' };
			return { status: effect.status, headers, body: errorPage(effect.status) };
		}
		case 'reset':
			throw new ConnectionReset();
		case 'hang':
			await clock.sleep((effect.seconds ?? 3600) * 1000);
			throw new ConnectionReset('hang');
		case 'slow': {
			const response = await respond();
			await clock.sleep(effect.seconds * 1000);
			return response;
		}
		case 'rewrite': {
			const response = await respond();
			const { status = response.status } = effect;
			return { ...response, status, body: effect.body(structuredClone(response.body)) };
		}
		default:
			return await respond();
	}
}

/** PiAPI's words; a proxy says what HTTP's standard says. */
const reasons: Record<number, string> = { 401: 'invalid api key', 402: 'insufficient credits' };

function reason(status: number): string {
	return reasons[status] ?? STATUS_CODES[status]?.toLowerCase() ?? 'error';
}

function errorPage(status: number): string {
	return [
		'<!DOCTYPE html>',
		`<html lang="en-US"><head><title>api.piapi.ai | ${status}: ${reason(status)}</title></head>`,
		`<body><h1><span>${reason(status)}</span> <span class="code-label">Error code ${status}</span></h1>`,
		'<p>Performance &amp; security by <a href="https://www.cloudflare.com/">Cloudflare</a></p>',
		'</body></html>',
	].join('\n');
}
