import { catchPiapiError, isRetryable, PiapiError } from '../piapi/errors';
import { isFinal } from '../piapi/task';
import { MAX_PAGE_SIZE } from '../piapi/taskList';
import type { Job, StateOf } from './job';
import { findLostTasks } from './lostTasks';
import type { Run } from './run';

/** The node waits until every job has ended. The search for the tasks of lost answers holds up no other item. */
export async function waitHere(jobs: Job[], run: Run): Promise<void> {
	await Promise.all([findLostTasks(jobs, run), waitForTasks(jobs, run)]);
}

/**
 * Waits until every job has its video, its time is up, or the run ends. All jobs are looked at together;
 * a read that takes long holds up no other job.
 */
export async function waitForTasks(jobs: Job[], run: Run): Promise<void> {
	await new Waiting(jobs, run).untilAllHaveEnded();
}

/** Reads the task of each waiting job once. */
export async function readOnce(jobs: Job[], run: Run, timeoutMs: number): Promise<void> {
	const reader = new TaskReader(run);
	const waiting = jobs.filter(({ request }) => request.wait);
	await Promise.all(waiting.map(async (job) => await reader.read(job, timeoutMs)));
}

const FIRST_INTERVAL_MS = 3_000;
/** Most videos have come by then. */
const YOUNG_MS = 120_000;
const SHARE_OF_AGE = 0.05;
const MAX_INTERVAL_MS = 30_000;
/** Keeps runs that began together from asking at the same moments. */
const JITTER = 0.03;

/** @returns milliseconds until a task of that age is looked at again */
function intervalAt(ageMs: number): number {
	const isYoung = ageMs <= YOUNG_MS;
	const intervalMs = isYoung ? FIRST_INTERVAL_MS : Math.min(ageMs * SHARE_OF_AGE, MAX_INTERVAL_MS);
	return intervalMs * (1 - JITTER * Math.random());
}

/** The last read before a time limit may take that long. */
const LAST_READ_MS = 1_500;
/** After a 429, looks are at least that far apart. */
const RATE_LIMITED_INTERVAL_MS = 10_000;
/** Whatever the list says, no task goes unread for longer. */
const MAX_UNREAD_MS = 45_000;

class Waiting {
	private readonly reader: TaskReader;

	/** Reads that are under way. */
	private readonly reads = new Map<Job, Promise<void>>();

	/** Jobs to be read, and the end of that. */
	private readonly due = new Set<Job>();
	private reading = Promise.resolve();

	private readonly readAt = new Map<Job, number>();

	/** Jobs whose time limit has passed. */
	private readonly overdue = new Set<Job>();

	private nextLookAt: number;

	constructor(
		private readonly jobs: Job[],
		private readonly run: Run,
	) {
		this.reader = new TaskReader(run);
		this.nextLookAt = run.clock.now();
	}

	async untilAllHaveEnded(): Promise<void> {
		const { clock } = this.run;
		// A task that was just created cannot be finished yet.
		if (this.open.every((job) => job.in('running')?.origin === 'created')) this.planNextLook();
		while (this.isWaiting && !clock.aborted) {
			await this.sleep();
			if (clock.aborted) return;
			this.endOverdue();
			if (clock.now() >= this.nextLookAt) await this.look();
		}
	}

	private get open(): Job[] {
		return this.jobs.filter((job) => job.in('running') && job.request.wait);
	}

	/** Jobs whose task is being searched for can still start running. */
	private get isWaiting(): boolean {
		return this.open.length > 0 || this.jobs.some((job) => job.in('unconfirmed'));
	}

	/** Until the next look or time limit, or until all reads under way have ended. */
	private async sleep(): Promise<void> {
		const { clock, piapi } = this.run;
		this.nextLookAt = Math.max(this.nextLookAt, piapi.limiter.resumesAt);
		const deadlines = this.open.filter((job) => !this.overdue.has(job)).map(deadlineOf);
		const sleep = clock.sleep(Math.max(0, least(deadlines, this.nextLookAt) - clock.now()));
		const reads = [...this.reads.values()];
		const isReading = reads.length > 0 || this.due.size > 0;
		await (isReading ? Promise.race([sleep, Promise.all([this.reading, ...reads])]) : sleep);
	}

	/** Reads every task that the list does not show as open, or that was not read for long. */
	private async look(): Promise<void> {
		this.planNextLook();
		const idle = this.open.filter((job) => !this.reads.has(job) && !this.due.has(job));
		const listed = await openTasksInList(idle, this.run);
		const now = this.run.clock.now();
		for (const job of idle) {
			const running = job.in('running');
			if (!running) continue;
			const unreadMs = now - (this.readAt.get(job) ?? running.startedAt);
			if (listed.has(running.taskId) && unreadMs < MAX_UNREAD_MS) continue;
			this.readAt.set(job, now);
			this.due.add(job);
		}
		this.reading = this.readDue(this.reading);
	}

	private async readDue(earlier: Promise<void>): Promise<void> {
		await earlier;
		const { clock, piapi } = this.run;
		for (const job of this.due) {
			await clock.unlessCancelled(piapi.limiter.room());
			if (clock.aborted) return;
			// It can have been read at its time limit meanwhile.
			if (!this.due.delete(job)) continue;
			this.track(job, this.reader.read(job, deadlineOf(job) - clock.now()));
		}
	}

	/** A last read, or the one under way, gets a moment to find the video. */
	private endOverdue(): void {
		const { clock } = this.run;
		for (const job of this.open) {
			if (this.overdue.has(job) || deadlineOf(job) > clock.now()) continue;
			this.overdue.add(job);
			this.due.delete(job);
			const read = this.reads.get(job) ?? this.reader.read(job, LAST_READ_MS);
			const end = clock.withTimeout(LAST_READ_MS, read).then(() => job.timeOut(clock.now()));
			this.track(job, end);
		}
	}

	private track(job: Job, read: Promise<void>): void {
		const tracked = read.finally(() => this.reads.delete(job));
		this.reads.set(job, tracked);
	}

	private planNextLook(): void {
		const { clock, piapi } = this.run;
		const now = clock.now();
		const intervals = this.open.map((job) => intervalOf(job, now));
		const intervalMs = intervals.length > 0 ? least(intervals, Infinity) : intervalAt(0);
		const leastMs = piapi.limiter.wasPaused ? RATE_LIMITED_INTERVAL_MS : 0;
		this.nextLookAt = now + Math.max(intervalMs, leastMs);
	}
}

/** When the wait for the job is over. */
function deadlineOf(job: Job): number {
	return startOf(job) + (job.request.wait?.timeoutMs ?? Infinity);
}

function intervalOf(job: Job, now: number): number {
	return job.request.wait?.pollIntervalMs || intervalAt(now - startOf(job));
}

function startOf(job: Job): number {
	return job.in('running')?.startedAt ?? 0;
}

function least(numbers: number[], start: number): number {
	return numbers.reduce((one, other) => Math.min(one, other), start);
}

/** With fewer jobs than that, single reads take no more requests than the list. */
const MIN_LISTED_JOBS = 4;
const LIST_TIMEOUT_MS = 5_000;
/** The list can have the time of a creation in whole seconds. */
const LIST_MARGIN_MS = 1_000;

/** IDs of the jobs' tasks that the account's task list shows as open: 100 tasks a request. */
async function openTasksInList(jobs: Job[], { piapi }: Run): Promise<ReadonlySet<string>> {
	const open = new Set<string>();
	const tasks = jobs.flatMap((job) => job.in('running')?.task ?? []);
	if (tasks.length < MIN_LISTED_JOBS) return open;
	const missing = new Set(tasks.map(({ taskId }) => taskId));
	const since = least(
		tasks.map(({ createdAt }) => createdAt ?? -Infinity),
		Infinity,
	);
	const maxPages = Math.ceil(tasks.length / MAX_PAGE_SIZE) + 1;
	const list = piapi.tasks(
		{ since: since - LIST_MARGIN_MS, maxPages },
		{ once: true, timeoutMs: LIST_TIMEOUT_MS },
	);
	try {
		for await (const { taskId, status } of list) {
			if (status !== null && !isFinal({ status })) open.add(taskId);
			missing.delete(taskId);
			if (missing.size === 0) break;
		}
	} catch {
		// What the list has not shown is read itself.
	}
	return open;
}

// Just after its creation a task may not be readable everywhere at PiAPI yet.
const NEW_TASK_LAG_MS = 60_000;
const OLD_TASK_LAG_MS = 10_000;
/** A task that was seen is given up after so many refusals in a row, over so much time. */
const MIN_REFUSALS = 3;
const MIN_REFUSED_MS = 30_000;

/** Reads tasks, and decides which errors end the wait for a task. */
class TaskReader {
	private readonly refusals = new Map<Job, { count: number; since: number }>();

	constructor(private readonly run: Run) {}

	/** Reads the task of a job once. An outage does not end a job: retryable errors are left to the next read. */
	async read(job: Job, timeoutMs: number): Promise<void> {
		const running = job.in('running');
		if (!running) return;
		const { clock, piapi } = this.run;
		const read = piapi.task(running.taskId, { once: true, timeoutMs });
		const seen = await catchPiapiError(read);
		if (clock.cancelled || !job.in('running')) return;
		if (seen instanceof PiapiError) {
			if (this.isGivenUp(job, running, seen)) job.fail(seen);
			return;
		}
		this.refusals.delete(job);
		job.observe(seen, clock.now());
	}

	private isGivenUp(job: Job, running: StateOf<'running'>, cause: PiapiError): boolean {
		if (isRetryable(cause) || cause.code === 'stopped') return false;
		const now = this.run.clock.now();
		const { count, since } = this.refusals.get(job) ?? { count: 0, since: now };
		this.refusals.set(job, { count: count + 1, since });
		const lagMs = running.origin === 'created' ? NEW_TASK_LAG_MS : OLD_TASK_LAG_MS;
		if (cause.code === 'unknownTask' && now - running.startedAt < lagMs) return false;
		if (!running.task && running.origin === 'existing') return true;
		return count + 1 >= MIN_REFUSALS && now - since >= MIN_REFUSED_MS;
	}
}
