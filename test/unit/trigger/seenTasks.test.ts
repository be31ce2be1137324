import { expect, test } from '@jest/globals';
import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';

import { readTask } from '../../../nodes/Luma/piapi/task';
import { isNews } from '../../../nodes/Luma/trigger/seenTasks';

let nodes = 0;

/** A node that is called in production, with its own part of the static data. */
function nodeWith(staticData: IDataObject = {}, id = `node ${++nodes}`) {
	const context = {
		getMode: () => 'webhook',
		getNode: () => ({ id }),
		getWorkflow: () => ({ id: 'w1' }),
		getWorkflowStaticData: () => staticData,
	} as unknown as IWebhookFunctions;
	const hear = (taskId: string, status = 'completed') =>
		isNews(context, readTask({ task_id: taskId, status })!);
	return { id, staticData, hear };
}

test('a task that first fails and then completes is news twice', () => {
	const { hear } = nodeWith();
	expect([hear('a', 'failed'), hear('a'), hear('a', 'failed'), hear('a')]).toEqual([
		true,
		true,
		false,
		false,
	]);
});

test('a node remembers its last 500 ends, in the database too', () => {
	const { hear, staticData } = nodeWith();
	for (let i = 0; i < 501; i++) expect(hear(`task ${i}`)).toBe(true);

	expect(staticData.ends).toHaveLength(500);
	expect(hear('task 500')).toBe(false);
	expect(hear('task 1')).toBe(false);
	expect(hear('task 0')).toBe(true);
});

const OLD = Array.from({ length: 500 }, (_, i) => `old ${i}:completed`);

test('what the database knows from before counts, and is the first to be forgotten', () => {
	const { hear, staticData } = nodeWith({ ends: OLD });

	expect(hear('old 7')).toBe(false);
	expect(hear('new')).toBe(true);
	expect(staticData.ends).toEqual([...OLD.slice(1), 'new:completed']);
});

test('what another process stored in the meantime comes before what this one has heard', () => {
	const first = nodeWith();
	first.hear('a');
	const next = nodeWith({ ends: OLD }, first.id);
	next.hear('b');

	expect(next.staticData.ends).toEqual([...OLD.slice(2), 'a:completed', 'b:completed']);
});

test('a copy of the static data from before the last call loses nothing', () => {
	const first = nodeWith();
	const staleCopy = nodeWith({}, first.id);
	first.hear('a');

	expect(staleCopy.hear('b')).toBe(true);
	expect(staleCopy.staticData.ends).toEqual(['a:completed', 'b:completed']);
});

test.each([[null], ['a:completed'], [{ a: 1 }], [[null, 7]]])(
	'static data that is no list of texts (%j) does no harm',
	(ends) => {
		const { hear } = nodeWith({ ends } as IDataObject);
		expect([hear('a'), hear('a')]).toEqual([true, false]);
	},
);

test('the process keeps the memory of the 200 nodes that were called last', () => {
	const called = nodeWith();
	const isForgotten = () => nodeWith({}, called.id).hear('a');
	const callOthers = (many: number) => {
		for (let i = 0; i < many; i++) nodeWith().hear('a');
	};
	called.hear('a');
	callOthers(199);
	expect(isForgotten()).toBe(false);
	callOthers(199);
	expect(isForgotten()).toBe(false);
	callOthers(200);
	expect(isForgotten()).toBe(true);
});
