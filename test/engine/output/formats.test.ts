import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { askTool } from '../../../support/engine/agent';
import { fieldsShown } from '../../../support/engine/engine';
import { CONTINUE, runOnce } from '../../../support/engine/runOnce';
import { PROMPT, startService } from '../../../support/engine/service';

/** What an agent gets from the tool: its items, or the message. */
async function answerOf(parameters: IDataObject, service = startService({ renderSeconds: 0 })) {
	const { simulator, url } = await service;
	const { answers } = await askTool({ url, parameters: { prompt: PROMPT, ...parameters } });
	return { answer: answers[0], calls: simulator.calls };
}

async function itemOfTool(...asked: Parameters<typeof answerOf>): Promise<IDataObject> {
	return (JSON.parse((await answerOf(...asked)).answer) as IDataObject[])[0];
}

it.each([
	['video', 'textToVideo'],
	['video', 'imageToVideo'],
	['video', 'extend'],
	['video', 'download'],
	['task', 'get'],
	['task', 'wait'],
	['task', 'getMany'],
])(
	'the output of %s: %s is chosen by Simplify, or for an agent by Output',
	(resource, operation) => {
		const own = { resource, operation, downloadFrom: 'task', output: 'selected' };
		const shownIn = (type: 'luma' | 'lumaTool') =>
			fieldsShown(type, ['simplify', 'output', 'outputFields'], own).map(({ name }) => name);
		expect(shownIn('luma')).toEqual(['simplify']);
		expect(shownIn('lumaTool')).toEqual(['output', 'outputFields']);
	},
);

describe("the answer of an agent's tool", () => {
	it('is simplified at first', async () => {
		const item = await itemOfTool({});

		expect(Object.keys(item)).toHaveLength(10);
		expect(item).toMatchObject({ status: 'completed', prompt: PROMPT });
	});

	it('has the selected fields and the task ID, in one order', async () => {
		const outputFields = ['waitSeconds', 'seed', 'videoUrl'];
		const item = await itemOfTool({ output: 'selected', outputFields, options: { seed: 7 } });

		expect(Object.keys(item)).toEqual(['taskId', 'videoUrl', 'seed', 'waitSeconds']);
		expect(item).toMatchObject({ seed: 7, waitSeconds: expect.any(Number) });
	});

	it('has status and link where nothing else was selected', async () => {
		const item = await itemOfTool({ output: 'selected' });
		expect(Object.keys(item)).toEqual(['taskId', 'status', 'videoUrl']);
	});

	it("has PiAPI's own object when it is raw", async () => {
		const item = await itemOfTool({ output: 'raw' });

		expect(Object.keys(item)).toEqual(['taskId', 'status', 'videoUrl', 'task']);
		expect(item.task).toMatchObject({ task_id: item.taskId });
	});

	it('takes no notice of what a plain node was set to, nor the other way round', async () => {
		expect(await itemOfTool({ simplify: false })).not.toHaveProperty('task');
		expect((await runOnce({ output: 'raw' })).json[0]).not.toHaveProperty('task');
	});

	it.each<[IDataObject, string]>([
		[{ outputFields: [] }, "No field is chosen under 'Output Fields'"],
		[{ outputFields: '={{ [] }}' }, "No field is chosen under 'Output Fields'"],
		[{ outputFields: ['status', 'error'] }, "'Output Fields' cannot be “error”"],
		[{ outputFields: '={{ {} }}' }, "'Output Fields' cannot be"],
		[{ output: '=everything' }, '“everything”'],
	])('is a message before anything is paid: %j', async (own, message) => {
		const { answer, calls } = await answerOf({ output: 'selected', ...own });

		expect(answer).toContain(message);
		expect(calls).toEqual([]);
	});
});

describe('the list of tasks', () => {
	const getMany = { resource: 'task', operation: 'getMany' };

	it('has the row of PiAPI under task when it is raw', async () => {
		const made = await runOnce({ waitMode: 'none' });
		const { taskId } = made.json[0];
		const { json } = await made.execute({ ...getMany, simplify: false });

		const task = expect.objectContaining({ task_id: taskId, usage_type: 'point' });
		expect(json).toEqual([{ taskId, status: expect.any(String), task }]);
	});

	it('has the selected fields for an agent', async () => {
		const made = runOnce({ waitMode: 'none' });
		const selected = { output: 'selected', outputFields: ['createdAt', 'costUsd'] };
		const item = await itemOfTool({ ...getMany, ...selected }, made);

		expect(Object.keys(item)).toEqual(['taskId', 'costUsd', 'createdAt']);
	});
});

describe('an item that failed, where On Error is set to continue', () => {
	const service = { outcome: () => ({ message: 'no GPU left' }) };

	it('begins with status, error and what to do', async () => {
		const { json } = await runOnce({}, { service, ...CONTINUE });

		expect(Object.keys(json[0]).slice(0, 4)).toEqual(['status', 'error', 'whatToDo', 'taskId']);
		expect(json[0]).toMatchObject({ status: 'failed', failureReason: 'no GPU left' });
	});

	it('begins so in the object of PiAPI, too', async () => {
		const { json } = await runOnce({ simplify: false }, { service, ...CONTINUE });
		const begin = ['status', 'error', 'whatToDo', 'taskId', 'videoUrl', 'task'];
		expect(Object.keys(json[0])).toEqual(begin);
	});

	it('begins with error and what to do where there is no task', async () => {
		const { json } = await runOnce({ prompt: ' ' }, CONTINUE);
		expect(Object.keys(json[0])).toEqual(['error', 'whatToDo']);
	});
});
