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

	private endedEarly = false;

	/** @param stopSignal n8n's signal for a stopped execution */
	constructor(
		private readonly clock: Clock,
		private readonly stopSignal?: AbortSignal,
	) {
		stopSignal?.addEventListener('abort', () => this.end(), { once: true });
	}

	/** Whether somebody stopped the execution. */
	get stopped(): boolean {
		return this.stopSignal?.aborted ?? false;
	}

	/** Whether nothing more is to be begun: the execution was stopped, or one item ended the run. */
	get ended(): boolean {
		return this.endedEarly || this.stopped;
	}

	end(): void {
		this.endedEarly = true;
		this.sleepers.forEach((wake) => wake());
	}

	now(): number {
		return this.clock.now();
	}

	// n8n's own `sleep` takes a signal only from n8n-workflow 2.34 on.
	async sleep(milliseconds: number): Promise<void> {
		if (this.ended) return;
		let wake = () => {};
		const end = new Promise<void>((resolve) => {
			wake = resolve;
		});
		this.sleepers.add(wake);
		await Promise.race([this.clock.sleep(milliseconds), end]);
		this.sleepers.delete(wake);
	}
}
