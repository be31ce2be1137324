import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';

import { outputOf, type StoredWorkflow } from '../../scripts/n8n/answers';
import { until } from '../../support/eventually';
import { EVERY_TWO_SECONDS, untilPolledAgain } from '../../support/polling';
import { openTestbed, RIGHT_KEY, type OwnTestbed } from '../../support/n8n/testbed';
import { createTask } from '../../support/engine/webhookRequests';

const TRIGGER = 'Luma Trigger';
const NEXT = 'Next Node';

let testbed: OwnTestbed;
beforeAll(async () => {
	testbed = await openTestbed({
		simulator: {
			queueSeconds: 0,
			renderSeconds: 0.5,
			outcome: ({ prompt }) => (prompt === 'fails' ? { message: 'refused' } : undefined),
		},
	});
});
afterAll(async () => await testbed?.close());

async function workflowWithTrigger(parameters = {}): Promise<StoredWorkflow> {
	const { id, name } = await testbed.credentialWith(RIGHT_KEY);
	const own = { typeVersion: 1, position: [0, 0] as [number, number] };
	return await testbed.client.createWorkflow({
		name: `Polls ${randomUUID()}`,
		nodes: [
			{
				...own,
				id: randomUUID(),
				name: TRIGGER,
				type: 'n8n-nodes-piapi-luma.lumaTrigger',
				parameters: { pollTimes: EVERY_TWO_SECONDS, ...parameters },
				credentials: { piapiApi: { id, name } },
			},
			{ ...own, id: randomUUID(), name: NEXT, type: 'n8n-nodes-base.noOp', parameters: {} },
		],
		connections: { [TRIGGER]: { main: [[{ node: NEXT, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	});
}

async function makeVideos(count: number): Promise<string[]> {
	const { baseUrl } = testbed.simulator;
	const ids: string[] = [];
	for (let made = 0; made < count; made++) {
		ids.push(await createTask(baseUrl, { apiKey: RIGHT_KEY, prompt: `Scene ${made}` }));
	}
	return ids;
}

/** Ids of all tasks that started the workflow, in order of their number. */
async function handedOn({ id }: StoredWorkflow): Promise<string[]> {
	const listed = await testbed.client.executions(id);
	const runs = await Promise.all(
		listed.map(async (run) => await testbed.client.untilFinished(run.id)),
	);
	return runs
		.reverse()
		.filter(({ status }) => status === 'success')
		.flatMap((run) => outputOf(run, NEXT))
		.map(({ taskId }) => String(taskId));
}

test('a video of any tool starts the workflow once, through kill -9 and what ended in the meantime', async () => {
	const { client, n8n } = testbed;
	const before = await makeVideos(3);
	await until('the videos have ended', () =>
		before.every((taskId) => testbed.simulator.tasks.get(taskId)?.status === 'completed'),
	);
	const workflow = await workflowWithTrigger();
	await client.activate(workflow);
	await untilPolledAgain(testbed.simulator);
	expect(await client.executions(workflow.id)).toEqual([]);

	const first = await makeVideos(3);
	await until('the workflow has run', async () => (await handedOn(workflow)).length >= 3);
	await untilPolledAgain(testbed.simulator);
	const restarted = n8n.crashAndRestart();
	const second = await makeVideos(3);
	await restarted;
	await until('the workflow has run again', async () => (await handedOn(workflow)).length >= 6);
	await untilPolledAgain(testbed.simulator);
	const third = await makeVideos(2);
	await until('the workflow goes on', async () => (await handedOn(workflow)).length >= 8);
	await untilPolledAgain(testbed.simulator);

	const expected = [...first, ...second, ...third];
	expect((await handedOn(workflow)).sort()).toEqual(expected.sort());
});

test('a test in the editor fetches the video that finished last', async () => {
	const { client } = testbed;
	const [taskId] = await makeVideos(1);
	await until(
		'the video has ended',
		() => testbed.simulator.tasks.get(taskId)?.status === 'completed',
	);
	const workflow = await workflowWithTrigger();
	await client.request('POST', `/rest/workflows/${workflow.id}/run`, {
		workflowData: workflow,
		triggerToStartFrom: { name: TRIGGER },
	});
	await until('the workflow has run', async () => (await handedOn(workflow)).length > 0);
	expect(await handedOn(workflow)).toEqual([taskId]);
});
