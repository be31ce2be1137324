/** When an answer came: between these two moments of this clock, PiAPI's clock showed that second. */
export interface Reading {
	sentAt: number;
	receivedAt: number;
	/** PiAPI's time, cut to whole seconds. */
	second: number;
}

const SECOND_MS = 1000;
/** Known so well that what is left can be put down to the way of a request. */
const SHARP_MS = 100;
const ENOUGH_PROBES = 7;

/**
 * How far PiAPI's clock is ahead of the run's clock, learned from the dates of its answers. Each of
 * them narrows it down, the most when it is asked at the moment that halves what is still open.
 */
export class PiapiClock {
	private least = -Infinity;

	private most = Infinity;

	/** How often it was asked for nothing else, at the best moment: where answers take long, that ends. */
	probes = 0;

	learn({ sentAt, receivedAt, second }: Reading): void {
		const least = second - receivedAt;
		const most = second + SECOND_MS - sentAt;
		const contradicts = least >= this.most || most <= this.least;
		this.least = contradicts ? least : Math.max(least, this.least);
		this.most = contradicts ? most : Math.min(most, this.most);
	}

	get isKnown(): boolean {
		return Number.isFinite(this.least);
	}

	/** Whether asking on would tell nothing more that matters. */
	get isSharp(): boolean {
		return this.most - this.least <= SHARP_MS || this.probes >= ENOUGH_PROBES;
	}

	/** The earliest time that PiAPI's clock can have shown then; the time itself while nothing is known. */
	earliest(at: number): number {
		return this.isKnown ? at + this.least : at;
	}

	/** The latest time that PiAPI's clock can have shown then. */
	latest(at: number): number {
		return at + this.most;
	}

	/** The first moment from `at` on when an answer's date tells the most. */
	bestMomentFrom(at: number): number {
		if (!this.isKnown || this.isSharp) return at;
		const shown = at + (this.least + this.most) / 2;
		return at + ((SECOND_MS - (shown % SECOND_MS)) % SECOND_MS);
	}
}
