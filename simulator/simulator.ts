/* eslint-disable @n8n/community-nodes/require-node-api-error */
import { Account } from './account';
import { Callbacks } from './callbacks';
import { systemClock, type Clock } from './clock';
import type {
	Call,
	Fault,
	SimulatorOptions,
	SimulatorRequest,
	SimulatorResponse,
} from './contract';
import { writeTask } from './dialects';
import { answerUnder, ConnectionReset, Faults } from './faults';
import { Library } from './library';
import { RequestLimit } from './requestLimit';
import { findRoute } from './routes';
import type { Visit } from './routes/visit';
import { isUnderWay, pixels, type SimulatedTask, type TaskFailure, type TaskState } from './tasks';
import { asSent, BadRequest, finish, refusal } from './wire';

/** A simulator of PiAPI: the Luma part of its API, its uploads, its media host and its callbacks. */
export class Simulator {
	/** Where media links and uploads point to, without a slash at its end. */
	baseUrl = 'https://simulator.test';
	/** Every request met and every callback made, in the order they came. */
	readonly calls: Call[] = [];
	readonly #clock: Clock;
	readonly #faults = new Faults();
	readonly #account: Account;
	readonly #library: Library;
	readonly #callbacks: Callbacks;
	readonly #limit: RequestLimit;
	#alarmAt = Infinity;
	/** Tasks under way whose end has to be told. */
	readonly #awaited = new Set<SimulatedTask>();

	constructor(private readonly options: SimulatorOptions = {}) {
		this.#clock = options.clock ?? systemClock;
		this.#faults.list.push(...(options.faults ?? []));
		this.#account = new Account(
			options,
			this.#clock,
			(input, at) => this.#library.findMissingImage(input, this.baseUrl, at),
			(task, at) => this.#tell(task, at),
		);
		this.#library = new Library(this.#account, options);
		this.#callbacks = new Callbacks(this.#clock, this.#faults, this.calls, options);
		this.#limit = new RequestLimit(options.requestsPerMinute);
	}

	/** Every task created, by its id, as it stands now. */
	get tasks(): ReadonlyMap<string, SimulatedTask> {
		this.#account.catchUp();
		return this.#account.tasks;
	}

	/** Points that are neither used nor frozen; 10,000,000 are one US dollar. */
	get balancePoints(): number {
		return this.#account.availablePoints;
	}

	/** Starts a task now, whatever its time and however many others render. */
	start(task: SimulatedTask): void {
		this.#account.move(task, 'processing');
	}

	/** Ends a task now with its video; it starts first if it has not. */
	complete(task: SimulatedTask): void {
		this.#account.move(task, 'completed');
	}

	/** Ends a task now without a video. */
	fail(task: SimulatedTask, failure: TaskFailure = { message: 'generation failed' }): void {
		this.#account.move(task, failure);
	}

	addFault(fault: Fault): void {
		this.#faults.list.push(fault);
	}

	clearFaults(): void {
		this.#faults.list = [];
	}

	/** Answers one request; rejects with code `ECONNRESET` when the connection would be reset. */
	async handle(request: SimulatorRequest): Promise<SimulatorResponse> {
		const visit = this.#visitOf(request);
		const { call } = visit;
		this.calls.push(call);
		const effect = this.#faults.meet(call.route, visit.request);
		if (effect?.kind === 'lag') visit.seenAt -= effect.seconds * 1000;
		try {
			const response = await answerUnder(effect, this.#clock, () => this.#respond(visit));
			const { answerSeconds = 0 } = this.options;
			if (answerSeconds > 0) await this.#clock.sleep(answerSeconds * 1000);
			call.status = response.status;
			return finish(response, this.#clock.now(), effect?.kind === 'cutOff');
		} catch (error) {
			if (error instanceof ConnectionReset) call.status = error.after;
			throw error;
		}
	}

	#visitOf({ method, path, headers: sent, body }: SimulatorRequest): Visit {
		const entries = Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value]);
		const request = { method, path, headers: Object.fromEntries(entries), body: asSent(body) };
		const { pathname, searchParams: query } = new URL(path, this.baseUrl);
		const { route, handle, parameter } = findRoute(method, pathname);
		const now = this.#clock.now();
		const hasKey = 'x-api-key' in request.headers;
		return {
			...{ request, query, parameter, handle, now, seenAt: now },
			...{ options: this.options, baseUrl: this.baseUrl },
			...{ account: this.#account, library: this.#library },
			call: { route, method, path, at: now, status: 'hang', hasKey, body: request.body },
			writeTask: (task, state) => this.#write(task, state),
		};
	}

	#respond(visit: Visit): SimulatorResponse {
		try {
			return this.#refusalOf(visit) ?? visit.handle(visit);
		} catch (error) {
			if (error instanceof BadRequest) return refusal(400, error.message);
			throw error;
		} finally {
			this.#setAlarm();
		}
	}

	/** Media is open to everybody, and uploads have a host of their own, whose requests do not count. */
	#refusalOf({ call: { route }, request }: Visit): SimulatorResponse | undefined {
		if (route === 'media' || route === 'unknown') return undefined;
		const { apiKey = 'simulated-key' } = this.options;
		if (request.headers['x-api-key'] !== apiKey) return refusal(401, 'Invalid API key');
		return route === 'upload' ? undefined : this.#limit.refusalAt(this.#clock.now());
	}

	#write(task: SimulatedTask, state: TaskState): object {
		const { baseUrl, options } = this;
		const size = pixels[this.#library.aspectRatioOf(task.input)];
		const linksAt = (state.endedAt ?? 0) + (options.linkLagSeconds ?? 0) * 1000;
		const isLinkMissing = this.#clock.now() < linksAt;
		return writeTask(task, state, { ...options, baseUrl, size, isLinkMissing });
	}

	#tell(task: SimulatedTask, at: number): void {
		if (task.config.webhook_config.endpoint === '') return;
		const { status } = task.latest;
		if (isUnderWay(status)) this.#awaited.add(task);
		else this.#awaited.delete(task);
		const isProgress = status === 'processing' && this.options.callbackOnProgress;
		if (status !== 'completed' && status !== 'failed' && !isProgress) return;
		const data = asSent(this.#write(task, task.latest));
		const timestamp = Math.floor(at / 1000);
		this.#callbacks.announce(task, { timestamp, data });
	}

	/** Nothing has to happen on time, save for tasks whose end has to be told. */
	#setAlarm(): void {
		const { nextDueAt } = this.#account;
		if (this.#awaited.size === 0 || this.#alarmAt <= nextDueAt) return;
		this.#alarmAt = nextDueAt;
		void this.#clock.sleep(Math.ceil(nextDueAt - this.#clock.now())).then(() => {
			if (this.#alarmAt === nextDueAt) this.#alarmAt = Infinity;
			this.#account.catchUp();
			this.#setAlarm();
		});
	}
}
