import { afterStop } from '../../../nodes/Luma/generation/afterStop';
import { Budget } from '../../../nodes/Luma/generation/budget';
import { Claims } from '../../../nodes/Luma/generation/claims';
import { RunClock } from '../../../nodes/Luma/generation/clock';
import { Gate } from '../../../nodes/Luma/generation/gate';
import { makeAll } from '../../../nodes/Luma/generation/generate';
import type { Generation } from '../../../nodes/Luma/generation/generation';
import { Ledger, type LedgerEntry } from '../../../nodes/Luma/generation/ledger';
import type { GenerationRequest } from '../../../nodes/Luma/generation/request';
import { UsualTimes } from '../../../nodes/Luma/generation/usualTimes';
import { PiapiClient } from '../../../nodes/Luma/piapi/client';
import { kindOfNetworkFault } from '../../../nodes/Luma/piapi/diagnosis';
import { PiapiTrouble } from '../../../nodes/Luma/piapi/errors';
import type { Transport } from '../../../nodes/Luma/piapi/transport';
import { Simulator, VirtualClock, type SimulatorOptions } from '../../../simulator';
import type { Run } from '../../../nodes/Luma/generation/run';

const MINUTE_MS = 60_000;
const ADDRESS = 'http://127.0.0.1';

/** A way to the simulator without sockets, so that time can be virtual. */
export function transportTo(
	simulator: Simulator,
	clock: VirtualClock,
	stop?: AbortSignal,
): Transport {
	const aborted = new Promise<PiapiTrouble>((resolve) => {
		stop?.addEventListener('abort', () => resolve(new PiapiTrouble('noAnswer')));
	});
	return async ({ method, url, query, body, timeoutMs, outlivesStop }) => {
		if (stop?.aborted && !outlivesStop) throw new PiapiTrouble('noAnswer');
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
		const outcome = await Promise.race([answer, timeout, ...(outlivesStop ? [] : [aborted])]);
		if (outcome instanceof PiapiTrouble) throw outcome;
		return outcome;
	};
}

export interface VirtualRun {
	simulator: Simulator;
	clock: VirtualClock;
	generations: Generation[];
	/** What n8n would keep for a retry. */
	ledger: Record<string, LedgerEntry>;
	stopped: boolean;
	/** What the node told n8n's log. */
	log: string[];
}

export interface VirtualRunOptions {
	service?: SimulatorOptions;
	requests?: Array<Partial<GenerationRequest>>;
	wait?: Partial<GenerationRequest['wait']>;
	failFast?: boolean;
	/** Goes on at the service and the time of an earlier run, with its ledger unless another is given. */
	after?: VirtualRun;
	ledger?: Record<string, LedgerEntry>;
	runIndex?: number;
	maxConcurrency?: number;
	maxSpendUsd?: number;
	cancelOnStop?: boolean;
	/** The time of a run that is the first of its service. */
	clock?: VirtualClock;
	/** Joins a service in a time that the caller lets run. */
	at?: { simulator: Simulator; clock: VirtualClock };
	/** What this process knows of all its executions; default: nothing yet. */
	claims?: Claims;
	usualTimes?: UsualTimes;
	/** Seconds after which somebody stops the execution. */
	stopAfterSeconds?: number;
	/** How far the clock of n8n is ahead of PiAPI's. */
	clockAheadMs?: number;
	/** Stands between the node and the simulator. */
	through?: (transport: Transport) => Transport;
	/** What else happens on the account before the run begins. */
	before?: (simulator: Simulator, clock: VirtualClock) => Promise<void>;
}

export function creating(prompt: string): Pick<GenerationRequest, 'source'> {
	const input = { model: 'ray-v2', prompt, duration: 5, aspect_ratio: '16:9' };
	return { source: { create: { model: 'luma', task_type: 'video_generation', input } } };
}

function requestsOf({ requests = [{}], wait }: VirtualRunOptions): GenerationRequest[] {
	return requests.map((request, itemIndex) => ({
		itemIndex,
		...creating(`Scene ${itemIndex}`),
		wait: { timeoutMs: 15 * MINUTE_MS, pollIntervalMs: 0, onTimeout: 'error', ...wait },
		simplify: true,
		...request,
	}));
}

/** Runs the pipeline against a simulator in virtual time: hours pass in milliseconds. */
export async function virtualRun(options: VirtualRunOptions): Promise<VirtualRun> {
	const earlier = options.at ?? options.after;
	const clock = earlier?.clock ?? options.clock ?? new VirtualClock();
	const simulator =
		earlier?.simulator ?? new Simulator({ clock, queueSeconds: 0, ...options.service });
	const stop = new AbortController();
	const ledger = options.ledger ?? options.after?.ledger ?? {};
	const { clockAheadMs = 0 } = options;
	const n8nClock = { now: () => clock.now() + clockAheadMs, sleep: clock.sleep.bind(clock) };
	const transport = transportTo(simulator, clock, stop.signal);
	const runClock = new RunClock(n8nClock, stop.signal);
	const books = new Ledger(ledger, options.runIndex);
	const run: Run = {
		client: new PiapiClient(options.through?.(transport) ?? transport, ADDRESS, ADDRESS),
		clock: runClock,
		gate: new Gate(options.maxConcurrency ?? 10, runClock),
		failFast: options.failFast ?? false,
		ledger: books,
		budget: new Budget(options.maxSpendUsd ?? 0, () => books.costsUsd),
		endpoint: { apiKey: 'simulated-key' },
		claims: options.claims ?? new Claims(),
		usualTimes: options.usualTimes ?? new UsualTimes(),
		leftOver: [],
	};
	const log: string[] = [];
	const inTime: VirtualClock['run'] = options.at
		? async (work) => await work()
		: clock.run.bind(clock);
	const generations = await inTime(async () => {
		await options.before?.(simulator, clock);
		if (options.stopAfterSeconds !== undefined) {
			void clock.sleep(options.stopAfterSeconds * 1000).then(() => stop.abort());
		}
		const started = requestsOf(options).map(
			(request): Generation => ({ request, beganAt: run.clock.now() }),
		);
		await makeAll(started, run);
		await afterStop(started, run, {
			cancelOnStop: options.cancelOnStop ?? true,
			tell: (line) => log.push(line),
		});
		const failed = run.failFast && started.some(({ trouble }) => trouble !== undefined);
		books.close({ handedOn: !failed });
		return started;
	});
	return { simulator, clock, generations, ledger, log, stopped: run.clock.stopped };
}
