import type { Clock } from './clock';

/** For each piece of work that may be under way at once, so many may begin in a second. */
const BEGINNINGS_PER_SECOND = 25;
const LONGEST_GAP_MS = 1000;
const ONE_CROWD_MS = 1000;
const RECOVERY_MS = 15_000;

/**
 * Lets at most `width` pieces of work through at once, in the order they came, and spreads their
 * beginnings evenly: PiAPI never meets a crowd, however many items there are.
 */
export class Gate {
	private readonly waiting: Array<() => void> = [];

	private free: number;

	private gapMs: number;

	private nextBeginning = -Infinity;

	private readonly usualGapMs: number;

	private changedAt = -Infinity;

	constructor(
		width: number,
		private readonly clock: Clock,
	) {
		this.free = Math.max(1, Math.floor(width));
		this.usualGapMs = 1000 / (this.free * BEGINNINGS_PER_SECOND);
		this.gapMs = this.usualGapMs;
	}

	async pass<T>(work: () => Promise<T>): Promise<T> {
		if (this.free > 0) this.free--;
		else await new Promise<void>((enter) => this.waiting.push(enter));

		try {
			await this.turn();
			return await work();
		} finally {
			this.leave();
		}
	}

	/** PiAPI has asked for fewer requests: for a while half as many begin. */
	slowDown(): void {
		// Requests that were under way together are told together.
		if (this.clock.now() - this.changedAt < ONE_CROWD_MS) return;
		this.changedAt = this.clock.now();
		this.gapMs = Math.min(this.gapMs * 2, LONGEST_GAP_MS);
	}

	private async turn(): Promise<void> {
		const now = this.clock.now();
		this.speedUp(now);
		const beginning = Math.max(now, this.nextBeginning);
		this.nextBeginning = beginning + this.gapMs;
		if (beginning > now) await this.clock.sleep(beginning - now);
	}

	private speedUp(now: number): void {
		if (this.gapMs === this.usualGapMs || now - this.changedAt < RECOVERY_MS) return;
		this.changedAt = now;
		this.gapMs = Math.max(this.gapMs / 2, this.usualGapMs);
	}

	private leave(): void {
		const enter = this.waiting.shift();
		if (enter) enter();
		else this.free++;
	}
}
