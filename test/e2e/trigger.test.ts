/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { outputOf, type Execution, type StoredWorkflow } from '../../scripts/n8n/answers';
import { EVIL, order, report } from '../engine/reports';
import { until } from '../../support/eventually';
import { openStage, RIGHT_KEY, WRONG_KEY, type Stage } from '../../support/stage';

const SECRET = ['sesame', '0815'].join('-');
const NEXT = 'Next Node';

let stage: Stage;
beforeAll(async () => {
	stage = await openStage({
		simulator: {
			renderSeconds: 0.2,
			queueSeconds: 0,
			outcome: ({ prompt }) => (prompt === 'fails' ? { message: 'refused' } : undefined),
		},
	});
}, 240_000);
afterAll(async () => await stage?.close(), 60_000);
afterEach(() => stage.simulator.clearFaults());

interface Trigger {
	workflow: StoredWorkflow;
	/** The two addresses that the editor shows. */
	productionUrl: string;
	testUrl: string;
}

async function createTrigger(parameters = {}, apiKey = RIGHT_KEY): Promise<Trigger> {
	const { client, credentialWith } = stage;
	const { id, name } = await credentialWith(apiKey, { webhookSecret: SECRET });
	const webhookId = randomUUID();
	const own = { typeVersion: 1, position: [0, 0] as [number, number] };
	const workflow = await client.createWorkflow({
		name: `Reports ${webhookId}`,
		nodes: [
			{
				...own,
				id: randomUUID(),
				name: 'Luma Trigger',
				type: 'n8n-nodes-piapi-luma.lumaTrigger',
				parameters,
				credentials: { piapiApi: { id, name } },
				webhookId,
			},
			{ ...own, id: randomUUID(), name: NEXT, type: 'n8n-nodes-base.noOp', parameters: {} },
		],
		connections: { 'Luma Trigger': { main: [[{ node: NEXT, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	});
	const url = (kind: string) => `${client.url}/${kind}/${webhookId}/luma`;
	return { workflow, productionUrl: url('webhook'), testUrl: url('webhook-test') };
}

async function activeTrigger(parameters = {}): Promise<Trigger> {
	const trigger = await createTrigger(parameters);
	await stage.client.activate(trigger.workflow);
	return trigger;
}

/** Makes a video and has it reported to the address, if there is one. */
async function video(prompt: string, endpoint?: string): Promise<string> {
	const { simulator } = stage;
	const apiKey = RIGHT_KEY;
	const taskId = await order(simulator.baseUrl, { endpoint, secret: SECRET, prompt, apiKey });
	const isOver = () => /completed|failed/.test(simulator.tasks.get(taskId)?.latest.status ?? '');
	await until('the task ends', isOver);
	return taskId;
}

async function call(url: string, taskId: string, secret = SECRET): Promise<number> {
	const { status } = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-webhook-secret': secret },
		body: JSON.stringify(report(taskId)),
	});
	return status;
}

/** How often PiAPI's reports of the task were taken. */
function taken(taskId: string): number {
	const { calls } = stage.simulator;
	return calls
		.filter((each) => each.route === 'callback' && each.taskId === taskId)
		.filter(({ status }) => status === 200).length;
}

/** All runs of the workflow, the oldest first, when they are done. */
async function runsOf({ workflow }: Trigger): Promise<Execution[]> {
	const { client } = stage;
	const listed = await client.executions(workflow.id);
	const runs = listed.map(async ({ id }) => await client.untilFinished(id, 15_000));
	return (await Promise.all(runs)).reverse();
}

async function outputs(trigger: Trigger) {
	return (await runsOf(trigger)).flatMap((run) => outputOf(run, NEXT));
}

/** What n8n says when it does not activate a workflow; 2.41 tries for 15 s first, in the background. */
async function refusalOf(workflow: StoredWorkflow): Promise<string> {
	const { client } = stage;
	let said = await client.activate(workflow).then(() => 'It is active.', String);
	for (let tries = 0; said.includes('in_progress') && tries < 100; tries++) {
		await sleep(200);
		const path = `/rest/workflows/${workflow.id}/publication-status`;
		said = await (await client.request('GET', path)).text();
	}
	return said;
}

test('the editor offers the trigger under its stable name, with its picture', async () => {
	const types = await stage.client.nodeTypes();
	expect(types.find(({ name }) => name === 'n8n-nodes-piapi-luma.lumaTrigger')).toMatchObject({
		displayName: 'Luma Dream Machine Trigger',
		iconUrl: { light: expect.stringContaining('luma.svg') },
	});
});

test('a video that PiAPI reports twice at once, and again by hand, starts one run; after a crash of n8n too', async () => {
	const { n8n, simulator } = stage;
	simulator.addFault({ route: 'callback', calls: 'every', effect: { kind: 'twice' } });
	const trigger = await activeTrigger();
	const taskId = await video('A paper boat drifts down a gutter', trigger.productionUrl);
	await until('both reports are taken', () => taken(taskId) === 2);
	expect(await call(trigger.productionUrl, taskId)).toBe(200);

	await n8n.crashAndRestart();
	expect(await call(trigger.productionUrl, taskId)).toBe(200);

	expect(await outputs(trigger)).toEqual([
		expect.objectContaining({
			taskId,
			status: 'completed',
			videoUrl: expect.stringContaining(simulator.baseUrl),
		}),
	]);
}, 120_000);

describe('a forged call', () => {
	test('without the right secret gets 401 and starts nothing', async () => {
		const trigger = await activeTrigger();
		const taskId = await video('A paper boat drifts down a gutter');

		expect(await call(trigger.productionUrl, taskId, 'guess')).toBe(401);
		expect(await runsOf(trigger)).toEqual([]);
	});

	test('about a task that PiAPI does not know starts nothing', async () => {
		const trigger = await activeTrigger();

		expect(await call(trigger.productionUrl, randomUUID())).toBe(200);
		expect(await runsOf(trigger)).toEqual([]);
	});

	test('with the address of another video cannot bring it into the workflow', async () => {
		const trigger = await activeTrigger({ simplify: false });
		const taskId = await video('A paper boat drifts down a gutter');

		expect(await call(trigger.productionUrl, taskId)).toBe(200);
		const items = await outputs(trigger);
		expect(items).toEqual([
			expect.objectContaining({ videoUrl: expect.stringContaining(stage.simulator.baseUrl) }),
		]);
		expect(JSON.stringify(items)).not.toContain(EVIL);
	});
});

test('only the chosen ends of a task start the workflow', async () => {
	const [all, failed] = [await activeTrigger(), await activeTrigger({ events: ['failed'] })];
	for (const trigger of [all, failed]) {
		for (const prompt of ['fails', 'A paper boat drifts down a gutter']) {
			const taskId = await video(prompt, trigger.productionUrl);
			await until('the report is taken', () => taken(taskId) === 1);
		}
	}

	expect((await outputs(all)).map(({ status }) => status)).toEqual(['failed', 'completed']);
	expect(await outputs(failed)).toEqual([
		expect.objectContaining({ status: 'failed', videoUrl: null, failureReason: 'refused' }),
	]);
});

describe('activating the workflow', () => {
	test('with a wrong key says what to do', async () => {
		const { workflow } = await createTrigger({}, WRONG_KEY);

		expect(await refusalOf(workflow)).toMatch(
			/PiAPI does not accept this key\. .*paste the key again/,
		);
	}, 60_000);

	test('is possible while PiAPI is out of order', async () => {
		const effect = { kind: 'html', status: 502 } as const;
		stage.simulator.addFault({ route: 'account', calls: 'every', effect });
		const trigger = await activeTrigger();
		const taskId = await video('A paper boat drifts down a gutter', trigger.productionUrl);
		await until('the report is taken', () => taken(taskId) === 1);

		expect(await runsOf(trigger)).toHaveLength(1);
	});
});

test('a test in the editor runs as often as it is tried', async () => {
	const { client } = stage;
	const trigger = await createTrigger();
	const taskId = await video('A paper boat drifts down a gutter');
	for (const tries of [1, 2]) {
		await client.request('POST', `/rest/workflows/${trigger.workflow.id}/run`, {
			workflowData: trigger.workflow,
			triggerToStartFrom: { name: 'Luma Trigger' },
		});
		expect(await call(trigger.testUrl, taskId)).toBe(200);
		// n8n stops to listen only after its answer.
		await sleep(500);
		expect(await outputs(trigger)).toHaveLength(tries);
	}
});
