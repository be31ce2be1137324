/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import type { Clock } from '../simulator/clock';

interface Sleeper {
	dueAt: number;
	wake: () => void;
}

/** Timers can fire a moment before their time. */
const TIMER_TOLERANCE_MS = 5;

/**
 * The system's clock, which a test can put forward and whose sleepers it can hold back. A task that
 * takes an hour ends when the test says so, however long the machine has taken to get there.
 */
export class AdjustableClock implements Clock {
	#aheadMs = 0;
	#isPaused = false;
	#sleepers: Sleeper[] = [];

	now(): number {
		return Date.now() + this.#aheadMs;
	}

	async sleep(milliseconds: number): Promise<void> {
		if (milliseconds <= 0) return;
		await new Promise<void>((wake) => {
			this.#sleepers.push({ dueAt: this.now() + milliseconds, wake });
			setTimeout(() => this.#wakeWhoIsDue(), milliseconds + TIMER_TOLERANCE_MS).unref();
		});
	}

	advance(milliseconds: number): void {
		this.#aheadMs += milliseconds;
		this.#wakeWhoIsDue();
	}

	/** From now on nobody wakes, until resume() is called. */
	pause(): void {
		this.#isPaused = true;
	}

	resume(): void {
		this.#isPaused = false;
		this.#wakeWhoIsDue();
	}

	#wakeWhoIsDue(): void {
		if (this.#isPaused) return;
		const due = this.#sleepers.filter(({ dueAt }) => dueAt <= this.now());
		this.#sleepers = this.#sleepers.filter((sleeper) => !due.includes(sleeper));
		for (const { wake } of due) wake();
	}
}
