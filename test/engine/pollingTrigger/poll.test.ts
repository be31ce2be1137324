import { describe, expect, it } from '@jest/globals';

import { historyFaults } from '../../../simulator';
import {
	withActive,
	withWorkflow,
	type PolledWorkflow,
} from '../../../support/engine/polledWorkflow';
import { answer, fault, page, rewriting, rewritingText } from '../../../support/faults';

const HOUR_SECONDS = 3600;
const OTHER_KEY = { apiKey: 'a-newer-key' };

/** Changes what PiAPI says about the account. */
function account({ simulator }: PolledWorkflow, change: object): void {
	const changed = rewriting((data) => ({ ...data, account_name: 'mine', name: 'mine', ...change }));
	simulator.clearFaults();
	simulator.addFault(fault('account', changed, 'every'));
}

describe('the activation', () => {
	it.each([
		['however much there is', 1000, 60, undefined],
		['when its first list was empty by mistake', 250, HOUR_SECONDS, historyFaults.isEmpty],
		['a moment before, when its first list was empty', 20, 20, historyFaults.isEmpty],
	])('hands on nothing of what ended before, %s', async (_, many, seconds, fault) => {
		await withWorkflow({}, async (n8n) => {
			await n8n.makeMany(many, 5);
			await n8n.pass(seconds);
			await (fault ? n8n.pollWith(fault) : n8n.activate());
			const [made] = await n8n.makeMany(1, 30);
			await n8n.pollFor(5);
			expect(n8n.handedOn).toEqual([made]);
		});
	});

	it('does not lose tasks that the first list did not show, though it showed later ones', async () => {
		await withWorkflow({}, async (n8n) => {
			const made: string[] = [];
			for (let minute = 0; minute < 3; minute++) {
				made.push(await n8n.make(HOUR_SECONDS));
				await n8n.pass(60);
			}
			await n8n.pollWith(historyFaults.missesEverySecondRow);
			await n8n.pollFor(70);
			expect(n8n.handedOn).toEqual(made);
		});
	});
});

it.each([
	['status', ['status']],
	['dates', ['created_at', 'updated_at']],
	['more than an ID and a model', ['status', 'created_at', 'updated_at', 'usage', 'task_type']],
])('a list without %s delays no video by more than two polls', async (_, fields) => {
	await withWorkflow({}, async (n8n) => {
		const without = (name: string, value: unknown) => (fields.includes(name) ? undefined : value);
		const list = rewriting((data) => JSON.parse(JSON.stringify(data, without)) as unknown);
		n8n.simulator.addFault(fault('history', list, 'every'));
		await n8n.makeMany(5, 5);
		await n8n.pass(60);
		await n8n.activate();
		const made: string[] = [];
		for (let minute = 0; minute < 10; minute++) {
			made.push(await n8n.make(100 + minute));
			await n8n.pollFor(1);
		}
		await n8n.pollFor(5);
		expect(n8n.handedOn).toEqual(made);
		expect(Math.max(...n8n.latencies)).toBeLessThanOrEqual(120);
	});
});

it.each([
	['an hour, all of that', 1, {}, 24],
	['three days, the last 24 hours', 72, {}, 24],
	['five hours, as much as the option says', 5, { options: { catchUpHours: 2 } }, 2],
])('a restart after %s is caught up with', async (_, hours, parameters, caughtUp) => {
	await withActive({ parameters }, async (n8n) => {
		const before = await n8n.makeMany(2, 30);
		await n8n.pollFor(2);
		const during: string[] = [];
		for (let hour = 0; hour < hours; hour++) {
			during.push(...(await n8n.makeMany(3, 60)));
			await n8n.pass(HOUR_SECONDS);
		}
		await n8n.pass(60);
		await n8n.activate();
		await n8n.pollFor(2);
		// What was made in the first minutes of the oldest of those hours lies before it.
		const recent = hours > caughtUp ? during.slice(-3 * (caughtUp - 1)) : during;
		expect(n8n.handedOn).toEqual([...before, ...recent]);
	});
});

describe('a poll that is not answered as it should', () => {
	it.each(['history', 'read'] as const)(
		'says that nothing is lost, and the next one continues (%s)',
		async (route) => {
			await withActive({}, async (n8n) => {
				const made = await n8n.makeMany(4, 30);
				await n8n.pass(60);
				await n8n.pollWith(page(502), route);
				expect(n8n.failures).toEqual([
					expect.objectContaining({
						message: expect.stringContaining('PiAPI is not working right now'),
						description: expect.stringContaining('none is lost'),
					}),
				]);
				await n8n.poll();
				expect(n8n.handedOn).toEqual(made);
			});
		},
	);

	it('for one of four tasks hands on the other three now and the one later', async () => {
		await withActive({}, async (n8n) => {
			const [broken, ...others] = await n8n.makeMany(4, 30);
			await n8n.pass(60);
			n8n.refuseReads([broken], 500);
			await n8n.poll();
			n8n.simulator.clearFaults();
			await n8n.pollFor(1);
			expect(n8n.runs.map((run) => run.map(({ taskId }) => taskId))).toEqual([others, [broken]]);
		});
	});
});

describe('a key that is changed while the workflow is active', () => {
	it.each([
		['its ID', {}, {}],
		['a number as its ID', { account_id: undefined, id: 17 }, { id: '17' }],
		['no ID', { account_id: undefined }, { plan: 'creator' }],
		['no ID any more', {}, { account_id: undefined }],
	])('to another one of the same account, with %s, loses nothing', async (_, before, after) => {
		await withWorkflow({}, async (n8n) => {
			account(n8n, before);
			await n8n.activate();
			const made = await n8n.makeMany(2, 30);
			await n8n.pass(60);
			account(n8n, { ...before, ...after });
			n8n.credential = OTHER_KEY;
			await n8n.pollFor(2);
			expect(n8n.handedOn).toEqual(made);
		});
	});

	it('to one of another account begins at that moment', async () => {
		await withActive({}, async (n8n) => {
			await n8n.makeMany(2, 30);
			await n8n.pass(60);
			n8n.credential = OTHER_KEY;
			account(n8n, { account_id: 'other', account_name: 'theirs' });
			await n8n.poll();
			const made = await n8n.makeMany(2, 30);
			await n8n.pollFor(3);
			expect(n8n.handedOn).toEqual(made);
		});
	});
});

describe('a completed task without a link', () => {
	it.each([70, 240])('is handed on once it has one, after %d s', async (linkLagSeconds) => {
		await withActive({ linkLagSeconds }, async (n8n) => {
			const made = await n8n.makeMany(2, 30);
			await n8n.pollFor(8);
			expect(n8n.handedOn).toEqual(made);
			const urls = n8n.runs.flat().map(({ videoUrl }) => String(videoUrl));
			expect(urls.every((url) => url.includes('/media/'))).toBe(true);
		});
	});

	it('is handed on without one after five minutes', async () => {
		await withActive({ linkLagSeconds: 3_600 }, async (n8n) => {
			const made = await n8n.makeMany(1, 30);
			await n8n.pollFor(5);
			expect(n8n.handedOn).toEqual([]);
			await n8n.pollFor(2);
			expect(n8n.handedOn).toEqual(made);
		});
	});
});

it('a task with the ID __proto__ is handed on once', async () => {
	await withActive({}, async (n8n) => {
		const [made] = await n8n.makeMany(1, 30);
		await n8n.pass(60);
		const { body } = await n8n.account.send('GET', `/api/v1/task/${made}`);
		const renamed = (text: string) => text.replaceAll(made, '__proto__');
		const read = answer(200, JSON.parse(renamed(JSON.stringify(body))));
		for (const handedOn of [['__proto__'], []]) {
			n8n.simulator.addFault(fault('read', read, 'every'));
			const run = await n8n.pollWith(rewritingText(renamed));
			expect(run.map(({ taskId }) => taskId)).toEqual(handedOn);
		}
	});
});

it('tasks of other models and cancelled ones start nothing', async () => {
	await withActive({ queueSeconds: 300 }, async (n8n) => {
		const [cancelled, kept] = await n8n.makeMany(2, 30);
		await n8n.account.send('DELETE', `/api/v1/task/${cancelled}`);
		await n8n.pass(400);
		await n8n.pollWith(historyFaults.hasOtherModels);
		expect(n8n.handedOn).toEqual([kept]);
	});
});
