const windowMs = 60_000;

/** A limit on requests within any 60 seconds (a sliding window); refused ones do not count. */
export class RequestLimit {
	/** When the requests of the last 60 seconds came, the earliest first. */
	readonly #admitted: number[] = [];

	constructor(private readonly requestsPerMinute: number) {}

	/** Counts a request in, or says how many whole seconds it has to wait; 0 is admitted. */
	admit(now: number): number {
		if (this.requestsPerMinute === Infinity) return 0;
		while (this.#admitted.length > 0 && this.#admitted[0] <= now - windowMs) this.#admitted.shift();
		if (this.#admitted.length < this.requestsPerMinute) {
			this.#admitted.push(now);
			return 0;
		}
		return Math.max(1, Math.ceil((this.#admitted[0] + windowMs - now) / 1000));
	}
}
