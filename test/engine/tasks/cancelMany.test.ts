import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import {
	historyFaults,
	type FaultEffect,
	type Simulator,
	type SimulatorOptions,
} from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { count, PROMPT, startService } from '../../../support/engine/service';

const ALL = { tasksToCancel: 'all' };
const MINUTE_MS = 60_000;

/** A service in which tasks wait to start; a test can let minutes pass, and start the first of them. */
async function openQueue(options: SimulatorOptions = {}) {
	let aheadMs = 0;
	const clock = {
		now: () => Date.now() + aheadMs,
		sleep: async () => await new Promise<void>(() => {}),
	};
	const { simulator, url } = await startService({ queueSeconds: 1e6, clock, ...options });
	return { simulator, url, pass: (minutes: number) => (aheadMs += minutes * MINUTE_MS) };
}

async function create(url: string, howMany: number) {
	const run = await runLuma({
		url,
		items: Array.from({ length: howMany }, () => ({})),
		parameters: { prompt: PROMPT, waitMode: 'none', options: { maxConcurrency: 1 } },
	});
	return run.json.map(({ taskId }) => String(taskId));
}

async function cancelMany(url: string, parameters: IDataObject = ALL, credential = {}) {
	return await runLuma({
		url,
		credential,
		parameters: { resource: 'task', operation: 'cancelMany', ...parameters },
	});
}

function statuses({ tasks }: Simulator) {
	return [...tasks.values()].map(({ status }) => status);
}

it('cancels all tasks that have not started, and says which', async () => {
	const { simulator, url } = await openQueue({ balanceUsd: 1 });
	const created = await create(url, 3);
	const { json } = await cancelMany(url);

	expect(json).toEqual([
		{
			cancelledTasks: 3,
			taskIds: expect.arrayContaining(created),
			notCancelled: [],
			message: expect.stringContaining('3 tasks were cancelled'),
		},
	]);
	expect(json[0].taskIds).toHaveLength(3);
	expect(statuses(simulator)).toEqual(['cancelled', 'cancelled', 'cancelled']);
	expect(simulator.balancePoints).toBe(10_000_000);
});

it('cancels only tasks of that age, on the clock of PiAPI', async () => {
	const { simulator, url, pass } = await openQueue();
	const [old] = await create(url, 1);
	pass(31);
	await create(url, 1);
	// n8n's own clock does not move, so by it no task is older than 30 minutes.
	const { json } = await cancelMany(url, { olderThanMinutes: 30 });

	expect(json).toMatchObject([{ cancelledTasks: 1, taskIds: [old], notCancelled: [] }]);
	expect(statuses(simulator)).toEqual(['cancelled', 'pending']);
});

it('says so when there is nothing to cancel, after a single request', async () => {
	const { simulator, url } = await openQueue();
	const { json } = await cancelMany(url);

	expect(json).toMatchObject([{ cancelledTasks: 0, taskIds: [], notCancelled: [] }]);
	expect(simulator.calls.map(({ route }) => route)).toEqual(['activeTasks']);
});

it('leaves alone what has started or ended', async () => {
	const { simulator, url } = await openQueue({
		queueSeconds: (_, ordinal) => (ordinal === 3 ? 1e6 : 0),
		renderSeconds: (_, ordinal) => (ordinal === 1 ? 0 : 1e6),
	});
	const [, , waiting] = await create(url, 3);
	const { json } = await cancelMany(url);

	expect(json).toMatchObject([{ cancelledTasks: 1, taskIds: [waiting], notCancelled: [] }]);
	expect(statuses(simulator)).toEqual(['completed', 'processing', 'cancelled']);
	expect(count(simulator, 'cancel')).toBe(1);
});

it('says how far a task is that started after the list was read', async () => {
	const { simulator, url } = await openQueue({
		queueSeconds: (_, ordinal) => (ordinal === 1 ? 0 : 1e6),
		renderSeconds: Infinity,
		// The list still shows the first task as waiting.
		faults: [
			{
				route: 'history',
				calls: 'every',
				effect: {
					kind: 'rewrite',
					body: (body) => JSON.parse(JSON.stringify(body).replaceAll('processing', 'pending')),
				},
			},
		],
	});
	const [started, waiting] = await create(url, 2);
	simulator.addFault({
		route: 'activeTasks',
		calls: 'every',
		effect: {
			kind: 'rewrite',
			body: (body) =>
				JSON.parse(JSON.stringify(body).replace('"pending_count":1', '"pending_count":2')),
		},
	});
	const { json, error } = await cancelMany(url);

	expect(error).toBeUndefined();
	expect(json).toMatchObject([
		{
			cancelledTasks: 1,
			taskIds: [waiting],
			notCancelled: [
				{
					taskId: started,
					status: 'processing',
					message: expect.stringContaining('Task → Wait'),
				},
			],
		},
	]);
});

it('says why PiAPI does not cancel a staged task', async () => {
	const { url } = await openQueue({ queueSeconds: 0, renderSeconds: 1e6, concurrency: 1 });
	const [, staged] = await create(url, 2);
	const { json } = await cancelMany(url);

	expect(json).toMatchObject([
		{
			cancelledTasks: 0,
			taskIds: [],
			notCancelled: [
				{ taskId: staged, status: 'staged', message: expect.stringContaining('free place') },
			],
		},
	]);
});

describe('when PiAPI does not answer as it should', () => {
	it('takes a task as cancelled whose first answer was lost', async () => {
		const { url } = await openQueue({
			faults: [{ route: 'cancel', calls: [1], effect: { kind: 'reset', afterHandling: true } }],
		});
		const [taskId] = await create(url, 1);
		const { json } = await cancelMany(url);

		expect(json).toMatchObject([{ cancelledTasks: 1, taskIds: [taskId], notCancelled: [] }]);
	});

	it('tells apart what was cancelled before an outage, and tries nothing more', async () => {
		const { simulator, url } = await openQueue({
			faults: [
				{
					route: 'cancel',
					calls: 'every',
					when: ({ path }) => !path.endsWith(first),
					effect: { kind: 'answer', status: 503 },
				},
			],
		});
		let first = 'none';
		const created = await create(url, 40);
		first = created[39];
		const { json } = await cancelMany(url);

		const [{ cancelledTasks, taskIds, notCancelled }] = json;
		expect([cancelledTasks, taskIds]).toEqual([1, [first]]);
		expect((notCancelled as IDataObject[]).map(({ taskId }) => taskId)).toEqual(
			expect.arrayContaining(created.slice(0, 39)),
		);
		expect(notCancelled).toHaveLength(39);
		expect(count(simulator, 'cancel')).toBeLessThan(40);
	});

	it('fails with the reason when nothing could be cancelled', async () => {
		const { url } = await openQueue({
			faults: [{ route: 'cancel', calls: 'every', effect: { kind: 'answer', status: 503 } }],
		});
		await create(url, 2);
		const { error } = await cancelMany(url);

		expect(error?.message).toBe('PiAPI is not working right now');
	});

	it('counts each task once, and none of another model', async () => {
		const { simulator, url } = await openQueue({
			faults: [
				{ route: 'history', calls: 'every', effect: historyFaults.hasDuplicates },
				{ route: 'history', calls: 'every', effect: historyFaults.hasOtherModels },
			],
		});
		await create(url, 2);
		const { json } = await cancelMany(url);

		expect(json).toMatchObject([{ cancelledTasks: 2 }]);
		expect(count(simulator, 'cancel')).toBe(2);
	});

	it('cancels no task of another model where the list does not name it', async () => {
		const { simulator, url } = await openQueue();
		const [other, own] = await create(url, 2);
		const unnamed: FaultEffect = {
			kind: 'rewrite',
			body: (body) => JSON.parse(JSON.stringify(body).replaceAll('"task_model"', '"unknown"')),
		};
		const asOther: FaultEffect = {
			kind: 'rewrite',
			body: (body) => JSON.parse(JSON.stringify(body).replace('"model":"luma"', '"model":"kling"')),
		};
		simulator.addFault({ route: 'history', calls: 'every', effect: unnamed });
		simulator.addFault({
			route: 'read',
			calls: 'every',
			when: ({ path }) => path.endsWith(other),
			effect: asOther,
		});
		const { json } = await cancelMany(url);

		expect(json).toMatchObject([{ cancelledTasks: 1, taskIds: [own], notCancelled: [] }]);
		expect(statuses(simulator)).toEqual(['pending', 'cancelled']);
	});

	it('says that the list does not show all yet', async () => {
		const { url } = await openQueue({
			faults: [{ route: 'history', calls: 'every', effect: historyFaults.missesEverySecondRow }],
		});
		await create(url, 2);
		const { json } = await cancelMany(url);

		expect(json).toMatchObject([
			{ cancelledTasks: 1, message: expect.stringContaining('in a minute') },
		]);
	});

	it('says that the key is wrong', async () => {
		const { url } = await openQueue();
		const { error } = await cancelMany(url, ALL, { apiKey: 'wrong' });

		expect(error?.message).toBe('PiAPI does not accept this key');
	});
});

it.each([
	['no age', { olderThanMinutes: 0 }, "'Older Than (Minutes)' cannot be “0”"],
	['an age that is a word', { olderThanMinutes: '=old' }, "'Older Than (Minutes)' cannot be “old”"],
	[
		'an age of nothing',
		{ olderThanMinutes: '={{ null }}' },
		"'Older Than (Minutes)' cannot be “null”",
	],
	[
		'an age of centuries',
		{ olderThanMinutes: 1e9 },
		"'Older Than (Minutes)' can be 527040 at the most, not “1000000000”",
	],
	['an unknown choice', { tasksToCancel: '=some' }, "'Tasks to Cancel' cannot be “some”"],
])('says what is wrong with %s, before any request', async (_, parameters, message) => {
	const { simulator, url } = await openQueue();
	const { error } = await cancelMany(url, { tasksToCancel: 'olderThan', ...parameters });

	expect(error?.message).toBe(message);
	expect(simulator.calls).toEqual([]);
});
