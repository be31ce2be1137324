import type { Job } from '../job';
import { endRunIfFailed, type Run } from '../run';
import { pollIntervalAt } from './pollInterval';
import { TaskListView } from './taskListView';
import { TaskReader } from './taskReader';

/** The last read before a time limit may take that long. */
const LAST_READ_MS = 1_500;
/** After a 429, looks are at least that far apart. */
const RATE_LIMITED_INTERVAL_MS = 10_000;

/**
 * Waits until every job has its video, its time is up, or the run ends. All jobs are looked at together;
 * a read that takes long holds up no other job.
 */
export async function poll(jobs: Job[], run: Run): Promise<void> {
	await new Poller(jobs, run).run();
}

class Poller {
	private readonly reader: TaskReader;

	private readonly list: TaskListView;

	private readonly reads = new Map<Job, Promise<void>>();

	/** Jobs whose time limit has passed. */
	private readonly ending = new Set<Job>();

	private nextLookAt: number;

	constructor(
		private readonly jobs: Job[],
		private readonly shared: Run,
	) {
		this.reader = new TaskReader(shared);
		this.list = new TaskListView(shared);
		this.nextLookAt = shared.clock.now();
	}

	async run(): Promise<void> {
		const { clock } = this.shared;
		// A task that was just created cannot be finished yet.
		if (!this.open.some(isOfEarlierTry)) this.planNextLook();
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
		const { clock, limiter } = this.shared;
		this.nextLookAt = Math.max(this.nextLookAt, limiter.resumesAt);
		const deadlines = this.open.filter((job) => !this.ending.has(job)).map(deadlineOf);
		const sleep = clock.sleep(Math.max(0, least(deadlines, this.nextLookAt) - clock.now()));
		const reads = [...this.reads.values()];
		await (reads.length > 0 ? Promise.race([sleep, Promise.all(reads)]) : sleep);
	}

	private async look(): Promise<void> {
		this.planNextLook();
		const { unsettled, check } = await this.list.look(this.idle);
		this.readAll(unsettled);
		if (check) this.track(check, this.readCheck(check));
	}

	/** A task that ended although the list shows it as open: the list is looked at again at once. */
	private async readCheck(check: Job): Promise<void> {
		await this.read(check);
		if (!check.in('running')) this.nextLookAt = this.shared.clock.now();
	}

	private get idle(): Job[] {
		return this.open.filter((job) => !this.reads.has(job));
	}

	private readAll(jobs: Job[]): void {
		jobs.forEach((job) => this.track(job, this.read(job)));
	}

	private async read(job: Job): Promise<void> {
		await this.reader.read(job, deadlineOf(job) - this.shared.clock.now());
	}

	/** A last read, or the one under way, gets a moment to find the video. */
	private endOverdue(): void {
		const { clock } = this.shared;
		for (const job of this.open) {
			if (this.ending.has(job) || deadlineOf(job) > clock.now()) continue;
			this.ending.add(job);
			const read = this.reads.get(job) ?? this.reader.read(job, LAST_READ_MS);
			const end = clock.withTimeout(LAST_READ_MS, read).then(() => {
				job.timeOut(clock.now());
				this.shared.progress.update(job);
				endRunIfFailed(job, this.shared);
			});
			this.track(job, end);
		}
	}

	private track(job: Job, read: Promise<void>): void {
		const tracked = read.finally(() => this.reads.delete(job));
		this.reads.set(job, tracked);
	}

	private planNextLook(): void {
		const { clock, limiter } = this.shared;
		const now = clock.now();
		const { open } = this;
		const intervalMs =
			open.length > 0
				? least(
						open.map((job) => intervalOf(job, now)),
						Infinity,
					)
				: pollIntervalAt(0);
		this.nextLookAt = now + Math.max(intervalMs, limiter.wasPaused ? RATE_LIMITED_INTERVAL_MS : 0);
	}
}

function isOfEarlierTry(job: Job): boolean {
	return job.in('running')?.origin !== 'created';
}

/** When the wait for the job is over. */
function deadlineOf(job: Job): number {
	return startOf(job) + (job.request.wait?.timeoutMs ?? Infinity);
}

function intervalOf(job: Job, now: number): number {
	return job.request.wait?.pollIntervalMs || pollIntervalAt(now - startOf(job));
}

function startOf(job: Job): number {
	return job.in('running')?.startedAt ?? 0;
}

function least(numbers: number[], start: number): number {
	return numbers.reduce((one, other) => Math.min(one, other), start);
}
