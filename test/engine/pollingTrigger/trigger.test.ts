import { describe, expect, it } from '@jest/globals';

import { withActive, withWorkflow } from '../../../support/engine/polledWorkflow';
import { answer, fault, page, RESET } from '../../../support/faults';

const down = fault('history', page(502), 'every');
const wrongKey = fault('history', answer(401), 'every');

it('starts the workflow with the same flat items as the Luma node, in the order of their ends', async () => {
	await withWorkflow({}, async (n8n) => {
		await n8n.make(5);
		await n8n.pass(60);
		await n8n.activate();
		const late = await n8n.make(50);
		const failed = await n8n.make(20, true);
		const early = await n8n.make(10);
		await n8n.pass(60);

		const videoUrl = expect.stringContaining('/media/');
		const completed = { status: 'completed', videoUrl, costUsd: 0.2 };
		expect(await n8n.poll()).toEqual([
			expect.objectContaining({ taskId: early, ...completed }),
			expect.objectContaining({ taskId: failed, status: 'failed', videoUrl: null }),
			expect.objectContaining({ taskId: late, ...completed }),
		]);
		expect(await n8n.poll()).toEqual([]);
		expect(n8n.runs).toHaveLength(1);
	});
});

it("gives PiAPI's own task when Simplify is off, without the secret of its webhook", async () => {
	await withActive({ parameters: { simplify: false } }, async (n8n) => {
		const taskId = await n8n.make(10);
		const secret = ['sesame', '0815'].join('-');
		n8n.simulator.tasks.get(taskId)!.config.webhook_config = { endpoint: '', secret };
		await n8n.pass(60);

		const run = await n8n.poll();
		expect(run).toEqual([
			expect.objectContaining({ task: expect.objectContaining({ task_id: taskId }) }),
		]);
		expect(JSON.stringify(run)).toContain('webhook_config');
		expect(JSON.stringify(run)).not.toContain(secret);
	});
});

it.each([
	[['completed'], ['completed']],
	[['failed'], ['failed']],
	[[], ['completed', 'failed']],
])('with %j in Events starts the workflow for %j', async (events, statuses) => {
	await withActive({ parameters: { events } }, async (n8n) => {
		await n8n.make(10);
		await n8n.make(20, true);
		await n8n.pass(60);
		expect((await n8n.poll()).map(({ status }) => status)).toEqual(statuses);
	});
});

describe('Fetch Test Event', () => {
	it.each([
		['the video that finished last, and changes nothing', [], [false, false], 1],
		['a completed one rather than one that failed since', [], [false, true, true], 0],
		['one that fits the chosen events', ['failed'], [true, false], 0],
	])('brings %s', async (_, events, ends, fetched) => {
		await withActive({ parameters: { events } }, async (n8n) => {
			const made: string[] = [];
			for (const fails of ends) {
				made.push(await n8n.make(10, fails));
				await n8n.pass(20);
			}
			for (let tries = 0; tries < 2; tries++) {
				const run = await n8n.poll({ mode: 'manual' });
				expect(run.map(({ taskId }) => taskId)).toEqual([made[fetched]]);
			}
			expect(n8n.runs).toEqual([]);
			await n8n.poll();
			expect(n8n.handedOn).toContain(made[fetched]);
		});
	});

	it('brings the last one that PiAPI still knows, though later ones are gone', async () => {
		await withActive({}, async (n8n) => {
			const [known, ...gone] = await n8n.makeMany(7, 10);
			await n8n.pass(20);
			n8n.refuseReads(gone);
			const run = await n8n.poll({ mode: 'manual' });
			expect(run.map(({ taskId }) => taskId)).toEqual([known]);
		});
	});

	it('says what to do when no video has finished', async () => {
		await withWorkflow({}, async (n8n) => {
			await n8n.poll({ mode: 'manual' });
			expect(n8n.failures).toEqual([
				expect.objectContaining({
					message: 'No video has finished yet',
					description: expect.stringContaining('Create a video'),
				}),
			]);
		});
	});
});

describe('a poll that cannot be completed', () => {
	it('is listed once an hour while the reason is the same, and at once when it is another one', async () => {
		await withActive({}, async (n8n) => {
			const listedIn = async (minutes: number) => {
				const before = n8n.failures.length;
				await n8n.pollFor(minutes);
				n8n.simulator.clearFaults();
				return n8n.failures.slice(before).map(({ message }) => message);
			};
			n8n.simulator.addFault(down);
			expect(await listedIn(150)).toEqual(Array(3).fill('PiAPI is not working right now'));

			n8n.simulator.addFault(wrongKey);
			expect(await listedIn(30)).toEqual(['PiAPI does not accept this key']);

			const made = await n8n.make(30);
			expect(await listedIn(1)).toEqual([]);
			n8n.simulator.addFault(down);
			expect(await listedIn(2)).toHaveLength(1);
			expect(n8n.handedOn).toEqual([made]);
		});
	});

	it('is said to whoever switches the workflow on again', async () => {
		await withActive({}, async (n8n) => {
			n8n.simulator.addFault(down);
			await n8n.pollFor(2);
			expect(n8n.failures).toHaveLength(1);
			await n8n.activate();
			expect(n8n.failures).toHaveLength(2);
		});
	});

	it.each([
		[{ kind: 'answer', status: 429, headers: { 'retry-after': '90' } }, 'rate-limited', 90_000],
		[answer(401), 'credential-invalid', undefined],
		[answer(402), 'quota-exhausted', undefined],
		[answer(403), 'configuration-invalid', undefined],
		[page(502), 'temporarily-unavailable', undefined],
		[RESET, 'temporarily-unavailable', undefined],
	] as const)('(%j) tells n8n why, and for how long: %s', async (effect, cause, retryAfterMs) => {
		await withActive({ keeping: 'durable' }, async (n8n) => {
			await n8n.pollWith(effect);
			expect(n8n.failures).toEqual([expect.objectContaining({ failure: { cause, retryAfterMs } })]);
		});
	});

	it('says that the key is wrong, and what to do', async () => {
		await withWorkflow({}, async (n8n) => {
			n8n.simulator.addFault(wrongKey);
			await n8n.activate();
			expect(n8n.failures).toEqual([
				expect.objectContaining({
					message: 'PiAPI does not accept this key',
					description: expect.stringContaining('API Key'),
				}),
			]);
		});
	});
});
