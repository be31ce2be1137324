/* eslint-disable @n8n/community-nodes/require-node-api-error */
import { Account } from './account';
import { Callbacks, type Webhook } from './callbacks';
import { systemClock, type Clock } from './clock';
import type {
	Call,
	Fault,
	SimulatorOptions,
	SimulatorRequest,
	SimulatorResponse,
} from './contract';
import { writeTask } from './dialects';
import { refusal, tooManyRequests } from './envelope';
import { answerUnder, ConnectionReset, Faults } from './faults';
import { Library } from './library';
import { RequestLimit } from './requestLimit';
import { findRoute } from './routes';
import type { Visit } from './routes/visit';
import type { SimulatedTask, TaskState } from './tasks';
import { Uploads } from './uploads';
import { asSent, dated, finish } from './wire';

/** A simulator of PiAPI: the Luma part of its API, its uploads, its media host and its callbacks. */
export class Simulator {
	/** Where media links and uploads point to, without a slash at its end. */
	baseUrl = 'https://simulator.test';
	readonly #options: SimulatorOptions;
	readonly #clock: Clock;
	readonly #calls: Call[] = [];
	readonly #faults = new Faults();
	readonly #uploads = new Uploads();
	readonly #account: Account;
	readonly #library: Library;
	readonly #callbacks: Callbacks;
	readonly #limit: RequestLimit;
	#alarmAt: number | undefined;
	/** Tasks under way whose end has to be told. */
	readonly #awaited = new Set<SimulatedTask>();

	constructor(options: SimulatorOptions = {}) {
		this.#options = options;
		this.#clock = options.clock ?? systemClock;
		for (const fault of options.faults ?? []) this.addFault(fault);
		this.#account = new Account(
			options,
			this.#clock,
			(input, at) => this.#library.findMissingImage(input, this.baseUrl, at),
			(task, at) => this.#tell(task, at),
		);
		this.#library = new Library(this.#account.tasks, this.#uploads, options);
		this.#callbacks = new Callbacks(
			this.#clock,
			this.#faults,
			(call) => this.#calls.push(call),
			options.sendCallback,
			options.callbackRetrySeconds,
		);
		this.#limit = new RequestLimit(options.requestsPerMinute ?? Infinity);
	}

	/** Every task created, by its id, as it stands now. */
	get tasks(): ReadonlyMap<string, SimulatedTask> {
		this.#account.catchUp();
		return this.#account.tasks;
	}

	/** Every request met and every callback made, in the order they came. */
	get calls(): readonly Call[] {
		return this.#calls;
	}

	/** Points that are neither used nor frozen; 10,000,000 are one US dollar. */
	get balancePoints(): number {
		this.#account.catchUp();
		return this.#account.availablePoints;
	}

	addFault(fault: Fault): void {
		this.#faults.add(fault);
	}

	clearFaults(): void {
		this.#faults.clear();
	}

	/** Answers one request; rejects with code `ECONNRESET` when the connection would be reset. */
	async handle(request: SimulatorRequest): Promise<SimulatorResponse> {
		const { visit, call, respond } = this.#receive(request);
		this.#calls.push(call);
		const effect =
			call.route === 'unknown' ? undefined : this.#faults.meet(call.route, visit.request);
		if (effect?.kind === 'lag') visit.seenAt -= effect.seconds * 1000;
		try {
			const response = await answerUnder(effect, this.#clock, respond);
			const { answerSeconds = 0 } = this.#options;
			if (answerSeconds > 0) await this.#clock.sleep(answerSeconds * 1000);
			call.status = response.status;
			return finish(dated(response, this.#clock), effect);
		} catch (error) {
			if (error instanceof ConnectionReset) call.status = error.after;
			throw error;
		}
	}

	#receive(incoming: SimulatorRequest) {
		const [path, query = ''] = incoming.path.replace(/^https?:\/\/[^/]+/i, '').split('?');
		const headers = Object.fromEntries(
			Object.entries(incoming.headers).map(([name, value]) => [name.toLowerCase(), value]),
		);
		const request = { ...incoming, headers, body: asSent(incoming.body) };
		const found = findRoute(incoming.method, path);
		const call: Call = {
			route: found?.entry.route ?? 'unknown',
			method: incoming.method,
			path: incoming.path,
			at: this.#clock.now(),
			status: 'hang',
			hasKey: 'x-api-key' in headers,
			body: request.body,
		};
		const visit = this.#visit(request, new URLSearchParams(query), found?.parameter ?? '', call);
		const respond = (): SimulatorResponse => {
			if (!found) return refusal(404, `no route for ${incoming.method} ${path}`);
			const { apiKey = 'simulated-key' } = this.#options;
			const { host = 'api' } = found.entry;
			if (host !== 'media' && headers['x-api-key'] !== apiKey) {
				return refusal(401, 'Invalid API key');
			}
			const waitSeconds = host === 'api' ? this.#limit.admit(this.#clock.now()) : 0;
			if (waitSeconds > 0) return tooManyRequests(waitSeconds);
			const response = found.entry.handle(visit);
			this.#setAlarm();
			return response;
		};
		return { visit, call, respond };
	}

	#visit(request: SimulatorRequest, query: URLSearchParams, parameter: string, call: Call): Visit {
		const now = this.#clock.now();
		return {
			request,
			query,
			parameter,
			now,
			seenAt: now,
			account: this.#account,
			plan: this.#options.plan ?? 'creator',
			uploads: this.#uploads,
			baseUrl: this.baseUrl,
			historyCase: this.#options.historyCase ?? 'snake',
			writeTask: (task, state) => this.#write(task, state),
			statusWord: ({ status }) => this.#options.statusWords?.[status] ?? status,
			findMedia: (path) => this.#library.find(path, now),
			isAbout: (taskId) => (call.taskId = taskId),
		};
	}

	#write(task: SimulatedTask, state: TaskState): object {
		return writeTask(task, state, {
			dialect: this.#options.dialect ?? 'current',
			configEcho: this.#options.configEcho ?? 'asSent',
			statusWords: this.#options.statusWords ?? {},
			baseUrl: this.baseUrl,
			aspectRatio: this.#library.aspectRatioOf(task.input),
		});
	}

	#tell(task: SimulatedTask, at: number): void {
		const webhook = webhookOf(task);
		if (!webhook) return;
		const { status } = task.latest;
		const isUnderWay = ['pending', 'staged', 'processing'].includes(status);
		if (isUnderWay) this.#awaited.add(task);
		else this.#awaited.delete(task);
		const isProgress = status === 'processing' && this.#options.callbackOnProgress;
		if (status !== 'completed' && status !== 'failed' && !isProgress) return;
		const data = asSent(this.#write(task, task.latest));
		const timestamp = Math.floor(at / 1000);
		this.#callbacks.announce(webhook, task.taskId, { timestamp, data });
	}

	/** Nothing has to happen on time, save for tasks whose end has to be told. */
	#setAlarm(): void {
		const { nextDueAt } = this.#account;
		if (nextDueAt === undefined || this.#awaited.size === 0) return;
		if ((this.#alarmAt ?? Infinity) <= nextDueAt) return;
		this.#alarmAt = nextDueAt;
		void this.#clock.sleep(Math.ceil(nextDueAt - this.#clock.now())).then(() => {
			if (this.#alarmAt === nextDueAt) this.#alarmAt = undefined;
			this.#account.catchUp();
			this.#setAlarm();
		});
	}
}

function webhookOf({ config }: SimulatedTask): Webhook | undefined {
	const { endpoint = '', secret = '' } = config.webhook_config ?? {};
	return endpoint === '' ? undefined : { endpoint, secret };
}
