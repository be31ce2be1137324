/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { checkPiapi } from '../../../scripts/checkPiapi/check';
import type { FactResult } from '../../../scripts/checkPiapi/report';
import { Simulator, VirtualClock, type SimulatorOptions } from '../../../simulator';

export const KEY = 'simulated-key';

/** `fetch`, to a simulator in this process. */
export function fetchFrom(simulator: Simulator): typeof fetch {
	return async (address, init) => {
		const { pathname, search } = new URL(String(address));
		const { status, headers, body } = await simulator.handle({
			method: init?.method ?? 'GET',
			path: `${pathname}${search}`,
			headers: Object.fromEntries(new Headers(init?.headers)),
			body: init?.body ? (JSON.parse(String(init.body)) as unknown) : undefined,
		});
		const content: ConstructorParameters<typeof Response>[0] =
			body instanceof Readable
				? (Readable.toWeb(body) as ReadableStream)
				: typeof body === 'string'
					? body
					: JSON.stringify(body);
		return new Response(content, { status, headers });
	};
}

export interface Setting {
	service?: SimulatorOptions;
	/** Videos that the account has made before. */
	earlier?: number;
	/** What they were ordered with. */
	config?: object;
	pays?: boolean;
}

const video = { prompt: 'a heron takes off', duration: 5 };
const MINUTE_MS = 60_000;

/** Runs the check in virtual time, on an account that has made some videos. */
export async function check({ service = {}, earlier = 12, config, pays = true }: Setting = {}) {
	const clock = new VirtualClock();
	const { faults = [], ...options } = service;
	const simulator = new Simulator({ clock, ...options });
	const print: string[] = [];
	const { exitCode, judged } = await clock.run(async () => {
		for (let made = 0; made < earlier; made++) {
			const body = { model: 'luma', task_type: 'video_generation', input: video, config };
			const headers = { 'x-api-key': KEY };
			await simulator.handle({ method: 'POST', path: '/api/v1/task', headers, body });
			await clock.sleep(MINUTE_MS);
		}
		for (const fault of faults) simulator.addFault(fault);
		return await checkPiapi({
			baseUrl: simulator.baseUrl,
			apiKey: KEY,
			fetch: fetchFrom(simulator),
			time: clock,
			pays,
			version: '1.2.3',
			print: (text) => print.push(text),
		});
	});
	return { exitCode, output: print.join('\n'), ...sorted(judged), simulator };
}

function sorted(judged: FactResult[]) {
	const idsOf = (kind: FactResult['outcome']['kind']) =>
		judged.filter(({ outcome }) => outcome.kind === kind).map(({ fact }) => fact.id);
	return { holds: idsOf('holds'), differs: idsOf('differs'), notSeen: idsOf('notSeen') };
}
