import { sleep } from 'n8n-workflow';

/** Time as the pipeline sees it, so that tests can let hours pass in no time. */
export interface Clock {
	/** Milliseconds since 1970 when the process began, counted on without jumps from there. */
	now(): number;
	sleep(milliseconds: number): Promise<void>;
}

/** Real time. It follows the computer's steady clock: setting the wall clock moves no deadline. */
export const steadyClock: Clock = {
	now: () => performance.timeOrigin + performance.now(),
	sleep: async (milliseconds) => await sleep(milliseconds),
};

/** The time of one run of the node. All its sleeps end at once when the run ends early. */
export class RunClock implements Clock {
	private readonly sleepers = new Set<() => void>();

	private readonly nappers = new Set<() => void>();

	private readonly ending = new AbortController();

	private readonly stop: Promise<undefined>;

	/** @param stopSignal n8n's signal for a stopped execution */
	constructor(
		private readonly clock: Clock,
		private readonly stopSignal?: AbortSignal,
	) {
		this.stop = new Promise((resolve) => {
			if (stopSignal?.aborted) resolve(undefined);
			stopSignal?.addEventListener('abort', () => resolve(undefined), { once: true });
		});
		stopSignal?.addEventListener('abort', () => this.end(), { once: true });
	}

	/** Whether somebody stopped the execution. */
	get stopped(): boolean {
		return this.stopSignal?.aborted ?? false;
	}

	/** Whether nothing more is to be begun: the execution was stopped, or one item ended the run. */
	get ended(): boolean {
		return this.ending.signal.aborted || this.stopped;
	}

	/** Aborts what is under way when the run ends early. */
	get endSignal(): AbortSignal {
		return this.ending.signal;
	}

	end(): void {
		this.ending.abort();
		this.sleepers.forEach((wake) => wake());
		this.rouse();
	}

	now(): number {
		return this.clock.now();
	}

	/** The outcome of the work, or undefined as soon as somebody stops the execution. */
	async unlessStopped<T>(work: Promise<T>): Promise<T | undefined> {
		return await Promise.race([work, this.stop]);
	}

	/** Sleeps on when one item ended the run, but not when the execution was stopped. */
	async sleepUnlessStopped(milliseconds: number): Promise<void> {
		if (!this.stopped) await this.unlessStopped(this.clock.sleep(milliseconds));
	}

	/** Waits for work that follows a stop, but no longer than that many milliseconds. */
	async atMost(milliseconds: number, work: Promise<void>): Promise<void> {
		await Promise.race([work, this.clock.sleep(milliseconds)]);
	}

	// n8n's own `sleep` takes a signal only from n8n-workflow 2.34 on.
	async sleep(milliseconds: number): Promise<void> {
		await this.sleepAmong(this.sleepers, milliseconds);
	}

	/** A sleep that `rouse` ends early. */
	async nap(milliseconds: number): Promise<void> {
		await this.sleepAmong(this.nappers, milliseconds);
	}

	/** Ends all naps: there is news. */
	rouse(): void {
		this.nappers.forEach((wake) => wake());
	}

	private async sleepAmong(sleepers: Set<() => void>, milliseconds: number): Promise<void> {
		if (this.ended) return;
		await new Promise<void>((resolve) => {
			const wake = () => {
				sleepers.delete(wake);
				resolve();
			};
			sleepers.add(wake);
			void this.clock.sleep(milliseconds).then(wake);
		});
	}
}
