import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';

import { systemClock } from '../../../nodes/Luma/runtime/clock';
import { readTask } from '../../../nodes/Luma/piapi/task';
import { markIfNew, unmark } from '../../../nodes/Luma/triggers/webhook';

const MINUTE_MS = 60_000;

let now = Date.UTC(2026, 0, 7);
beforeEach(() => void jest.spyOn(systemClock, 'now').mockImplementation(() => now));
afterEach(() => void jest.restoreAllMocks());

let nodes = 0;

/** A node that is called in production, with its own part of the static data. */
function nodeWith(staticData: IDataObject = {}, id = `node ${++nodes}`) {
	const context = {
		getMode: () => 'webhook',
		getNode: () => ({ id }),
		getWorkflow: () => ({ id: 'w1' }),
		getWorkflowStaticData: () => staticData,
	} as unknown as IWebhookFunctions;
	const task = (taskId: string, status: string, endedAt?: number) => {
		const meta = endedAt && { ended_at: new Date(endedAt).toISOString() };
		return readTask({ task_id: taskId, status, meta })!;
	};
	const observe = (taskId: string, status = 'completed', endedAt?: number) =>
		markIfNew(context, task(taskId, status, endedAt));
	const fail = (taskId: string) => unmark(context, task(taskId, 'completed'));
	return { id, staticData, observe, fail, stored: () => Object.keys(staticData.ends as object) };
}

const old = () =>
	Object.fromEntries(
		Array.from({ length: 2000 }, (_, i) => [`old ${i}:completed`, now - MINUTE_MS]),
	);

test('a task that first fails and then completes is new twice', () => {
	const { observe } = nodeWith();
	expect([observe('a', 'failed'), observe('a'), observe('a', 'failed'), observe('a')]).toEqual([
		true,
		true,
		false,
		false,
	]);
});

test('a node remembers its last 2,000 ends of the last hour, in the database too', () => {
	const { observe, stored } = nodeWith({ ends: old() });
	expect([observe('new'), observe('newer')]).toEqual([true, true]);

	expect(stored()).toHaveLength(2000);
	expect([observe('newer'), observe('old 2')]).toEqual([false, false]);
	expect(observe('old 0')).toBe(true);
});

test('an end that is repeated hours later is known, although its name is forgotten', () => {
	const { observe, stored } = nodeWith();
	const ended = ['a', 'b', 'c'].map((taskId) => [taskId, (now += 45 * MINUTE_MS)] as const);
	for (const [taskId, at] of ended) expect(observe(taskId, 'completed', at)).toBe(true);
	expect(stored()).toEqual(['b:completed', 'c:completed']);

	now += 24 * 60 * MINUTE_MS;
	for (const [taskId, at] of ended) expect(observe(taskId, 'completed', at)).toBe(false);
});

test('an end that is told late is new, as long as no video has ended for an hour after it', () => {
	const { observe } = nodeWith();
	observe('before', 'completed', now);
	const endedAt = now + MINUTE_MS;
	now += 24 * 60 * MINUTE_MS;
	expect(observe('late', 'completed', endedAt)).toBe(true);
});

test('a date in the future counts as now', () => {
	const { observe } = nodeWith();
	observe('a', 'completed', now + 100 * 365 * 24 * 60 * MINUTE_MS);
	now += MINUTE_MS;
	expect(observe('b', 'completed', now)).toBe(true);
});

test('what is stored of a busy hour does not grow with the next one', () => {
	const { observe, stored } = nodeWith();
	for (let i = 0; i < 200; i++) {
		now += MINUTE_MS;
		observe(`task ${i}`);
	}
	expect(stored()).toHaveLength(60);
});

test('what the database knows from before counts, and is the first to be forgotten', () => {
	const ends = old();
	const { observe, stored } = nodeWith({ ends });

	expect(observe('old 7')).toBe(false);
	expect(observe('new')).toBe(true);
	expect(stored()).toEqual([...Object.keys(ends).slice(1), 'new:completed']);
});

test('what another process stored in the meantime comes before what this one has heard', () => {
	const ends = old();
	const first = nodeWith();
	first.observe('a');
	const next = nodeWith({ ends }, first.id);
	next.observe('b');

	expect(next.stored()).toEqual([...Object.keys(ends).slice(2), 'a:completed', 'b:completed']);
});

test('a copy of the static data from before the last webhook loses nothing', () => {
	const first = nodeWith();
	const staleCopy = nodeWith({}, first.id);
	first.observe('a');

	expect(staleCopy.observe('b')).toBe(true);
	expect(staleCopy.stored()).toEqual(['a:completed', 'b:completed']);
});

test('an end whose run n8n could not start is new again', () => {
	const first = nodeWith();
	expect(first.observe('a')).toBe(true);
	first.fail('a');
	// n8n has stored nothing then.
	const repeated = nodeWith({}, first.id);

	expect([repeated.observe('a'), repeated.observe('a')]).toEqual([true, false]);
});

test.each([[null], ['a:completed'], [['a:completed']], [{ a: 'x' }], [{ 'a:completed': null }]])(
	'static data that is no list of times (%j) does no harm',
	(ends) => {
		const { observe } = nodeWith({ ends } as IDataObject);
		expect([observe('a'), observe('a')]).toEqual([true, false]);
	},
);

test('the process keeps the memory of the 200 nodes that were called last', () => {
	const called = nodeWith();
	const isForgotten = () => nodeWith({}, called.id).observe('a');
	const callOthers = (many: number) => {
		for (let i = 0; i < many; i++) nodeWith().observe('a');
	};
	called.observe('a');
	callOthers(199);
	expect(isForgotten()).toBe(false);
	callOthers(199);
	expect(isForgotten()).toBe(false);
	callOthers(200);
	expect(isForgotten()).toBe(true);
});
