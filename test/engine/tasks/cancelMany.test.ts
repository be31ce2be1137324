import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import {
	historyFaults,
	VirtualClock,
	type Fault,
	type FaultEffect,
	type SimulatorOptions,
} from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { count, startService } from '../../../support/engine/service';
import { createTasks } from '../../../support/engine/webhookRequests';
import { answer, fault, LOST, rewritingText } from '../../../support/faults';

const ALL = { tasksToCancel: 'all' };
const MINUTE_MS = 60_000;

const DOWN = answer(503);
const onHistory = (effect: FaultEffect) => fault('history', effect, 'every');
const replacing = (words: string, others: string) =>
	rewritingText((text) => text.replaceAll(words, others));

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
	const { simulator, create, start, cancelMany, statuses } = await openQueue({ balanceUsd: 1 });
	const [ended, started, ...waiting] = await create(5);
	simulator.complete(simulator.tasks.get(ended)!);
	start(started);
	const { json } = await cancelMany();

	const message = expect.stringContaining('3 tasks were cancelled');
	const taskIds = expect.arrayContaining(waiting);
	expect(json).toEqual([{ cancelledTasks: 3, taskIds, notCancelled: [], message }]);
	expect(json[0].taskIds).toHaveLength(3);
	expect(statuses()).toEqual(['completed', 'processing', ...Array(3).fill('cancelled')]);
	expect(simulator.balancePoints).toBe(6_000_000);
	expect(count(simulator, 'cancel')).toBe(3);
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

describe('a task that cannot be cancelled', () => {
	it('because it started after the list was read is named with how far it is', async () => {
		const { simulator, create, start, cancelMany } = await openQueue();
		const [started, waiting] = await create(2);
		start(started);
		// The list still shows the first task as waiting.
		simulator.addFault(onHistory(replacing('processing', 'pending')));
		const two = replacing('"pending_count":1', '"pending_count":2');
		simulator.addFault(fault('activeTasks', two, 'every'));
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
		const { create, cancelMany } = await openQueue({
			faults: [fault('cancel', LOST)],
		});
		const taskIds = await create(1);
		const { json } = await cancelMany();
		expect(json).toMatchObject([{ cancelledTasks: 1, taskIds, notCancelled: [] }]);
	});

	it('tells apart what was cancelled before an outage, and tries nothing more', async () => {
		const { simulator, create, cancelMany } = await openQueue();
		const created = await create(40);
		const first = String(created.pop());
		const when: Fault['when'] = ({ path }) => !path.endsWith(first);
		simulator.addFault({ ...fault('cancel', DOWN, 'every'), when });
		const { json } = await cancelMany();

		const [{ cancelledTasks, taskIds, notCancelled }] = json;
		expect([cancelledTasks, taskIds]).toEqual([1, [first]]);
		const others = (notCancelled as IDataObject[]).map(({ taskId }) => String(taskId));
		expect(others.sort()).toEqual(created.sort());
		expect(count(simulator, 'cancel')).toBeLessThan(40);
	});

	it('fails with the reason when nothing could be cancelled', async () => {
		const { create, cancelMany } = await openQueue({ faults: [fault('cancel', DOWN, 'every')] });
		await create(2);
		expect((await cancelMany()).error?.message).toBe('PiAPI is not working right now');
		const { error } = await cancelMany(ALL, { apiKey: 'wrong' });
		expect(error?.message).toBe('PiAPI does not accept this key');
	});

	it('counts each task once, and none of another model', async () => {
		const { hasDuplicates, hasOtherModels } = historyFaults;
		const faults = [hasDuplicates, hasOtherModels].map((effect) => onHistory(effect));
		const { simulator, create, cancelMany } = await openQueue({ faults });
		await create(2);
		expect((await cancelMany()).json).toMatchObject([{ cancelledTasks: 2 }]);
		expect(count(simulator, 'cancel')).toBe(2);
	});

	it('cancels no task of another model where the list does not name it', async () => {
		const { simulator, create, cancelMany, statuses } = await openQueue();
		const [other, own] = await create(2);
		const when: Fault['when'] = ({ path }) => path.endsWith(other);
		const asOther = replacing('"model":"luma"', '"model":"kling"');
		simulator.addFault(onHistory(replacing('"task_model"', '"unknown"')));
		simulator.addFault({ ...fault('read', asOther, 'every'), when });
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
