/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import execa from 'execa';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

interface SlotUse {
	from: number;
	to?: number;
}

/**
 * How long executions hold a worker's slot. n8n's queue publishes in Redis when a worker takes a job
 * (`active`), and when it gives the slot back (`completed`, `failed`); the time between the two is
 * what no other execution can have. A suspended execution is two jobs, and holds nothing between.
 */
export class Slots {
	readonly #held = new Map<string, SlotUse>();

	static async watch(redisPort: number): Promise<{ slots: Slots; close(): unknown }> {
		const slots = new Slots();
		const words = ['-p', String(redisPort), 'psubscribe', 'bull:jobs:*'];
		const redis = execa('redis-cli', words, { buffer: false, reject: false });
		const lines = createInterface({ input: redis.stdout! });
		// What is published comes in the line after its channel.
		let channel = '';
		lines.on('line', (line) => {
			slots.#note(channel, line);
			channel = line;
		});
		await once(lines, 'line');
		return { slots, close: () => redis.kill() };
	}

	/** How often a slot was taken since then. */
	takenSince(since: number): number {
		return this.#since(since).length;
	}

	/** For how long in all; a slot that is still held counts until now. */
	secondsSince(since: number): number {
		const now = Date.now();
		return this.#since(since).reduce((sum, { from, to = now }) => sum + to - from, 0) / 1000;
	}

	/** How many of those are held now. */
	heldSince(since: number): number {
		return this.#since(since).filter(({ to }) => to === undefined).length;
	}

	/** @param channel such as `bull:jobs:active@<queue>` */
	#note(channel: string, message: string): void {
		const [, event] = /^bull:jobs:(active|completed|failed)(@|$)/.exec(channel) ?? [];
		if (event === 'active') {
			this.#held.set(message, { from: Date.now() });
		} else if (event) {
			const { jobId } = JSON.parse(message) as { jobId: unknown };
			const job = this.#held.get(String(jobId));
			if (job) job.to ??= Date.now();
		}
	}

	#since(since: number): SlotUse[] {
		return [...this.#held.values()].filter(({ from }) => from >= since);
	}
}
