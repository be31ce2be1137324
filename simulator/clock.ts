/* eslint-disable @n8n/community-nodes/no-restricted-globals */

/** Where the simulator, and whoever waits for it, takes its time from. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Resolves after that many milliseconds of this clock. */
	sleep(milliseconds: number): Promise<void>;
}

/** The wall clock. Its timers never keep a process alive. */
export const systemClock: Clock = {
	now: () => Date.now(),
	async sleep(milliseconds) {
		await new Promise<void>((fire) => setTimeout(fire, milliseconds).unref());
	},
};

interface PendingTimer {
	dueAt: number;
	fire: () => void;
}

/** Real time to wait for something that no clock knows of before a run counts as stuck. */
const remainingMs = 250;

/**
 * A clock that only moves when everything waits: an hour of waiting takes as long as the code
 * around it needs, and every run sees the same order of events.
 */
export class VirtualClock implements Clock {
	#now: number;
	#timers: PendingTimer[] = [];
	#works = 0;
	#moving?: Promise<void>;

	/** @param startMs - milliseconds since the epoch at which time starts */
	constructor(startMs = Date.UTC(2026, 0, 7, 1, 36, 8)) {
		this.#now = startMs;
	}

	now(): number {
		return this.#now;
	}

	async sleep(milliseconds: number): Promise<void> {
		const dueAt = this.#now + Math.max(0, milliseconds);
		await new Promise<void>((fire) => {
			const place = this.#timers.findLastIndex((timer) => timer.dueAt <= dueAt) + 1;
			this.#timers.splice(place, 0, { dueAt, fire });
		});
	}

	/** Lets so much time pass. */
	async pass(milliseconds: number): Promise<void> {
		await this.run(async () => await this.sleep(milliseconds));
	}

	/**
	 * Runs `work`, jumping to the earliest timer whenever nothing else is left to do; works that run at
	 * once share the time. Rejects when no timer is pending although work is not done: then it waits for
	 * something that will never come, or for a real timer.
	 */
	async run<T>(work: () => Promise<T>): Promise<T> {
		this.#works++;
		const result = work().finally(() => this.#works--);
		result.catch(() => undefined);
		this.#moving ??= this.#move().finally(() => (this.#moving = undefined));
		await Promise.race([result, this.#moving]);
		return await result;
	}

	/** Moves time on until all works are done. */
	async #move(): Promise<void> {
		let stuckSince: number | undefined;
		while (this.#works > 0) {
			await this.#settle();
			const next = this.#works > 0 ? this.#timers.shift() : undefined;
			if (next) {
				stuckSince = undefined;
				this.#now = Math.max(this.#now, next.dueAt);
				next.fire();
				continue;
			}
			stuckSince ??= Date.now();
			if (this.#works > 0 && Date.now() - stuckSince > remainingMs) {
				throw new Error(
					'The virtual clock is stuck: the work is not done, and no timer is pending on this clock. ' +
						'Something waits for a real timer, a socket, or a promise that nobody settles.',
				);
			}
		}
	}

	/**
	 * Two quiet turns of the event loop see promises, immediates and files through. Immediates that never
	 * end (another clock's) are not waited for.
	 */
	async #settle(): Promise<void> {
		let quietTurns = 0;
		for (let turn = 0; this.#works > 0 && quietTurns < 2; turn++) {
			await new Promise<void>((resume) => setImmediate(resume));
			const kinds = process.getActiveResourcesInfo();
			const isBusy =
				kinds.some((kind) => /^FSReq|CloseReq$/.test(kind)) ||
				(turn < 20 && kinds.includes('Immediate'));
			quietTurns = isBusy ? 0 : quietTurns + 1;
		}
	}
}
