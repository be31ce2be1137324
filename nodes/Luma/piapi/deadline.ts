/**
 * A time limit for one request as a whole. n8n's own `timeout` starts again with each byte, so that a
 * response that arrives byte by byte would be waited for without end.
 *
 * Not n8n's `sleep`: its timer would keep the process alive after the response has arrived.
 */
export class Deadline {
	private readonly controller = new AbortController();

	private readonly timeoutSignal: AbortSignal;

	/**
	 * @param timeoutMs milliseconds after which the request is aborted
	 * @param stopSignal aborts the request as well, if there is one
	 */
	constructor(
		timeoutMs: number,
		private readonly stopSignal?: AbortSignal,
	) {
		if (stopSignal?.aborted) this.abort();
		stopSignal?.addEventListener('abort', this.abort, { once: true });
		this.timeoutSignal = AbortSignal.timeout(Math.ceil(timeoutMs));
		this.timeoutSignal.addEventListener('abort', this.abort, { once: true });
	}

	/** For the request. */
	get signal(): AbortSignal {
		return this.controller.signal;
	}

	/** The outcome of the request, or undefined as soon as the request is aborted. */
	async race<T>(request: Promise<T>): Promise<T | undefined> {
		const { signal } = this;
		const aborted = new Promise<undefined>((resolve) => {
			if (signal.aborted) resolve(undefined);
			signal.addEventListener('abort', () => resolve(undefined), { once: true });
		});
		return await Promise.race([request, aborted]);
	}

	/** The response has begun in time: from now on only a stop aborts it. */
	stopTimer(): void {
		// A signal that nobody listens to is released at once, long before its time.
		this.timeoutSignal.removeEventListener('abort', this.abort);
	}

	/** Nothing is to be aborted any more. */
	close(): void {
		this.stopTimer();
		this.stopSignal?.removeEventListener('abort', this.abort);
	}

	private readonly abort = () => this.controller.abort();
}

/** Technical detail of a deadline that has passed. */
export function noAnswerWithin(timeoutMs: number): string {
	return `no complete answer within ${timeoutMs / 1000} s`;
}
