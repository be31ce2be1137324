import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { PiapiError } from '../../../nodes/Luma/piapi/errors';
import { historyFaults } from '../../../simulator';
import { count } from '../../../support/engine/service';
import {
	HOUR_SECONDS,
	withAccount,
	type PolledAccount,
} from '../../../support/virtualTime/polledAccount';

function historyCalls({ simulator }: PolledAccount): number {
	return count(simulator, 'history');
}

/** All requests of the work. */
async function requestsOf({ simulator }: PolledAccount, work: Promise<unknown>): Promise<number> {
	const before = simulator.calls.length;
	await work;
	return simulator.calls.length - before;
}

describe('the activation', () => {
	it('hands on nothing of what ended before, however much there is', async () => {
		await withAccount({}, async (account) => {
			await account.makeMany(1000, 5);
			await account.pass(60);
			await account.activate();
			await account.pollFor(5);

			expect(account.handedOn).toEqual([]);
			expect(count(account.simulator, 'read')).toBe(0);
		});
	});

	it('hands on nothing of what ended before, when its first list was empty by mistake', async () => {
		await withAccount({}, async (account) => {
			await account.makeMany(250, 5);
			await account.pass(HOUR_SECONDS);
			await account.pollWith(historyFaults.isEmpty);
			await account.pollFor(3);
			expect(account.handedOn).toEqual([]);
		});
	});

	it('hands on nothing of what ended a moment before, when its first list was empty by mistake', async () => {
		await withAccount({}, async (account) => {
			await account.makeMany(20, 5);
			await account.pass(20);
			await account.pollWith(historyFaults.isEmpty);
			const [made] = await account.makeMany(1, 30);
			await account.pollFor(3);
			expect(account.handedOn).toEqual([made]);
		});
	});

	it('hands on what was made before and ends later', async () => {
		await withAccount({}, async (account) => {
			const made = await account.makeMany(3, 2 * HOUR_SECONDS);
			await account.pass(HOUR_SECONDS);
			await account.activate();
			await account.pollFor(90);
			expect(account.handedOn).toEqual(made);
		});
	});
});

it('finds tasks that the first list did not show, though it showed later ones', async () => {
	await withAccount({}, async (account) => {
		const made: string[] = [];
		for (let minute = 0; minute < 3; minute++) {
			made.push(await account.make(HOUR_SECONDS));
			await account.pass(60);
		}
		await account.pollWith(historyFaults.missesEverySecondRow);
		await account.pollFor(70);
		expect(account.handedOn).toEqual(made);
	});
});

describe('a poll', () => {
	it('hands on completed and failed tasks, the one that ended first comes first', async () => {
		await withAccount({}, async (account) => {
			await account.activate();
			const late = await account.make(50);
			const failed = await account.make(20, true);
			const early = await account.make(10);
			await account.pass(60);

			const tasks = await account.poll();
			expect(tasks.map(({ taskId, status }) => [taskId, status])).toEqual([
				[early, 'completed'],
				[failed, 'failed'],
				[late, 'completed'],
			]);
		});
	});

	it('takes one request when nothing has ended, and one more for each task that has', async () => {
		await withAccount({}, async (account) => {
			await account.activate();
			expect(await requestsOf(account, account.poll())).toBe(1);
			await account.makeMany(7, 30);
			expect(await requestsOf(account, account.poll())).toBe(1);
			await account.pass(60);
			expect(await requestsOf(account, account.poll())).toBe(1 + 7);
			expect(await requestsOf(account, account.poll())).toBe(1);
		});
	});

	it('follows a queue that is longer than the list goes back, with few requests', async () => {
		await withAccount({ concurrency: 1 }, async (account) => {
			await account.activate();
			const made = await account.makeMany(100, 120);
			const requests = await requestsOf(account, account.pollFor(210));

			expect(account.handedOn).toEqual(made);
			// 210 polls of a full page and the one after it, 100 tasks, and up to 10 reads a poll of those that wait for over 30 minutes.
			expect(requests).toBeLessThanOrEqual(2 * 210 + 100 + 180 * 10);
			expect(Math.max(...account.latencies)).toBeLessThanOrEqual(60);
		});
	});

	it('has the workflow started at most one poll time after the end', async () => {
		await withAccount({}, async (account) => {
			await account.activate();
			for (let made = 0; made < 40; made++) {
				await account.make(100 + made);
				await account.pass(7);
			}
			await account.pollFor(5);
			expect(account.handedOn).toHaveLength(40);
			expect(Math.max(...account.latencies)).toBeLessThanOrEqual(300);
		});
	});
});

describe('1,000 tasks that ended while n8n was down', () => {
	it('start the workflow once each, the one that ended first comes first', async () => {
		await withAccount({}, async (account) => {
			await account.activate();
			const made = await account.makeMany(1000, 30);
			await account.pass(HOUR_SECONDS);
			account.restart();
			await account.pollFor(3);
			expect(account.handedOn).toEqual(made);
			expect(historyCalls(account)).toBeLessThanOrEqual(1 + 3 * 11);
		});
	});

	it('come in parts when PiAPI allows few requests a minute', async () => {
		await withAccount({ requestsPerMinute: 60 }, async (account) => {
			await account.activate();
			const made: string[] = [];
			for (let minute = 0; minute < 6; minute++) {
				made.push(...(await account.makeMany(50, 30)));
				await account.pass(61);
			}
			await account.pollFor(12);
			expect([...account.handedOn].sort()).toEqual(made.sort());
			expect(account.runs.length).toBeGreaterThan(1);
		});
	});
});

describe('tasks that the list shows and that cannot be read', () => {
	const unknownTo = (account: PolledAccount, taskIds: readonly string[]) =>
		account.simulator.addFault({
			route: 'read',
			calls: 'every',
			when: ({ path }) => taskIds.some((taskId) => path.endsWith(taskId)),
			effect: { kind: 'answer', status: 404 },
		});

	it('are asked for less and less, then given up, and hold up no other video', async () => {
		await withAccount({}, async (account) => {
			await account.activate();
			const unknown = await account.makeMany(100, 30);
			unknownTo(account, unknown);
			const reads: number[] = [];
			for (let hour = 0; hour < 4; hour++) {
				const made = await account.makeMany(1, 30);
				const before = count(account.simulator, 'read');
				await account.pollFor(60);
				reads.push(count(account.simulator, 'read') - before);
				expect(account.runs.at(-1)).toEqual(made);
			}
			expect(Math.max(...account.latencies)).toBeLessThanOrEqual(60);
			expect(reads[0]).toBeLessThanOrEqual(100 * 7 + 1);
			expect(reads.slice(2)).toEqual([1, 1]);
		});
	});

	it.each([1, 5, 20])('for %d minutes start the workflow once, afterwards', async (minutes) => {
		await withAccount({}, async (account) => {
			await account.activate();
			const made = await account.makeMany(3, 30);
			unknownTo(account, made);
			await account.pollFor(minutes);
			account.simulator.clearFaults();
			await account.pollFor(2 * minutes);
			expect(account.handedOn).toEqual(made);
		});
	});
});

describe.each([
	['has no status', ['status']],
	['has no dates', ['created_at', 'updated_at']],
	['has neither', ['status', 'created_at', 'updated_at']],
	['has only an ID and a model', ['status', 'created_at', 'updated_at', 'usage', 'task_type']],
])('a list that %s', (_, fields) => {
	it('delays no video by more than two polls', async () => {
		await withAccount({}, async (account) => {
			const without = (rows: object[]) =>
				rows.map((row) =>
					Object.fromEntries(Object.entries(row).filter(([name]) => !fields.includes(name))),
				);
			account.simulator.addFault({
				route: 'history',
				calls: 'every',
				effect: {
					kind: 'rewrite',
					body: (body) => {
						const { data, ...rest } = body as { data: { data: object[] } };
						return { ...rest, data: { ...data, data: without(data.data) } };
					},
				},
			});
			await account.makeMany(5, 5);
			await account.pass(60);
			await account.activate();
			const made: string[] = [];
			for (let minute = 0; minute < 10; minute++) {
				made.push(await account.make(100 + minute));
				await account.pollFor(1);
			}
			await account.pollFor(5);
			expect(account.handedOn).toEqual(made);
			expect(Math.max(...account.latencies)).toBeLessThanOrEqual(120);
		});
	});
});

describe('the time of a poll', () => {
	const BUDGET_MS = 10_000;
	const secondsOf = async (account: PolledAccount, poll: Promise<unknown>) => {
		const startedAt = account.clock.now();
		await poll.catch((error: unknown) => expect(error).toBeInstanceOf(PiapiError));
		return (account.clock.now() - startedAt) / 1000;
	};

	it.each([
		['history', { kind: 'hang' }],
		['read', { kind: 'hang' }],
		['history', { kind: 'answer', status: 429, headers: { 'retry-after': '120' } }],
		['account', { kind: 'hang' }],
	] as const)('is kept whatever PiAPI does (%s: %j)', async (route, effect) => {
		await withAccount({ budgetMs: BUDGET_MS }, async (account) => {
			await account.activate();
			const made = await account.makeMany(3, 30);
			await account.pass(60);
			if (route === 'account') account.credential = { ...account.credential, apiKey: 'newer' };
			expect(await secondsOf(account, account.pollWith(effect, route))).toBeLessThanOrEqual(10);
			await account.pollFor(3);
			expect(account.handedOn).toEqual(made);
		});
	});

	it('leaves to the next polls what it is too short for, be it the reads or the list itself', async () => {
		await withAccount({ budgetMs: BUDGET_MS }, async (account) => {
			await account.activate();
			const made = await account.makeMany(700, 30);
			await account.pass(HOUR_SECONDS);
			for (const route of ['history', 'read'] as const) {
				account.simulator.addFault({ route, calls: 'every', effect: { kind: 'slow', seconds: 2 } });
			}
			for (let poll = 0; poll < 150; poll++) {
				await account.pass(60);
				expect(await secondsOf(account, account.poll())).toBeLessThanOrEqual(10);
			}
			expect([...account.handedOn].sort()).toEqual(made.sort());
		});
	});
});

describe('what n8n has stored', () => {
	it('can be any JSON: each video that ends afterwards starts the workflow once', async () => {
		let whole: unknown;
		await withAccount({}, async (account) => {
			await account.activate();
			await account.makeMany(2, 600);
			await account.poll();
			whole = account.kept;
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
				await withAccount({}, async (account) => {
					await account.makeMany(2, 5);
					await account.pass(60);
					account.kept = stored;
					await account.poll();
					const made = await account.makeMany(2, 90);
					await account.pollFor(4);
					expect(account.handedOn).toEqual(made);
					expect(Math.max(...account.latencies)).toBeLessThanOrEqual(120);
				});
			}),
		);
	});

	it('is at most 50 kB, however many videos there are', async () => {
		await withAccount({ catchUpHours: 168 }, async (account) => {
			await account.activate();
			const made: string[] = [];
			for (let hour = 0; hour < 3; hour++) {
				made.push(...(await account.makeMany(600, 30)), ...(await account.makeMany(120, 2 * 3600)));
				await account.pass(HOUR_SECONDS);
			}
			await account.pollFor(130);
			expect([...account.handedOn].sort()).toEqual(made.sort());
			expect(account.longestState).toBeLessThan(50_000);
		});
	});
});

describe('a restart', () => {
	it('after an hour catches up, and repeats nothing', async () => {
		await withAccount({}, async (account) => {
			await account.activate();
			const before = await account.makeMany(5, 30);
			await account.pollFor(2);
			const during = await account.makeMany(5, 1800);
			await account.pass(HOUR_SECONDS);
			account.restart();
			await account.pollFor(60);
			expect(account.handedOn).toEqual([...before, ...during]);
		});
	});

	it('after three days catches up with the last 24 hours', async () => {
		await withAccount({}, async (account) => {
			await account.activate();
			const made: string[] = [];
			for (let hour = 0; hour < 72; hour++) {
				made.push(...(await account.makeMany(3, 60)));
				await account.pass(HOUR_SECONDS);
			}
			account.restart();
			await account.pollFor(3);
			expect(account.handedOn).toEqual(made.slice(-69));
		});
	});

	it('catches up with as much as the option says', async () => {
		await withAccount({ catchUpHours: 2 }, async (account) => {
			await account.activate();
			await account.makeMany(3, 60);
			await account.pass(3 * HOUR_SECONDS);
			const late = await account.makeMany(2, 60);
			await account.pass(HOUR_SECONDS);
			account.restart();
			await account.pollFor(3);
			expect(account.handedOn).toEqual(late);
		});
	});
});

describe.each([-26, -2, 2, 26])('a clock of n8n that is %d hours off', (hours) => {
	it('changes nothing', async () => {
		await withAccount({ clockAheadMs: hours * 3_600_000 }, async (account) => {
			await account.makeMany(3, 30);
			await account.pass(60);
			await account.activate();
			const made = await account.makeMany(3, 90);
			await account.pollFor(5);
			expect(account.handedOn).toEqual(made);
		});
	});
});

describe.each(Object.entries(historyFaults))('a list that %s', (_, effect) => {
	it('in every poll but the last ones loses and repeats nothing', async () => {
		await withAccount({}, async (account) => {
			await account.activate();
			const made = await account.makeMany(8, 90);
			for (let minute = 0; minute < 5; minute++) {
				await account.pass(60);
				await account.pollWith(effect).catch((error: unknown) => {
					expect(error).toBeInstanceOf(PiapiError);
				});
			}
			await account.pollFor(45);
			expect([...account.handedOn].sort()).toEqual([...made].sort());
		});
	});
});

describe('a poll that fails', () => {
	it.each(['history', 'read'] as const)('(%s) loses and repeats nothing', async (route) => {
		await withAccount({}, async (account) => {
			await account.activate();
			const made = await account.makeMany(4, 30);
			await account.pass(60);
			const effect = { kind: 'html', status: 502 } as const;
			await expect(account.pollWith(effect, route)).rejects.toMatchObject({ code: 'serviceDown' });
			await account.poll();
			expect(account.handedOn).toEqual(made);
		});
	});

	it('for one of four tasks hands on the other three now and the one later', async () => {
		await withAccount({}, async (account) => {
			await account.activate();
			const [broken, ...others] = await account.makeMany(4, 30);
			await account.pass(60);
			account.simulator.addFault({
				route: 'read',
				calls: 'every',
				when: ({ path }) => path.endsWith(broken),
				effect: { kind: 'answer', status: 500 },
			});
			await account.poll();
			account.simulator.clearFaults();
			await account.pollFor(1);
			expect(account.runs).toEqual([others, [broken]]);
		});
	});
});

describe('a key that is changed while the workflow is active', () => {
	it('to another one of the same account loses and repeats nothing', async () => {
		await withAccount({}, async (account) => {
			await account.activate();
			const made = await account.makeMany(2, 30);
			await account.pass(60);
			account.credential = { ...account.credential, apiKey: 'a-newer-key' };
			await account.pollFor(2);
			expect(account.handedOn).toEqual(made);
		});
	});

	it.each([
		['a number as its ID', { account_id: undefined, id: 17 }, { id: '17' }],
		['no ID', { account_id: undefined }, { plan: 'creator' }],
		['no ID any more', {}, { account_id: undefined }],
	])('is of the same account with %s', async (_, before, after) => {
		await withAccount({}, async (account) => {
			const saying = (change: object) => ({
				route: 'account' as const,
				calls: 'every' as const,
				effect: {
					kind: 'rewrite' as const,
					body: (body: unknown) => {
						const { data, ...envelope } = body as { data: object };
						const renamed = { account_name: 'mine', name: 'mine', ...change };
						return { ...envelope, data: { ...data, ...renamed } };
					},
				},
			});
			account.simulator.addFault(saying(before));
			await account.activate();
			const made = await account.makeMany(2, 30);
			await account.pass(60);
			account.simulator.clearFaults();
			account.simulator.addFault(saying({ ...before, ...after }));
			account.credential = { ...account.credential, apiKey: 'a-newer-key' };
			await account.pollFor(2);
			expect(account.handedOn).toEqual(made);
		});
	});

	it('to one of another account begins at that moment', async () => {
		await withAccount({}, async (account) => {
			await account.activate();
			await account.makeMany(2, 30);
			await account.pass(60);
			account.credential = { ...account.credential, apiKey: 'the-key-of-somebody-else' };
			account.simulator.addFault({
				route: 'account',
				calls: 'every',
				effect: { kind: 'rewrite', body: () => ({ code: 200, data: { account_id: 'other' } }) },
			});
			await account.poll();
			const made = await account.makeMany(2, 30);
			await account.pollFor(3);
			expect(account.handedOn).toEqual(made);
		});
	});
});

describe('a completed task without a link', () => {
	it.each([70, 240])('is handed on once it has one, after %d s', async (linkLagSeconds) => {
		await withAccount({ linkLagSeconds }, async (account) => {
			await account.activate();
			const made = await account.makeMany(2, 30);
			const tasks: string[] = [];
			for (let minute = 0; minute < 8; minute++) {
				await account.pass(60);
				tasks.push(...(await account.poll()).map(({ videoUrl }) => String(videoUrl)));
			}
			expect(account.handedOn).toEqual(made);
			expect(tasks.every((url) => url.includes('/media/'))).toBe(true);
		});
	});

	it('is handed on without one after five minutes', async () => {
		await withAccount({ linkLagSeconds: 3_600 }, async (account) => {
			await account.activate();
			const made = await account.makeMany(1, 30);
			await account.pollFor(5);
			expect(account.handedOn).toEqual([]);
			await account.pollFor(2);
			expect(account.handedOn).toEqual(made);
		});
	});
});

it('remembers no more than what its next polls can meet', async () => {
	await withAccount({}, async (account) => {
		await account.activate();
		let longest = 0;
		for (let hour = 0; hour < 12; hour++) {
			await account.makeMany(20, 60);
			await account.pollFor(60);
			longest = Math.max(longest, account.stateLength);
		}
		expect(account.handedOn).toHaveLength(12 * 20);
		expect(longest).toBeLessThan(8_000);
	});
});

it.each(['__proto__', 'constructor'])('hands on a task with the ID %s once', async (taskId) => {
	await withAccount({}, async (account) => {
		await account.activate();
		const [made] = await account.makeMany(1, 30);
		await account.pass(60);
		const renamed = (body: unknown): unknown =>
			JSON.parse(JSON.stringify(body).replaceAll(made, taskId));
		const { body } = await account.simulator.handle({
			method: 'GET',
			path: `/api/v1/task/${made}`,
			headers: { 'x-api-key': 'simulated-key' },
		});
		account.simulator.addFault({
			route: 'history',
			calls: 'every',
			effect: { kind: 'rewrite', body: renamed },
		});
		account.simulator.addFault({
			route: 'read',
			calls: 'every',
			effect: { kind: 'answer', status: 200, body: renamed(body) },
		});
		expect((await account.poll()).map((task) => task.taskId)).toEqual([taskId]);
		expect(await account.poll()).toEqual([]);
	});
});

it('leaves out tasks of other models and cancelled ones', async () => {
	await withAccount({ queueSeconds: 300 }, async (account) => {
		await account.activate();
		const [cancelled, kept] = await account.makeMany(2, 30);
		await account.simulator.handle({
			method: 'DELETE',
			path: `/api/v1/task/${cancelled}`,
			headers: { 'x-api-key': 'simulated-key' },
		});
		await account.pass(400);
		const tasks = await account.pollWith(historyFaults.hasOtherModels);
		const ended = tasks.filter(({ status }) => status !== 'cancelled');
		expect(ended.map(({ taskId }) => taskId)).toEqual([kept]);
	});
});
