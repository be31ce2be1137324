import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { Luma } from '../../../nodes/Luma/Luma.node';
import { runLuma } from '../../../support/engine/engine';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { PROMPT } from '../../../support/engine/service';
import { startServiceWith } from '../../../support/engine/webhookRequests';

useBinaryStore();

const { properties } = new Luma().description;

/** All operations that work with a task, by the field that names it. */
const WITH_TASK = properties
	.filter(({ name }) => name === 'taskId' || name === 'sourceTaskId')
	.map(({ name, displayOptions: { show = {} } = {} }) => {
		const chosenBy = {
			resource: String(show.resource?.[0]),
			operation: String(show.operation?.[0]),
		};
		return [`${chosenBy.resource}: ${chosenBy.operation}`, name, chosenBy] as const;
	});

/** Two finished videos: last week's, and the one that has just been paid. */
async function twoVideos() {
	const { url, made } = await startServiceWith(2, { renderSeconds: 0 });
	const { json } = await runLuma({
		url,
		items: made.map((taskId) => ({ taskId })),
		parameters: { resource: 'task', operation: 'get' },
	});
	return { url, old: json[0], incoming: json[1] };
}

async function work(url: string, items: IDataObject[], parameters: IDataObject) {
	const settings = { onError: 'continueRegularOutput' as const };
	const own = { prompt: PROMPT, options: {}, ...parameters };
	return await runLuma({ url, items, parameters: own, settings });
}

const NOT_THE_INCOMING = expect.stringMatching(/Task ID' is not the task of the incoming item/);

describe.each(WITH_TASK)('%s', (_, name, chosenBy) => {
	it('works with the task of the incoming item where nothing is chosen', async () => {
		const { url, incoming } = await twoVideos();
		const run = await work(url, [incoming], chosenBy);

		expect(run.error).toBeUndefined();
		const named = name === 'taskId' ? run.json[0].taskId : run.json[0].error;
		expect(named).toBe(name === 'taskId' ? incoming.taskId : undefined);
		expect(run.hints).not.toContainEqual(NOT_THE_INCOMING);
	});

	it('says so where a task from the list is not the one of the incoming item', async () => {
		const { url, old, incoming } = await twoVideos();
		const chosen = { __rl: true, mode: 'list', value: old.taskId, cachedResultName: 'A fox' };
		const run = await work(url, [incoming, old], { ...chosenBy, [name]: chosen });

		const told = run.hints.filter((hint) => /incoming/.test(hint));
		expect(told).toEqual([NOT_THE_INCOMING]);
		expect(told[0]).toContain('[item 0]');
		expect(told[0]).toContain('{{ $json.taskId }}');
	});

	it('says nothing where the items bring no task', async () => {
		const { url, old } = await twoVideos();
		const run = await work(url, [{}, { taskId: '' }], { ...chosenBy, [name]: old.taskId });
		expect(run.hints).not.toContainEqual(NOT_THE_INCOMING);
	});
});

it('does not end a run on an expression that cannot be read', async () => {
	const { url, incoming } = await twoVideos();
	const taskId = "={{ $json.videoUrl === '' ? '' : $('No such node').item.json.taskId }}";
	const parameters = { resource: 'task', operation: 'get', taskId };
	const run = await work(url, [incoming], parameters);
	expect(run.json).toEqual([expect.objectContaining({ error: expect.any(String) })]);
});
