import type { RunClock } from '../runtime/clock';
import { processMemory } from '../runtime/memory';
import { RateLimiter, retry } from '../runtime/turns';
import { readAccount, readActiveTasks, type Account, type ActiveTasks } from './account';
import { webAddress } from './addresses';
import { checkCredential, credentialOf, type Credential } from './credential';
import { delayBeforeRetry, PiapiError, refusalOfCreate } from './errors';
import {
	limitsOf,
	n8nTransport,
	notCreated,
	refusalIn,
	type CallOptions,
	type Limits,
	type NodeContext,
	type PiapiRequest,
	type PiapiResponse,
	type Transport,
} from './http';
import { onlyEntry, recordOf, timeIn, type JsonRecord } from './json';
import { Redactor } from './redact';
import { readTask, type Task } from './task';
import {
	listTasks,
	readTaskPage,
	type PageQuery,
	type TaskPage,
	type TaskQuery,
	type TaskRow,
} from './taskList';
import { checkUploadAddress, uploadError, type UploadFile } from './upload';

/** The body of `POST /api/v1/task` (PiAPI, "Create Task"). */
export interface CreateTaskBody {
	model: 'luma';
	task_type: 'video_generation' | 'extend_video';
	input: JsonRecord;
	config?: JsonRecord;
}

// A create gets more time: after a timeout it is unknown whether a task was created and paid.
const CREATE_TIMEOUT_MS = 60_000;
const UPLOAD_TIMEOUT_MS = 120_000;

/** Requests at once where the user has no say: in the editor, in a poll, in a webhook. */
const DEFAULT_CONCURRENCY = 5;

/** How long all requests are held back after a 429 without, and at most with, a Retry-After. */
const DEFAULT_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 5 * 60_000;

/** A page of the task list can hold 100 tasks with all that was asked for. */
const MAX_PAGE_BYTES = 20 * 1024 * 1024;
const MAX_PAGE_VALUES = 400_000;

/** Clocks that differ by less are taken for the same; the Date header has whole seconds. */
const CLOCK_TOLERANCE_MS = 2_000;

/** A completed task can be read before its link is there. So long it is waited for, then taken as it is. */
const MAX_LINK_LAG_MS = 5 * 60_000;

const missingLinks = processMemory<number>('missingLinks');

type Call = Omit<PiapiRequest, 'url' | keyof Limits> & { path: string };

/** Behind it is a task; all other pages are there at every PiAPI. */
const TASK_PATH = '/api/v1/task';

/** What a client needs besides PiAPI's addresses. */
interface ClientParts {
	transport: Transport;
	clock: RunClock;
	limiter: RateLimiter;
	/** Takes the credential's secrets out of all words that are taken over. */
	redactor?: Redactor;
}

/**
 * PiAPI's calls, by name. Each waits for its turn, is repeated with exponential backoff while that is safe,
 * and ends with the run. All reject with `PiapiError` and nothing else.
 */
export class PiapiClient {
	/** Limits concurrent requests; after a 429 it holds back all of them for as long as PiAPI asks. */
	readonly limiter: RateLimiter;

	private readonly clock: RunClock;
	private readonly transport: Transport;
	private readonly redactor: Redactor;

	/** How far the clock of this n8n is ahead of PiAPI's, in milliseconds; undefined before its first answer. */
	private clockSkewMs?: number;

	/** @param addresses those of the credential, checked */
	constructor(
		private readonly addresses: Pick<Credential, 'baseUrl' | 'uploadBaseUrl'>,
		{ transport, clock, limiter, redactor = new Redactor() }: ClientParts,
	) {
		this.transport = transport;
		this.clock = clock;
		this.limiter = limiter;
		this.redactor = redactor;
	}

	/** PiAPI's time, as its last answer told it; milliseconds since 1970. */
	now(): number {
		return this.clock.now() - (this.clockSkewMs ?? 0);
	}

	/** Whether an answer has told PiAPI's time. */
	get knowsTime(): boolean {
		return this.clockSkewMs !== undefined;
	}

	/**
	 * Creates a task, which costs money. Never repeated by itself; once it is sent, a stop does not end it.
	 *
	 * @param inTurn sends it when its turn has come, or throws
	 * @throws PiapiError `stopped` when the run ended before it was sent
	 */
	async create(
		body: CreateTaskBody,
		inTurn = async (send: () => Promise<Task>) => await send(),
	): Promise<Task> {
		const call: Call = { method: 'POST', path: TASK_PATH, body };
		const limits = { timeoutMs: CREATE_TIMEOUT_MS, ignoreAbort: true };
		const send = async () => this.createdIn(await this.exchange(call, limits));
		return await this.inTurn({}, async () => await inTurn(send));
	}

	/** Whatever else an answer says: the task that it names is there, and is paid. */
	private createdIn(answer: PiapiResponse): Task {
		const { data } = recordOf(answer.body);
		const named = [data, recordOf(data).data, recordOf(data).task, answer.body]
			.map(onlyEntry)
			.find((value) => readTask(value));
		const refusal = refusalIn(answer, this.redactor);
		if (!named) throw refusal ? refusalOfCreate(refusal) : notCreated(answer, this.redactor);
		const task = this.taskIn(named);
		return { ...task, failure: task.failure || refusal?.details.providerMessage || '' };
	}

	/** Reads a task; free. */
	async task(taskId: string, options: CallOptions = {}): Promise<Task> {
		const path = `${TASK_PATH}/${encodeURIComponent(taskId)}`;
		return await this.request({ method: 'GET', path }, options, (data) => {
			const task = this.taskIn(data);
			if (task.taskId !== taskId) throw new PiapiError('unreadable');
			return task;
		});
	}

	/**
	 * Cancels a task that has not started; free, and the task is not charged.
	 *
	 * @throws PiapiError `refusedInput` when the task has started already
	 */
	async cancel(taskId: string, options: CallOptions = {}): Promise<void> {
		const path = `${TASK_PATH}/${encodeURIComponent(taskId)}`;
		await this.request({ method: 'DELETE', path }, { once: true, ...options }, () => undefined);
	}

	/**
	 * Lists the account's Luma tasks, the newest first; free. Each task comes once, although a task that is
	 * created meanwhile moves others to the next page. The list ends with a page that is not full, or brings
	 * nothing new.
	 *
	 * @throws PiapiError `tooManyTasks` when there is no end
	 */
	async *tasks(query: TaskQuery = {}, options: CallOptions = {}): AsyncGenerator<TaskRow> {
		yield* listTasks(query, {
			now: () => this.now(),
			readPage: async (page) => await this.page(page, options),
		});
	}

	/** Uploads a file for 24 hours and returns its public address; free from the Creator plan on. */
	async upload({ name, read }: UploadFile): Promise<string> {
		const { uploadBaseUrl } = this.addresses;
		checkUploadAddress(uploadBaseUrl);
		return await this.inTurns({}, async () => {
			const body = { file_name: name, file_data: (await read()).toString('base64') };
			const call: Call = { method: 'POST', path: '/api/ephemeral_resource', body };
			try {
				const answer = await this.send(call, { timeoutMs: UPLOAD_TIMEOUT_MS }, uploadBaseUrl);
				const address = webAddress(recordOf(recordOf(answer.body).data).url);
				if (!address) throw new PiapiError('unreadable');
				return address.href;
			} catch (error) {
				throw uploadError(error);
			}
		});
	}

	/**
	 * Reads balance, plan and limits; free.
	 *
	 * @throws PiapiError `notPiapi` when there is no such page: every PiAPI has one
	 */
	async account(options: CallOptions = {}): Promise<Account> {
		const call: Call = { method: 'GET', path: '/account/info' };
		return await this.request(call, options, (data) => readAccount(this.redactor.json(data)));
	}

	/** Counts the tasks that have not ended; free. */
	async activeTasks(): Promise<ActiveTasks> {
		const call: Call = { method: 'GET', path: '/account/active_tasks' };
		return await this.request(call, {}, readActiveTasks);
	}

	private async page(page: PageQuery, options: CallOptions): Promise<TaskPage> {
		const query = { model: 'luma', ...page };
		const path = '/api/open/tasks/histories';
		const call: Call = { method: 'GET', path, query, maxBytes: MAX_PAGE_BYTES };
		return await this.request(call, options, (data) => {
			const listed = readTaskPage(this.redactor.json(data, MAX_PAGE_VALUES));
			if (!listed) throw new PiapiError('unreadable');
			return listed;
		});
	}

	/** @param read takes what was asked for out of the answer; one that it cannot read is asked for again */
	private async request<T>(
		call: Call,
		options: CallOptions,
		read: (data: unknown) => T,
	): Promise<T> {
		return await this.inTurns(options, async () => {
			const { body } = await this.send(call, limitsOf(options));
			return read(recordOf(body).data);
		});
	}

	/** For what costs nothing: repeats it. */
	private async inTurns<T>(options: CallOptions, work: () => Promise<T>): Promise<T> {
		const attempt = async () => await this.inTurn(options, work);
		const { once, timeoutMs = Infinity } = options;
		const delayAfter = (error: unknown, attempts: number) => {
			const delayMs = delayBeforeRetry(error, attempts) ?? Infinity;
			return delayMs < timeoutMs ? delayMs : undefined;
		};
		return once ? await attempt() : await retry(this.clock, attempt, delayAfter);
	}

	private async inTurn<T>({ outlives }: CallOptions, work: () => Promise<T>): Promise<T> {
		// After a stop nobody else needs the turns any more.
		if (outlives === 'stop') return await work();
		return await this.limiter.run(async () => {
			const isOver = outlives === 'failure' ? this.clock.cancelled : this.clock.aborted;
			if (isOver) throw new PiapiError('stopped');
			try {
				return await work();
			} catch (error) {
				throw this.heeded(error);
			}
		});
	}

	/** After a 429 all calls wait for as long as PiAPI asks. */
	private heeded(error: unknown): unknown {
		if (error instanceof PiapiError && error.code === 'tooManyRequests') {
			const pauseMs = error.details.retryAfterMs ?? DEFAULT_PAUSE_MS;
			this.limiter.pauseFor(Math.min(pauseMs, MAX_PAUSE_MS));
		}
		return error;
	}

	private async send(call: Call, limits: Limits, baseUrl?: string): Promise<PiapiResponse> {
		const answer = await this.exchange(call, limits, baseUrl);
		const refusal = refusalIn(answer, this.redactor);
		if (!refusal) return answer;
		const isPage = baseUrl === undefined && !call.path.startsWith(TASK_PATH);
		const isMissing = isPage && refusal.details.httpStatus === 404;
		throw isMissing ? new PiapiError('notPiapi', refusal.details) : refusal;
	}

	/** Any answer, whatever it says. */
	private async exchange(
		{ path, ...call }: Call,
		limits: Limits,
		baseUrl = this.addresses.baseUrl,
	): Promise<PiapiResponse> {
		const answer = await this.transport({ ...call, url: baseUrl + path, ...limits });
		this.readClock(answer);
		return answer;
	}

	private readClock({ headers }: PiapiResponse): void {
		const serverTime = timeIn(headers.date);
		if (serverTime === null) return;
		const skewMs = this.clock.now() - serverTime;
		this.clockSkewMs ??= 0;
		if (Math.abs(skewMs - this.clockSkewMs) > CLOCK_TOLERANCE_MS) this.clockSkewMs = skewMs;
	}

	private taskIn(data: unknown): Task {
		const task = readTask(data);
		if (!task) throw new PiapiError('unreadable');
		const awaitsLink = task.awaitsLink && !this.isLinkOverdue(task.taskId);
		return this.redactor.task({ ...task, awaitsLink });
	}

	/** Whether this process has seen for long that the task is completed and has no link. */
	private isLinkOverdue(taskId: string): boolean {
		const now = this.clock.now();
		const since = missingLinks.getOrCreate(taskId, () => now);
		return now - since >= MAX_LINK_LAG_MS;
	}
}

/**
 * A client for the account of the node's credential.
 *
 * @throws NodeOperationError when the credential's key cannot be sent, or its address is not safe for one, before any request
 */
export async function connect(
	context: NodeContext,
	clock: RunClock,
	concurrency = DEFAULT_CONCURRENCY,
): Promise<PiapiClient> {
	const credential = await credentialOf(context);
	checkCredential(context, credential);
	return new PiapiClient(credential, {
		transport: n8nTransport(context),
		clock,
		limiter: new RateLimiter(concurrency, clock),
		redactor: new Redactor([credential.apiKey, credential.webhookSecret]),
	});
}
