import type { Clock, RunClock } from './clock';

/** For each request that may be under way at once, so many may start in a second. */
const STARTS_PER_SECOND = 25;

/** Few enough not to matter in memory, where one that waits for its turn takes some kilobytes. */
const MAX_WAITING = 20;

/**
 * Limits concurrent requests: at most `concurrency` are under way at once, in the order they came, and
 * their starts are spread evenly. A pause holds back all that have not started.
 */
export class RateLimiter {
	private readonly queue: Array<() => void> = [];

	private readonly waitingForRoom: Array<() => void> = [];

	private free: number;

	private readonly intervalMs: number;

	private nextStartAt = -Infinity;

	private pausedUntil = -Infinity;

	constructor(
		concurrency: number,
		private readonly clock: Clock,
	) {
		this.free = Math.max(1, Math.floor(concurrency));
		this.intervalMs = 1000 / (this.free * STARTS_PER_SECOND);
	}

	/** When requests may start again; in the past while there is no pause. */
	get resumesAt(): number {
		return this.pausedUntil;
	}

	/** Whether there has been a pause: the limit is known to be near. */
	get wasPaused(): boolean {
		return this.pausedUntil !== -Infinity;
	}

	pauseFor(milliseconds: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, this.clock.now() + milliseconds);
	}

	/** Resolves when few wait for their turn: who has a thousand requests prepares the next one only then. */
	async room(): Promise<void> {
		while (this.queue.length >= MAX_WAITING) {
			await new Promise<void>((resolve) => this.waitingForRoom.push(resolve));
		}
	}

	/** Does the work when its turn has come. */
	async run<T>(work: () => Promise<T>): Promise<T> {
		const isQueued = this.free === 0;
		if (isQueued) await new Promise<void>((start) => this.queue.push(start));
		else this.free--;

		try {
			// What follows from the answer before comes first: it can end the run.
			if (isQueued) await this.clock.sleep(0);
			await this.waitForTurn();
			return await work();
		} finally {
			this.release();
		}
	}

	private async waitForTurn(): Promise<void> {
		const startAt = Math.max(this.clock.now(), this.nextStartAt);
		this.nextStartAt = startAt + this.intervalMs;
		await this.sleepUntil(startAt);
		for (let resumesAt = -Infinity; resumesAt !== this.pausedUntil; ) {
			// The pause can be extended in the meantime.
			resumesAt = this.pausedUntil;
			await this.sleepUntil(resumesAt);
		}
	}

	private async sleepUntil(at: number): Promise<void> {
		const remainingMs = at - this.clock.now();
		if (remainingMs > 0) await this.clock.sleep(remainingMs);
	}

	private release(): void {
		const start = this.queue.shift();
		if (start) start();
		else this.free++;
		this.waitingForRoom.shift()?.();
	}
}

/**
 * Repeats work that fails, until it succeeds or the run ends.
 *
 * @param delayAfter milliseconds before the next attempt; undefined when there is none. Attempts count from 1.
 * @throws the error of the last attempt
 */
export async function retry<T>(
	clock: Pick<RunClock, 'sleep' | 'aborted'>,
	work: () => Promise<T>,
	delayAfter: (error: unknown, attempt: number) => number | undefined,
): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		const [outcome] = await Promise.allSettled([work()]);
		if (outcome.status === 'fulfilled') return outcome.value;
		const delayMs = delayAfter(outcome.reason, attempt);
		if (delayMs !== undefined) await clock.sleep(delayMs);
		if (delayMs === undefined || clock.aborted) throw outcome.reason;
	}
}

/** Exponential backoff: milliseconds before the attempt that follows this one, doubled each time. */
export function backoffMs(attempt: number, firstMs: number, maxMs: number): number {
	return Math.min(firstMs * 2 ** (attempt - 1), maxMs);
}

/** Up to a quarter more, so that requests that failed together do not come back at the same moment. */
export function withJitter(milliseconds: number): number {
	return milliseconds * (1 + Math.random() / 4);
}
