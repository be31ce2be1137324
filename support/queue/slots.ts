/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { once } from 'node:events';
import { connect } from 'node:net';

interface SlotUse {
	from: number;
	to?: number;
}

/** A message of a channel that was subscribed to by a pattern, in Redis' own protocol. */
const PUBLISHED = /\*4\r\n\$8\r\npmessage\r\n\$\d+\r\n.*\r\n\$\d+\r\n(.*)\r\n\$\d+\r\n(.*)\r\n/g;

/**
 * How long executions hold a worker's slot. n8n's queue publishes in Redis when a worker takes a job
 * (`active`), and when it gives the slot back (`completed`, `failed`); the time between the two is
 * what no other execution can have. A suspended execution is two jobs, and holds nothing between.
 */
export class Slots {
	readonly #held = new Map<string, SlotUse>();

	static async watch(redisPort: number): Promise<{ slots: Slots; close(): void }> {
		const slots = new Slots();
		const socket = connect(redisPort, '127.0.0.1');
		await once(socket, 'connect');
		let received = '';
		socket.on('error', () => socket.destroy());
		socket.on('data', (chunk: Buffer) => {
			received += chunk.toString();
			let read = 0;
			for (const { 0: text, 1: channel, 2: message, index } of received.matchAll(PUBLISHED)) {
				slots.#note(channel, message);
				read = index + text.length;
			}
			received = received.slice(read);
		});
		socket.write('PSUBSCRIBE bull:jobs:*\r\n');
		return { slots, close: () => socket.destroy() };
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
		const [, event] = /:(active|completed|failed)(@|$)/.exec(channel) ?? [];
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
