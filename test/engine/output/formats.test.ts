import { describe, expect, it } from '@jest/globals';
import { NodeHelpers, type IDataObject } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';
import { node, runLuma, type LumaRun } from '../../../support/engine/engine';
import { runAgent } from '../../../support/engine/agent';
import { count, FAST_POLLING, PROMPT, startService } from '../../../support/engine/service';

const CREATE = { resource: 'video', operation: 'textToVideo', prompt: PROMPT };

/** What an agent gets from the tool: its items, or the message. */
async function answerOf(url: string, parameters: IDataObject): Promise<string> {
	let answer = '';
	await runAgent({
		url,
		parameters: { ...CREATE, options: FAST_POLLING, ...parameters },
		model: {
			call: async (tool) => {
				answer = await tool.invoke({}).catch((error: Error) => error.message);
			},
		},
	});
	return answer;
}

async function itemOfTool(url: string, parameters: IDataObject): Promise<IDataObject> {
	return (JSON.parse(await answerOf(url, parameters)) as IDataObject[])[0];
}

describe.each([
	['video', 'textToVideo'],
	['video', 'imageToVideo'],
	['video', 'extend'],
	['video', 'download'],
	['task', 'get'],
	['task', 'wait'],
	['task', 'getMany'],
])('the output of %s: %s', (resource, operation) => {
	it.each([
		['luma', ['simplify']],
		['lumaTool', ['output', 'outputFields']],
	])('is chosen in the node %s with %j', (name, expected) => {
		const description = { ...new Luma().description, name };
		const own = { resource, operation, downloadFrom: 'task', output: 'selected' };
		const luma = node({ name: 'Luma', type: name, parameters: own });
		const shown = description.properties.filter(
			(field) =>
				['simplify', 'output', 'outputFields'].includes(field.name) &&
				NodeHelpers.displayParameter(own, field, luma, description),
		);
		expect(shown.map((field) => field.name)).toEqual(expected);
	});
});

describe("the answer of an agent's tool", () => {
	it('is simplified at first', async () => {
		const { url } = await startService();
		const item = await itemOfTool(url, {});

		expect(Object.keys(item)).toHaveLength(10);
		expect(item).toMatchObject({ status: 'completed', prompt: PROMPT });
	});

	it('has the selected fields and the task ID, in one order', async () => {
		const { url } = await startService();
		const item = await itemOfTool(url, {
			output: 'selected',
			outputFields: ['waitSeconds', 'seed', 'videoUrl'],
			options: { ...FAST_POLLING, seed: 7 },
		});

		expect(Object.keys(item)).toEqual(['taskId', 'videoUrl', 'seed', 'waitSeconds']);
		expect(item).toMatchObject({ seed: 7, waitSeconds: expect.any(Number) });
	});

	it('has status and link where nothing else was selected', async () => {
		const { url } = await startService();
		const item = await itemOfTool(url, { output: 'selected' });

		expect(Object.keys(item)).toEqual(['taskId', 'status', 'videoUrl']);
	});

	it("has PiAPI's own object when it is raw", async () => {
		const { url } = await startService();
		const item = await itemOfTool(url, { output: 'raw' });

		expect(Object.keys(item)).toEqual(['taskId', 'status', 'videoUrl', 'task']);
		expect(item.task).toMatchObject({ task_id: item.taskId });
	});

	it('takes no notice of what a plain node was set to', async () => {
		const { url } = await startService();
		expect(await itemOfTool(url, { simplify: false })).not.toHaveProperty('task');
	});

	it.each([
		['no field', [], "No field is chosen under 'Output Fields'"],
		['no field, by an expression', '={{ [] }}', "No field is chosen under 'Output Fields'"],
		['a field that there is not', ['status', 'error'], "'Output Fields' cannot be “error”"],
		['something else', '={{ {} }}', "'Output Fields' cannot be"],
	])('is a message before anything is paid: %s', async (_, outputFields, message) => {
		const { simulator, url } = await startService();
		const answer = await answerOf(url, { output: 'selected', outputFields });

		expect(answer).toContain(message);
		expect(count(simulator, 'create')).toBe(0);
	});

	it('is a message for an output that there is not', async () => {
		const { simulator, url } = await startService();

		expect(await answerOf(url, { output: '=everything' })).toContain('“everything”');
		expect(count(simulator, 'create')).toBe(0);
	});
});

it('is the same for a plain node, whatever a tool was set to', async () => {
	const { url } = await startService();
	const parameters = { ...CREATE, output: 'raw', options: FAST_POLLING };
	const { json } = await runLuma({ url, parameters });

	expect(json[0]).not.toHaveProperty('task');
});

describe('the list of tasks', () => {
	const getMany = { resource: 'task', operation: 'getMany' };

	it('has the row of PiAPI under task when it is raw', async () => {
		const { url } = await startService();
		const { json: made } = await runLuma({ url, parameters: { ...CREATE, waitMode: 'none' } });
		const { json } = await runLuma({ url, parameters: { ...getMany, simplify: false } });

		expect(json).toEqual([
			{
				taskId: made[0].taskId,
				status: expect.any(String),
				task: expect.objectContaining({ task_id: made[0].taskId, usage_type: 'point' }),
			},
		]);
	});

	it('has the selected fields for an agent', async () => {
		const { url } = await startService();
		await runLuma({ url, parameters: { ...CREATE, waitMode: 'none' } });
		const selected = { output: 'selected', outputFields: ['createdAt', 'costUsd'] };
		const item = await itemOfTool(url, { ...getMany, ...selected });

		expect(Object.keys(item)).toEqual(['taskId', 'costUsd', 'createdAt']);
	});
});

describe('an item that failed, where On Error is set to continue', () => {
	const settings = { onError: 'continueRegularOutput' } as const;

	function keysOf({ json }: LumaRun): string[] {
		return Object.keys(json[0]);
	}

	it('begins with status, error and what to do', async () => {
		const { url } = await startService({ outcome: () => ({ message: 'no GPU left' }) });
		const parameters = { ...CREATE, options: FAST_POLLING };
		const run = await runLuma({ url, parameters, settings });

		expect(keysOf(run).slice(0, 4)).toEqual(['status', 'error', 'whatToDo', 'taskId']);
		expect(run.json[0]).toMatchObject({ status: 'failed', failureReason: 'no GPU left' });
	});

	it('begins so in the object of PiAPI, too', async () => {
		const { url } = await startService({ outcome: () => ({ message: 'no GPU left' }) });
		const parameters = { ...CREATE, simplify: false, options: FAST_POLLING };
		const run = await runLuma({ url, parameters, settings });

		expect(keysOf(run)).toEqual(['status', 'error', 'whatToDo', 'taskId', 'videoUrl', 'task']);
	});

	it('begins with error and what to do where there is no task', async () => {
		const { url } = await startService();
		const run = await runLuma({ url, parameters: { ...CREATE, prompt: ' ' }, settings });

		expect(keysOf(run)).toEqual(['error', 'whatToDo']);
	});
});
