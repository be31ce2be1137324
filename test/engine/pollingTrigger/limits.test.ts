import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import {
	withActive,
	withWorkflow,
	type PolledWorkflow,
} from '../../../support/engine/polledWorkflow';
import { count } from '../../../support/engine/service';

const HOUR_SECONDS = 3600;

/** All requests of the work. */
async function requestsOf({ simulator }: PolledWorkflow, work: Promise<unknown>): Promise<number> {
	const before = simulator.calls.length;
	await work;
	return simulator.calls.length - before;
}

describe('the requests of a poll', () => {
	it('are one when nothing has ended, and one more for each task that has', async () => {
		await withActive({}, async (n8n) => {
			expect(await requestsOf(n8n, n8n.poll())).toBe(1);
			await n8n.makeMany(7, 30);
			expect(await requestsOf(n8n, n8n.poll())).toBe(1);
			await n8n.pass(60);
			expect(await requestsOf(n8n, n8n.poll())).toBe(1 + 7);
			expect(await requestsOf(n8n, n8n.poll())).toBe(1);
			expect(count(n8n.simulator, 'account')).toBe(1);
		});
	});

	it('are few for a queue that is longer than the list goes back', async () => {
		await withActive({ concurrency: 1 }, async (n8n) => {
			const made = await n8n.makeMany(100, 120);
			const requests = await requestsOf(n8n, n8n.pollFor(210));

			expect(n8n.handedOn).toEqual(made);
			// 210 polls of a full page and the one after it, 100 tasks, and up to 10 reads a poll of those that wait for over 30 minutes.
			expect(requests).toBeLessThanOrEqual(2 * 210 + 100 + 180 * 10);
			expect(Math.max(...n8n.latencies)).toBeLessThanOrEqual(60);
		});
	});
});

describe('1,000 tasks that ended while n8n was down', () => {
	it('start the workflow once each, the one that ended first comes first', async () => {
		await withActive({}, async (n8n) => {
			const made = await n8n.makeMany(1000, 30);
			await n8n.pass(HOUR_SECONDS);
			await n8n.activate();
			await n8n.pollFor(2);
			expect(n8n.handedOn).toEqual(made);
			expect(count(n8n.simulator, 'history')).toBeLessThanOrEqual(1 + 3 * 11);
		});
	});

	it('come in parts when PiAPI allows few requests a minute', async () => {
		await withActive({ requestsPerMinute: 60 }, async (n8n) => {
			const made: string[] = [];
			for (let minute = 0; minute < 6; minute++) {
				made.push(...(await n8n.makeMany(50, 30)));
				await n8n.pass(61);
			}
			await n8n.pollFor(12);
			expect(n8n.handedOn.sort()).toEqual(made.sort());
			expect(n8n.runs.length).toBeGreaterThan(1);
		});
	});
});

describe('tasks that the list shows and that cannot be read', () => {
	it('are asked for less and less, then given up, and hold up no other video', async () => {
		await withActive({}, async (n8n) => {
			n8n.refuseReads(await n8n.makeMany(100, 30));
			const reads: number[] = [];
			for (let hour = 0; hour < 4; hour++) {
				const [made] = await n8n.makeMany(1, 30);
				const before = count(n8n.simulator, 'read');
				await n8n.pollFor(60);
				reads.push(count(n8n.simulator, 'read') - before);
				expect(n8n.handedOn.at(-1)).toEqual(made);
			}
			expect(Math.max(...n8n.latencies)).toBeLessThanOrEqual(60);
			expect(reads[0]).toBeLessThanOrEqual(100 * 7 + 1);
			expect(reads.slice(2)).toEqual([1, 1]);
		});
	});

	it.each([1, 20])('for %d minutes start the workflow once, afterwards', async (minutes) => {
		await withActive({}, async (n8n) => {
			const made = await n8n.makeMany(3, 30);
			n8n.refuseReads(made);
			await n8n.pollFor(minutes);
			n8n.simulator.clearFaults();
			await n8n.pollFor(2 * minutes);
			expect(n8n.handedOn).toEqual(made);
		});
	});
});

describe('the time of a poll', () => {
	const secondsOf = async ({ clock }: PolledWorkflow, poll: Promise<unknown>) => {
		const startedAt = clock.now();
		await poll;
		return (clock.now() - startedAt) / 1000;
	};

	it.each([
		['history', { kind: 'hang' }],
		['read', { kind: 'hang' }],
		['history', { kind: 'answer', status: 429, headers: { 'retry-after': '120' } }],
		['account', { kind: 'hang' }],
	] as const)('is kept whatever PiAPI does (%s: %j)', async (route, effect) => {
		await withActive({ keeping: 'durable', budgetMs: 10_000 }, async (n8n) => {
			const made = await n8n.makeMany(3, 30);
			await n8n.pass(60);
			if (route === 'account') n8n.credential = { apiKey: 'a-newer-key' };
			expect(await secondsOf(n8n, n8n.pollWith(effect, route))).toBeLessThanOrEqual(10);
			await n8n.pollFor(3);
			expect(n8n.handedOn).toEqual(made);
		});
	});

	it('leaves to the next polls what it is too short for, be it the reads or the list itself', async () => {
		await withActive({ keeping: 'durable', budgetMs: 10_000 }, async (n8n) => {
			const made = await n8n.makeMany(700, 30);
			await n8n.pass(HOUR_SECONDS);
			for (let poll = 0; poll < 150; poll++) {
				await n8n.pass(60);
				expect(await secondsOf(n8n, n8n.poll({ requestSeconds: 2 }))).toBeLessThanOrEqual(10);
			}
			expect(n8n.handedOn.sort()).toEqual(made.sort());
		});
	});
});

describe('what n8n has stored', () => {
	it('can be any JSON: each video that ends afterwards starts the workflow once', async () => {
		const place = 'node:lumaTrigger';
		let whole: unknown;
		await withActive({ keeping: 'durable' }, async (n8n) => {
			await n8n.makeMany(2, 600);
			await n8n.poll();
			whole = (n8n.stored[place] as IDataObject).state;
		});
		const { status, text, mark } = whole as Record<string, string>;
		const state = JSON.parse(text) as object;
		const changed = fc
			.tuple(fc.constantFrom(...Object.keys(state)), fc.jsonValue())
			.map(([name, value]) => JSON.stringify({ ...state, [name]: value }))
			.filter((other) => other !== text)
			.map((other) => ({ status, text: other, mark }));
		const any = fc.oneof(
			fc.jsonValue(),
			changed,
			fc.record({ status: fc.constant(status), text: fc.jsonValue(), mark: fc.jsonValue() }),
			fc.constantFrom(state, { ...state, status }, { status, text }, { text: '{', mark }),
		);
		await fc.assert(
			fc.asyncProperty(any, async (stored) => {
				await withWorkflow({}, async (n8n) => {
					await n8n.makeMany(2, 5);
					await n8n.pass(60);
					n8n.stored = { [place]: { state: stored as IDataObject } };
					await n8n.activate();
					const made = await n8n.makeMany(2, 90);
					await n8n.pollFor(4);
					expect(n8n.handedOn).toEqual(made);
					expect(Math.max(...n8n.latencies)).toBeLessThanOrEqual(120);
				});
			}),
		);
	});

	it('is at most 50 kB, however many videos there are', async () => {
		await withActive({ parameters: { options: { catchUpHours: 168 } } }, async (n8n) => {
			const made: string[] = [];
			for (let hour = 0; hour < 3; hour++) {
				made.push(...(await n8n.makeMany(600, 30)), ...(await n8n.makeMany(120, 2 * 3600)));
				await n8n.pass(HOUR_SECONDS);
			}
			await n8n.pollFor(130);
			expect(n8n.handedOn.sort()).toEqual(made.sort());
			expect(n8n.longestStored).toBeLessThan(50_000);
		});
	});

	it('is no more than what the next polls can meet', async () => {
		await withActive({}, async (n8n) => {
			for (let hour = 0; hour < 12; hour++) {
				await n8n.makeMany(20, 60);
				await n8n.pollFor(60);
			}
			expect(n8n.handedOn).toHaveLength(12 * 20);
			expect(n8n.longestStored).toBeLessThan(8_000);
			expect(JSON.stringify(n8n.stored)).not.toContain(n8n.credential.apiKey);
		});
	});
});
