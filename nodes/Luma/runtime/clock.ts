import { sleep } from 'n8n-workflow';

/** Time as the pipeline sees it, so that tests can use virtual time. */
export interface Clock {
	/** Milliseconds since 1970, from a clock that never jumps. */
	now(): number;
	sleep(milliseconds: number): Promise<void>;
}

/** Real time. It is monotonic: setting the computer's clock moves no deadline. */
export const systemClock: Clock = {
	now: () => performance.timeOrigin + performance.now(),
	sleep: async (milliseconds) => await sleep(milliseconds),
};

/** The time of one run of the node. All its sleeps end at once when the run ends early. */
export class RunClock implements Clock {
	private readonly sleepers = new Set<() => void>();

	private readonly abortController = new AbortController();

	/** What {@link unlessCancelled} waits with. Not one promise for all: it would hold each outcome until the run ends. */
	private readonly cancellations = new Set<() => void>();

	/** @param cancelSignal n8n's signal for a stopped execution */
	constructor(
		private readonly clock: Clock,
		private readonly cancelSignal?: AbortSignal,
	) {
		const end = () => {
			this.cancellations.forEach((cancel) => cancel());
			this.abort();
		};
		// A stop can come before the run.
		if (cancelSignal?.aborted) end();
		cancelSignal?.addEventListener('abort', end, { once: true });
	}

	/** Whether somebody stopped the execution. */
	get cancelled(): boolean {
		return this.cancelSignal?.aborted ?? false;
	}

	/** Whether nothing more may be started: the execution was stopped, or a failed item ended the run. */
	get aborted(): boolean {
		return this.abortController.signal.aborted || this.cancelled;
	}

	/** Aborts what is under way when the run ends early. */
	get abortSignal(): AbortSignal {
		return this.abortController.signal;
	}

	abort(): void {
		this.abortController.abort();
		this.sleepers.forEach((wake) => wake());
	}

	now(): number {
		return this.clock.now();
	}

	/** Ends early when the run does. n8n's own `sleep` takes a signal only from n8n-workflow 2.34 on. */
	async sleep(milliseconds: number): Promise<void> {
		if (this.aborted) return;
		await new Promise<void>((resolve) => {
			const wake = () => {
				this.sleepers.delete(wake);
				resolve();
			};
			this.sleepers.add(wake);
			void this.clock.sleep(milliseconds).then(wake);
		});
	}

	/** The outcome of the work, or undefined as soon as somebody stops the execution. */
	async unlessCancelled<T>(work: Promise<T>): Promise<T | undefined> {
		let cancel = () => {};
		const cancelled = new Promise<undefined>((resolve) => (cancel = () => resolve(undefined)));
		if (this.cancelled) cancel();
		this.cancellations.add(cancel);
		try {
			return await Promise.race([work, cancelled]);
		} finally {
			this.cancellations.delete(cancel);
		}
	}

	/** Ends early only when the execution was stopped, not when a failed item ended the run. */
	async sleepUnlessCancelled(milliseconds: number): Promise<void> {
		if (!this.cancelled) await this.unlessCancelled(this.clock.sleep(milliseconds));
	}

	/** The outcome of the work, or undefined after that many milliseconds; holds after a stop, too. */
	async withTimeout<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
		const timeout = this.clock.sleep(milliseconds).then(() => undefined);
		return await Promise.race([work, timeout]);
	}
}
