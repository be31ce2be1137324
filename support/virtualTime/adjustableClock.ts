/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import type { Clock } from '../../simulator/clock';

interface PendingTimer {
	dueAt: number;
	fire: () => void;
}

/** Timers can fire a moment before their time. */
const TIMER_TOLERANCE_MS = 5;

/** The system's clock, which a test can put forward: what takes an hour ends when the test says so. */
export class AdjustableClock implements Clock {
	#aheadMs = 0;
	#timers: PendingTimer[] = [];

	now(): number {
		return Date.now() + this.#aheadMs;
	}

	async sleep(milliseconds: number): Promise<void> {
		if (milliseconds <= 0) return;
		await new Promise<void>((fire) => {
			this.#timers.push({ dueAt: this.now() + milliseconds, fire });
			setTimeout(() => this.#fireWhoIsDue(), milliseconds + TIMER_TOLERANCE_MS).unref();
		});
	}

	advance(milliseconds: number): void {
		this.#aheadMs += milliseconds;
		this.#fireWhoIsDue();
	}

	#fireWhoIsDue(): void {
		const due = this.#timers.filter(({ dueAt }) => dueAt <= this.now());
		this.#timers = this.#timers.filter((timer) => !due.includes(timer));
		for (const { fire } of due) fire();
	}
}
