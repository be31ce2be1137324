import { RunClock } from '../../../nodes/Luma/generation/clock';
import { Gate } from '../../../nodes/Luma/generation/gate';
import type { Generation, GenerationRequest } from '../../../nodes/Luma/generation/generation';
import { poll } from '../../../nodes/Luma/generation/poll';
import { submit } from '../../../nodes/Luma/generation/submit';
import { PiapiClient } from '../../../nodes/Luma/piapi/client';
import { kindOfNetworkFault } from '../../../nodes/Luma/piapi/diagnosis';
import { PiapiTrouble } from '../../../nodes/Luma/piapi/errors';
import type { Transport } from '../../../nodes/Luma/piapi/transport';
import { Simulator, VirtualClock, type SimulatorOptions } from '../../../simulator';

const MINUTE_MS = 60_000;

/** A way to the simulator without sockets, so that time can be virtual. */
export function transportTo(simulator: Simulator, clock: VirtualClock): Transport {
	return async ({ method, url, query, body, timeoutMs }) => {
		const address = new URL(url);
		for (const [name, value] of Object.entries(query ?? {})) {
			address.searchParams.set(name, String(value));
		}
		const path = address.pathname + address.search;
		const headers = { 'x-api-key': 'simulated-key' };
		const answer = simulator.handle({ method, path, headers, body: structuredClone(body) }).then(
			(response) => response,
			({ code }) => new PiapiTrouble(kindOfNetworkFault(code), { said: code }),
		);
		const timeout = clock.sleep(timeoutMs).then(() => new PiapiTrouble('noAnswer'));
		const outcome = await Promise.race([answer, timeout]);
		if (outcome instanceof PiapiTrouble) throw outcome;
		return outcome;
	};
}

export interface VirtualRun {
	simulator: Simulator;
	clock: VirtualClock;
	generations: Generation[];
}

export interface VirtualRunOptions {
	service?: SimulatorOptions;
	requests?: Array<Partial<GenerationRequest>>;
	wait?: Partial<GenerationRequest['wait']>;
	failFast?: boolean;
}

export function creating(prompt: string): Pick<GenerationRequest, 'source'> {
	const input = { model: 'ray-v2', prompt, duration: 5, aspect_ratio: '16:9' };
	return { source: { create: { model: 'luma', task_type: 'video_generation', input } } };
}

/** Runs the pipeline against a simulator in virtual time: hours pass in milliseconds. */
export async function virtualRun({
	service,
	requests = [{}],
	wait,
	failFast = false,
}: VirtualRunOptions): Promise<VirtualRun> {
	const clock = new VirtualClock();
	const simulator = new Simulator({ clock, queueSeconds: 0, ...service });
	const runClock = new RunClock(clock);
	const generations = requests.map(
		(request, itemIndex): Generation => ({
			request: {
				itemIndex,
				...creating(`Scene ${itemIndex}`),
				wait: { timeoutMs: 15 * MINUTE_MS, pollIntervalMs: 0, onTimeout: 'error', ...wait },
				simplify: true,
				...request,
			},
			beganAt: clock.now(),
		}),
	);
	const run = {
		client: new PiapiClient(transportTo(simulator, clock), 'http://127.0.0.1'),
		clock: runClock,
		gate: new Gate(10),
		failFast,
	};
	await clock.run(async () => {
		await submit(generations, run);
		await poll(generations, run);
	});
	return { simulator, clock, generations };
}
