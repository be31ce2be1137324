import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';

import { readTask } from '../../../nodes/Luma/piapi/task';
import { systemClock } from '../../../nodes/Luma/runtime/clock';
import { markIfNew } from '../../../nodes/Luma/triggers/webhook';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

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
	return { id, observe, stored: () => Object.keys(staticData.ends as object) };
}

const old = () =>
	Object.fromEntries(
		Array.from({ length: 2000 }, (_, i) => [`old ${i}:completed`, now - MINUTE_MS]),
	);

it('a task that first fails and then completes is new twice', () => {
	const { observe } = nodeWith();
	const seen = [observe('a', 'failed'), observe('a'), observe('a', 'failed'), observe('a')];
	expect(seen).toEqual([true, true, false, false]);
});

it('a node remembers its last 2,000 ends of the last hour, those of the database first to go', () => {
	const { observe, stored } = nodeWith({ ends: old() });
	expect(observe('old 7')).toBe(false);
	expect([observe('new'), observe('newer')]).toEqual([true, true]);
	expect(stored()).toEqual([
		...Object.keys(old()).slice(2),
		...['new:completed', 'newer:completed'],
	]);
	expect([observe('newer'), observe('old 2'), observe('old 0')]).toEqual([false, false, true]);
});

it('an end that is told late is new, as long as no video has ended for an hour after it', () => {
	const { observe } = nodeWith();
	observe('before', 'completed', now);
	const endedAt = now + MINUTE_MS;
	now += DAY_MS;
	expect(observe('late', 'completed', endedAt)).toBe(true);
});

it('a date in the future counts as now', () => {
	const { observe } = nodeWith();
	observe('a', 'completed', now + 100 * 365 * DAY_MS);
	now += MINUTE_MS;
	expect(observe('b', 'completed', now)).toBe(true);
});

it('what is stored of a busy hour does not grow with the next one', () => {
	const { observe, stored } = nodeWith();
	for (let i = 0; i < 200; i++) {
		now += MINUTE_MS;
		observe(`task ${i}`);
	}
	expect(stored()).toHaveLength(60);
});

it('what another process stored in the meantime comes before what this one has heard', () => {
	const first = nodeWith();
	first.observe('a');
	// A copy of the static data from before that webhook loses nothing either.
	const next = nodeWith({ ends: old() }, first.id);
	expect(next.observe('b')).toBe(true);
	expect(next.stored()).toEqual([
		...Object.keys(old()).slice(2),
		...['a:completed', 'b:completed'],
	]);
});

it.each([[null], ['a:completed'], [['a:completed']], [{ 'a:completed': null }]])(
	'static data that is no list of times (%j) does no harm',
	(ends) => {
		const { observe } = nodeWith({ ends } as IDataObject);
		expect([observe('a'), observe('a')]).toEqual([true, false]);
	},
);

it('the process keeps the memory of the 200 nodes that were called last', () => {
	const called = nodeWith();
	called.observe('a');
	const isForgottenAfter = (others: number) => {
		for (let i = 0; i < others; i++) nodeWith().observe('a');
		return nodeWith({}, called.id).observe('a');
	};
	expect([199, 199, 200].map(isForgottenAfter)).toEqual([false, false, true]);
});
