/**
 * An end on the clock for one request. n8n's own `timeout` counts anew with each byte, so that an answer
 * that trickles in would be waited for without end.
 *
 * Not n8n's `sleep`: its timer would keep the process alive after the answer is there.
 */
export class Deadline {
	private readonly aborting = new AbortController();

	private isMet = false;

	/**
	 * @param timeoutMs milliseconds after which the request is aborted, unless it was met by then
	 * @param stopSignal aborts the request as well, if there is one
	 */
	constructor(
		timeoutMs: number,
		private readonly stopSignal?: AbortSignal,
	) {
		if (stopSignal?.aborted) this.abort();
		stopSignal?.addEventListener('abort', this.abort, { once: true });
		AbortSignal.timeout(Math.ceil(timeoutMs)).addEventListener('abort', () => {
			if (!this.isMet) this.abort();
		});
	}

	/** For the request. */
	get signal(): AbortSignal {
		return this.aborting.signal;
	}

	/** The outcome of the request, or undefined as soon as the request is aborted. */
	async of<T>(work: Promise<T>): Promise<T | undefined> {
		const { signal } = this;
		const aborted = new Promise<undefined>((resolve) => {
			if (signal.aborted) resolve(undefined);
			signal.addEventListener('abort', () => resolve(undefined), { once: true });
		});
		return await Promise.race([work, aborted]);
	}

	/** The answer began in time: from now on only a stop aborts what is left of it. */
	meet(): void {
		this.isMet = true;
	}

	/** Nothing is to be aborted any more. */
	close(): void {
		this.meet();
		this.stopSignal?.removeEventListener('abort', this.abort);
	}

	private readonly abort = () => this.aborting.abort();
}

/** What a deadline that passed has to say to a technician. */
export function noAnswerWithin(timeoutMs: number): string {
	return `no complete answer within ${timeoutMs / 1000} s`;
}
