import { taskOf, type CreateAttempt, type Job, type JobState } from '../../nodes/Luma/jobs/job';
import { makeVideos } from '../../nodes/Luma/jobs/makeVideos';
import { SIMPLIFIED } from '../../nodes/Luma/jobs/output';
import { Progress } from '../../nodes/Luma/jobs/progress';
import type { JobRequest } from '../../nodes/Luma/jobs/request';
import { Run, type RunParts } from '../../nodes/Luma/jobs/run';
import type { AccountSpending } from '../../nodes/Luma/jobs/spending/accountSpending';
import { Ledger, type LedgerEntries } from '../../nodes/Luma/jobs/spending/ledger';
import { SpendingLimits } from '../../nodes/Luma/jobs/spending/limits';
import { waitHere } from '../../nodes/Luma/jobs/wait';
import { PiapiClient } from '../../nodes/Luma/piapi/client';
import { classifyNetworkError, PiapiError } from '../../nodes/Luma/piapi/errors';
import type { Transport } from '../../nodes/Luma/piapi/http';
import type { Task } from '../../nodes/Luma/piapi/task';
import { withWebhookConfig } from '../../nodes/Luma/piapi/webhookTag';
import { RunClock } from '../../nodes/Luma/runtime/clock';
import { RateLimiter } from '../../nodes/Luma/runtime/turns';
import type { Fault, Route, SimulatorOptions } from '../../simulator';
import { API_KEY, bodyOf, openAccount, type Account } from './simulatedAccount';

const BASE_URL = 'http://127.0.0.1';
const TIMEOUT_MS = 15 * 60_000;

type Service = Pick<Account, 'simulator' | 'clock'>;

/** A way to the simulator without sockets, so that time can be virtual. */
function transportTo({ simulator, clock }: Service, stop?: AbortSignal): Transport {
	const aborted = new Promise<PiapiError>((resolve) => {
		stop?.addEventListener('abort', () => resolve(new PiapiError('noAnswer')));
	});
	return async ({ method, url, query, body, timeoutMs, ignoreAbort }) => {
		if (stop?.aborted && !ignoreAbort) throw new PiapiError('noAnswer');
		const address = new URL(url);
		for (const [name, value] of Object.entries(query ?? {})) {
			address.searchParams.set(name, String(value));
		}
		const path = address.pathname + address.search;
		const headers = { 'x-api-key': API_KEY };
		const answer = simulator.handle({ method, path, headers, body: structuredClone(body) }).then(
			(response) => response,
			({ code }) => new PiapiError(classifyNetworkError(code), { providerMessage: code }),
		);
		const timeout = clock.sleep(timeoutMs).then(() => new PiapiError('noAnswer'));
		const outcome = await Promise.race([answer, timeout, ...(ignoreAbort ? [] : [aborted])]);
		if (outcome instanceof PiapiError) throw outcome;
		return outcome;
	};
}

interface ClientOptions {
	runClock?: RunClock;
	maxConcurrency?: number;
	/** Stands between the node and the simulator. */
	through?: (transport: Transport) => Transport;
	stop?: AbortSignal;
}

/** A client of the simulator, as a run would have it. */
export function clientOf(service: Service, options: ClientOptions = {}): PiapiClient {
	const { runClock = new RunClock(service.clock), maxConcurrency = 10, through, stop } = options;
	const transport = transportTo(service, stop);
	return new PiapiClient(
		{ baseUrl: BASE_URL, uploadBaseUrl: BASE_URL },
		{
			transport: through?.(transport) ?? transport,
			clock: runClock,
			limiter: new RateLimiter(maxConcurrency, runClock),
		},
	);
}

export type VirtualRun = Awaited<ReturnType<typeof virtualRun>>;

/** What a job has come to, flat, so that a test can look at one thing of any state. */
export interface JobOutcome {
	request: JobRequest;
	status: JobState['status'];
	taskId?: string;
	task?: Task;
	error?: PiapiError;
	/** Of a create that may have made a task. */
	attempt?: CreateAttempt;
	startedAt?: number;
	endedAt?: number;
}

function outcomeOf({ request, state }: Job): JobOutcome {
	return { request, ...state, ...taskOf(state) };
}

export interface VirtualRunOptions extends Pick<ClientOptions, 'maxConcurrency' | 'through'> {
	service?: SimulatorOptions;
	/** Those of the service. */
	faults?: Fault[];
	requests?: Array<Partial<JobRequest>>;
	/** How many requests, each for another scene. */
	items?: number;
	wait?: Partial<JobRequest['wait']>;
	failFast?: boolean;
	/** Goes on at the service and the time of an earlier run, with its ledger unless another is given. */
	after?: Service & { ledger: LedgerEntries };
	ledger?: LedgerEntries;
	/** Tries of Retry On Fail have the same one; a person's retry is another execution. */
	executionId?: string;
	/** Which run of the node in a loop; null for a call of an agent. */
	runIndex?: number | null;
	maxSpendUsd?: number;
	keepBalanceUsd?: number;
	/** The daily limit, and the process that shares what is spent. */
	daily?: { limitUsd: number; spending: AccountSpending };
	cancelOnStop?: boolean;
	/** Whose service and time it shares; default: an account of its own. */
	account?: Service;
	/** Seconds after which somebody stops the execution. */
	stopAfterSeconds?: number;
	/** How far the clock of n8n is ahead of PiAPI's. */
	clockAheadMs?: number;
	/** Default: a creation tag and no endpoint, as where nobody is to be called. */
	withWebhook?: RunParts['withWebhook'];
}

export function creating(prompt: string, input?: object): Pick<JobRequest, 'source'> {
	return { source: { type: 'create', body: bodyOf(prompt, input) } };
}

/** Several videos of one item. */
export function takesOf(itemIndex: number, of: number, prompt: string): Array<Partial<JobRequest>> {
	return Array.from({ length: of }, (_, index) => ({
		...creating(prompt),
		itemIndex,
		take: { number: index + 1, of },
	}));
}

export function existing(taskId: string): Pick<JobRequest, 'source'> {
	return { source: { type: 'existing', taskId } };
}

function requestsOf({ items = 1, requests, wait }: VirtualRunOptions): JobRequest[] {
	return (requests ?? Array.from({ length: items }, () => ({}))).map((request, itemIndex) => ({
		itemIndex,
		...creating(`Scene ${itemIndex}`),
		wait: { timeoutMs: TIMEOUT_MS, pollIntervalMs: 0, onTimeout: 'error', ...wait },
		output: SIMPLIFIED,
		...request,
	}));
}

/** Runs the pipeline against a simulator in virtual time: hours pass in milliseconds. */
export async function virtualRun(options: VirtualRunOptions = {}) {
	const { faults, account = options.after } = options;
	const own = { queueSeconds: 0, faults, ...options.service };
	const { clock, simulator } = account ?? openAccount(own);
	const { runIndex, daily, executionId = '1', clockAheadMs = 0, stopAfterSeconds } = options;
	const { failFast = false, cancelOnStop = true, maxSpendUsd = 0, keepBalanceUsd = 0 } = options;
	const ledger = options.ledger ?? options.after?.ledger ?? {};
	const stop = new AbortController();
	const n8nClock = { now: () => clock.now() + clockAheadMs, sleep: clock.sleep.bind(clock) };
	const runClock = new RunClock(n8nClock, stop.signal);
	const piapi = clientOf({ simulator, clock }, { ...options, runClock, stop: stop.signal });
	const books = new Ledger(ledger, runIndex, daily?.spending, executionId);
	const requests = requestsOf(options);
	const [progress, log]: [string[], string[]] = [[], []];
	const run = new Run({
		piapi,
		clock: runClock,
		failFast,
		ledger: books,
		limits: new SpendingLimits({ maxSpendUsd, keepBalanceUsd, daily }, books, piapi),
		withWebhook: options.withWebhook ?? ((body) => withWebhookConfig(body, { apiKey: API_KEY })),
		waitForTasks: waitHere,
		storeFile: async () => ({ data: '', mimeType: 'video/mp4' }),
		cancelOnStop,
		progress: new Progress((line) => progress.push(line), requests.length),
		log: (line) => log.push(line),
	});
	if (stopAfterSeconds !== undefined) {
		void clock.sleep(stopAfterSeconds * 1000).then(() => stop.abort());
	}
	const startedAt = runClock.now();
	const jobs = await clock.run(async () => await makeVideos(requests, run));
	const outcomes = () => jobs.map(outcomeOf);
	return {
		...{ simulator, clock, jobs, startedAt, log },
		tookMs: runClock.now() - startedAt,
		/** The jobs with all that is known of each by now. */
		get outcomes() {
			return outcomes();
		},
		/** Of each item, where it ended in an error. */
		get codes() {
			return outcomes().map(({ error }) => error?.code);
		},
		get taskIds() {
			return outcomes().map(({ taskId }) => taskId);
		},
		/** How often the service was called there, by all runs. */
		count: (route: Route) => simulator.calls.filter((call) => call.route === route).length,
		/** What n8n would keep for a retry. */
		ledger,
		/** What the node told the person who waits. */
		progress,
		stopped: runClock.cancelled,
	};
}
