import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import type { Simulator } from '../../../simulator';
import { until } from '../../../support/eventually';
import { PollingTrigger, type PollingTriggerOptions } from '../../../support/engine/pollingTrigger';
import { count, startService } from '../../../support/engine/service';
import { createTask } from '../../../support/engine/webhookRequests';

const NO_VIDEO = { message: 'refused by moderation' };

async function start(options: Partial<PollingTriggerOptions> = {}) {
	const service = await startService({
		renderSeconds: 0,
		outcome: ({ prompt }) => (prompt === 'fails' ? NO_VIDEO : undefined),
	});
	const trigger = new PollingTrigger({ url: service.url, id: randomUUID(), ...options });
	return { ...service, trigger };
}

/** Makes a video, and waits until it has ended. */
async function make(url: string, simulator: Simulator, prompt = 'A paper boat'): Promise<string> {
	const taskId = await createTask(url, { prompt });
	const hasEnded = () => ['completed', 'failed'].includes(simulator.tasks.get(taskId)!.status);
	await until('the video has ended', hasEnded);
	return taskId;
}

const idsOf = (run: IDataObject[] | null) => run?.map(({ taskId }) => taskId);

it('starts the workflow with the same flat items as the Luma node', async () => {
	const { trigger, url, simulator } = await start();
	await make(url, simulator);
	await trigger.activate();
	expect(trigger.runs).toEqual([]);

	const completed = await make(url, simulator);
	const failed = await make(url, simulator, 'fails');
	expect(await trigger.poll()).toEqual([
		expect.objectContaining({
			taskId: completed,
			status: 'completed',
			videoUrl: expect.stringContaining(url),
			costUsd: 0.2,
		}),
		expect.objectContaining({ taskId: failed, status: 'failed', videoUrl: null }),
	]);
	expect(await trigger.poll()).toBeNull();
});

it("gives PiAPI's own task when Simplify is off, without the secret of its webhook", async () => {
	const { trigger, url, simulator } = await start({ parameters: { simplify: false } });
	await trigger.activate();
	const secret = ['sesame', '0815'].join('-');
	const taskId = await createTask(url, { endpoint: 'https://example.com/hook', secret });
	await until('it has ended', () => simulator.tasks.get(taskId)?.status === 'completed');

	const run = await trigger.poll();
	expect(run).toEqual([
		expect.objectContaining({ task: expect.objectContaining({ task_id: taskId }) }),
	]);
	expect(JSON.stringify(run)).not.toContain(secret);
});

it.each([
	[['completed'], ['completed']],
	[['failed'], ['failed']],
	[
		['completed', 'failed'],
		['completed', 'failed'],
	],
	[[], ['completed', 'failed']],
])('with %j in Events starts the workflow for %j', async (events, statuses) => {
	const { trigger, url, simulator } = await start({ parameters: { events } });
	await trigger.activate();
	await make(url, simulator);
	await make(url, simulator, 'fails');
	expect((await trigger.poll())?.map(({ status }) => status)).toEqual(statuses);
});

it('does not start the workflow twice when a poll begins while the one before is under way', async () => {
	const { trigger, url, simulator } = await start();
	await trigger.activate();
	const taskId = await make(url, simulator);
	await Promise.all([trigger.poll(), trigger.poll()]);
	await trigger.poll();
	expect(trigger.runs.map(idsOf)).toEqual([[taskId]]);
});

it('does not repeat a task after the workflow was saved, though n8n has the data of its last start', async () => {
	const { trigger, url, simulator } = await start();
	await trigger.activate();
	const taskId = await make(url, simulator);
	await trigger.poll();
	const { staticData } = trigger;
	await trigger.poll();
	trigger.staticData = staticData;
	await trigger.activate();
	await trigger.poll();
	expect(trigger.runs.map(idsOf)).toEqual([[taskId]]);
});

it('catches up after a restart, and repeats nothing', async () => {
	const { trigger, url, simulator } = await start();
	await trigger.activate();
	const first = await make(url, simulator);
	await trigger.poll();
	const second = await make(url, simulator);
	await trigger.restart();
	await trigger.activate();
	await trigger.poll();
	expect(trigger.runs.map(idsOf)).toEqual([[first], [second]]);
});

it('keeps no key in what n8n stores', async () => {
	const { trigger } = await start();
	await trigger.activate();
	expect(trigger.staticData).toContain('following');
	expect(trigger.staticData).not.toContain('simulated-key');
});

describe('Fetch Test Event', () => {
	it('brings the video that finished last, and changes nothing', async () => {
		const { trigger, url, simulator } = await start();
		await make(url, simulator);
		const latest = await make(url, simulator);
		expect(idsOf(await trigger.poll('manual'))).toEqual([latest]);
		expect(idsOf(await trigger.poll('manual'))).toEqual([latest]);
		expect(trigger.staticData).toBe('{}');
	});

	it('brings a completed one rather than one that failed since', async () => {
		const { trigger, url, simulator } = await start();
		const completed = await make(url, simulator);
		await make(url, simulator, 'fails');
		await make(url, simulator, 'fails');
		expect(idsOf(await trigger.poll('manual'))).toEqual([completed]);
	});

	it('brings one that fits the chosen events', async () => {
		const { trigger, url, simulator } = await start({ parameters: { events: ['failed'] } });
		const failed = await make(url, simulator, 'fails');
		await make(url, simulator);
		expect(idsOf(await trigger.poll('manual'))).toEqual([failed]);
	});

	it('says what to do when no video has finished', async () => {
		const { trigger } = await start();
		await expect(trigger.poll('manual')).rejects.toMatchObject({
			message: 'No video has finished yet',
			description: expect.stringContaining('Create a video'),
		});
	});
});

describe('a poll that cannot be completed', () => {
	it('says that the key is wrong, and what to do', async () => {
		const { trigger } = await start({ credential: { apiKey: 'wrong' } });
		await expect(trigger.activate()).rejects.toMatchObject({
			message: 'PiAPI does not accept this key',
			description: expect.stringContaining('API Key'),
		});
	});

	it('says that nothing is lost, and the next one continues', async () => {
		const { trigger, url, simulator } = await start();
		await trigger.activate();
		const taskId = await make(url, simulator);
		simulator.addFault({ route: 'history', calls: 'every', effect: { kind: 'html', status: 502 } });
		await expect(trigger.poll()).rejects.toMatchObject({
			message: 'PiAPI is not working right now',
			description: expect.stringContaining('none is lost'),
		});
		simulator.clearFaults();
		expect(idsOf(await trigger.poll())).toEqual([taskId]);
	});
});

it('asks for the account once, not with every poll', async () => {
	const { trigger, simulator } = await start();
	await trigger.activate();
	await trigger.poll();
	await trigger.poll();
	expect(count(simulator, 'account')).toBe(1);
	expect(count(simulator, 'history')).toBe(3);
});
