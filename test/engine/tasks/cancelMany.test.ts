import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { historyFaults, VirtualClock, type Fault, type SimulatorOptions } from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { count, startService } from '../../../support/engine/service';
import { createTasks } from '../../../support/engine/webhookRequests';

const ALL = { tasksToCancel: 'all' };
const MINUTE_MS = 60_000;

/** Changes what PiAPI says in all answers of a route, or of those that `when` picks. */
function rewriting(route: Fault['route'], change: (text: string) => string, when?: Fault['when']) {
	const body = (sent: unknown) => JSON.parse(change(JSON.stringify(sent))) as unknown;
	return { route, calls: 'every', when, effect: { kind: 'rewrite', body } } as const;
}

const onHistory = (effect: Fault['effect']): Fault => ({
	route: 'history',
	calls: 'every',
	effect,
});
const onCancel = (effect: Fault['effect'], when?: Fault['when']): Fault => ({
	...{ route: 'cancel', calls: 'every', effect },
	when,
});
const DOWN = { kind: 'answer', status: 503 } as const;

/** A service in which tasks wait to start. */
async function openQueue(options: SimulatorOptions = {}) {
	const { simulator, url } = await startService({ queueSeconds: Infinity, ...options });
	const cancelMany = async (parameters: IDataObject = ALL, credential = {}) => {
		const operation = { resource: 'task', operation: 'cancelMany' };
		return await runLuma({ url, credential, parameters: { ...operation, ...parameters } });
	};
	const statuses = () => [...simulator.tasks.values()].map(({ status }) => status);
	const create = async (howMany: number) => await createTasks(url, howMany);
	const start = (taskId: string) => simulator.start(simulator.tasks.get(taskId)!);
	return { simulator, create, start, cancelMany, statuses };
}

it('cancels all tasks that have not started, and says which', async () => {
	const { simulator, create, cancelMany, statuses } = await openQueue({ balanceUsd: 1 });
	const created = await create(3);
	const { json } = await cancelMany();

	expect(json).toEqual([
		{
			cancelledTasks: 3,
			taskIds: expect.arrayContaining(created),
			notCancelled: [],
			message: expect.stringContaining('3 tasks were cancelled'),
		},
	]);
	expect(json[0].taskIds).toHaveLength(3);
	expect(statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
	expect(simulator.balancePoints).toBe(10_000_000);
});

it('cancels only tasks of that age, on the clock of PiAPI', async () => {
	const clock = new VirtualClock(Date.now());
	const { create, cancelMany, statuses } = await openQueue({ clock });
	const [old] = await create(1);
	await clock.pass(31 * MINUTE_MS);
	await create(1);
	// n8n's own clock does not move, so by it no task is older than 30 minutes.
	const { json } = await cancelMany({ olderThanMinutes: 30 });

	expect(json).toMatchObject([{ cancelledTasks: 1, taskIds: [old], notCancelled: [] }]);
	expect(statuses()).toEqual(['cancelled', 'pending']);
});

it('says so when there is nothing to cancel, after a single request', async () => {
	const { simulator, cancelMany } = await openQueue();
	const { json } = await cancelMany();
	expect(json).toMatchObject([{ cancelledTasks: 0, taskIds: [], notCancelled: [] }]);
	expect(simulator.calls.map(({ route }) => route)).toEqual(['activeTasks']);
});

it('leaves alone what has started or ended', async () => {
	const { simulator, create, start, cancelMany, statuses } = await openQueue();
	const [ended, started, waiting] = await create(3);
	simulator.complete(simulator.tasks.get(ended)!);
	start(started);
	const { json } = await cancelMany();

	expect(json).toMatchObject([{ cancelledTasks: 1, taskIds: [waiting], notCancelled: [] }]);
	expect(statuses()).toEqual(['completed', 'processing', 'cancelled']);
	expect(count(simulator, 'cancel')).toBe(1);
});

describe('a task that cannot be cancelled', () => {
	it('because it started after the list was read is named with how far it is', async () => {
		const { simulator, create, start, cancelMany } = await openQueue();
		const [started, waiting] = await create(2);
		start(started);
		// The list still shows the first task as waiting.
		simulator.addFault(rewriting('history', (text) => text.replaceAll('processing', 'pending')));
		simulator.addFault(
			rewriting('activeTasks', (text) => text.replace('"pending_count":1', '"pending_count":2')),
		);
		const { json, error } = await cancelMany();

		expect(error).toBeUndefined();
		const message = expect.stringContaining('Task → Wait');
		const notCancelled = [{ taskId: started, status: 'processing', message }];
		expect(json).toMatchObject([{ cancelledTasks: 1, taskIds: [waiting], notCancelled }]);
	});

	it('because it is staged is named with the reason', async () => {
		const service = { queueSeconds: 0, renderSeconds: Infinity, concurrency: 1 };
		const { create, cancelMany } = await openQueue(service);
		const [, staged] = await create(2);
		const { json } = await cancelMany();

		const message = expect.stringContaining('free place');
		const notCancelled = [{ taskId: staged, status: 'staged', message }];
		expect(json).toMatchObject([{ cancelledTasks: 0, taskIds: [], notCancelled }]);
	});
});

describe('when PiAPI does not answer as it should', () => {
	it('takes a task as cancelled whose first answer was lost', async () => {
		const lost = { kind: 'reset', afterHandling: true } as const;
		const { create, cancelMany } = await openQueue({
			faults: [{ ...onCancel(lost), calls: [1] }],
		});
		const taskIds = await create(1);
		const { json } = await cancelMany();
		expect(json).toMatchObject([{ cancelledTasks: 1, taskIds, notCancelled: [] }]);
	});

	it('tells apart what was cancelled before an outage, and tries nothing more', async () => {
		const { simulator, create, cancelMany } = await openQueue();
		const created = await create(40);
		const first = String(created.pop());
		simulator.addFault(onCancel(DOWN, ({ path }) => !path.endsWith(first)));
		const { json } = await cancelMany();

		const [{ cancelledTasks, taskIds, notCancelled }] = json;
		expect([cancelledTasks, taskIds]).toEqual([1, [first]]);
		const others = (notCancelled as IDataObject[]).map(({ taskId }) => String(taskId));
		expect(others.sort()).toEqual(created.sort());
		expect(count(simulator, 'cancel')).toBeLessThan(40);
	});

	it('fails with the reason when nothing could be cancelled', async () => {
		const { create, cancelMany } = await openQueue({ faults: [onCancel(DOWN)] });
		await create(2);
		expect((await cancelMany()).error?.message).toBe('PiAPI is not working right now');
		const { error } = await cancelMany(ALL, { apiKey: 'wrong' });
		expect(error?.message).toBe('PiAPI does not accept this key');
	});

	it('counts each task once, and none of another model', async () => {
		const faults = [historyFaults.hasDuplicates, historyFaults.hasOtherModels].map(onHistory);
		const { simulator, create, cancelMany } = await openQueue({ faults });
		await create(2);
		expect((await cancelMany()).json).toMatchObject([{ cancelledTasks: 2 }]);
		expect(count(simulator, 'cancel')).toBe(2);
	});

	it('cancels no task of another model where the list does not name it', async () => {
		const { simulator, create, cancelMany, statuses } = await openQueue();
		const [other, own] = await create(2);
		const isOther: Fault['when'] = ({ path }) => path.endsWith(other);
		const asOther = (text: string) => text.replace('"model":"luma"', '"model":"kling"');
		simulator.addFault(
			rewriting('history', (text) => text.replaceAll('"task_model"', '"unknown"')),
		);
		simulator.addFault(rewriting('read', asOther, isOther));
		const { json } = await cancelMany();

		expect(json).toMatchObject([{ cancelledTasks: 1, taskIds: [own], notCancelled: [] }]);
		expect(statuses()).toEqual(['pending', 'cancelled']);
	});

	it('says that the list does not show all yet', async () => {
		const faults = [onHistory(historyFaults.missesEverySecondRow)];
		const { create, cancelMany } = await openQueue({ faults });
		await create(2);
		const message = expect.stringContaining('in a minute');
		expect((await cancelMany()).json).toMatchObject([{ cancelledTasks: 1, message }]);
	});
});

it.each([
	[{ olderThanMinutes: 0 }, "'Older Than (Minutes)' cannot be “0”"],
	[{ olderThanMinutes: '=old' }, "'Older Than (Minutes)' cannot be “old”"],
	[{ olderThanMinutes: '={{ null }}' }, "'Older Than (Minutes)' cannot be “null”"],
	[{ olderThanMinutes: 1e9 }, "'Older Than (Minutes)' can be 527040 at the most, not “1000000000”"],
	[{ tasksToCancel: '=some' }, "'Tasks to Cancel' cannot be “some”"],
])('says what is wrong with %j, before any request', async (parameters, message) => {
	const { simulator, cancelMany } = await openQueue();
	const { error } = await cancelMany({ tasksToCancel: 'olderThan', ...parameters });
	expect(error?.message).toBe(message);
	expect(simulator.calls).toEqual([]);
});
