import type { SimulatorResponse } from './contract';
import { refusal } from './wire';

const windowMs = 60_000;

/** A limit on requests within any 60 seconds (a sliding window); refused ones do not count. */
export class RequestLimit {
	/** When the requests of the last 60 seconds came, the earliest first. */
	readonly #admitted: number[] = [];

	constructor(private readonly requestsPerMinute = Infinity) {}

	/** Counts a request in, or refuses it until there is room for it. */
	refusalAt(now: number): SimulatorResponse | undefined {
		const since = now - windowMs;
		while (this.#admitted[0] <= since) this.#admitted.shift();
		if (this.#admitted.length < this.requestsPerMinute) {
			this.#admitted.push(now);
			return undefined;
		}
		const seconds = Math.ceil((this.#admitted[0] - since) / 1000);
		const { headers, ...rest } = refusal(429, 'too many requests');
		return { ...rest, headers: { ...headers, 'retry-after': String(seconds) } };
	}
}
