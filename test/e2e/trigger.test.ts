import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';

import { OWN_CONNECTION } from '../../scripts/n8n/rest';
import { until } from '../../support/eventually';
import { joinStage } from '../../support/sharedN8n';
import { WRONG_KEY, type Stage } from '../../support/stage';
import { EVIL } from '../engine/reports';
import {
	activeTrigger,
	call,
	createTrigger,
	outputs,
	runsOf,
	taken,
	video,
} from './triggerWorkflow';

let stage: Stage;
beforeAll(async () => {
	stage = await joinStage({
		simulator: {
			renderSeconds: 0.2,
			queueSeconds: 0,
			outcome: ({ prompt }) => (prompt === 'fails' ? { message: 'refused' } : undefined),
		},
	});
});
afterAll(async () => await stage?.close());
afterEach(() => stage.simulator.clearFaults());

test('the editor offers the trigger under its stable name, with its picture', async () => {
	const types = await stage.client.nodeTypes();
	expect(types.find(({ name }) => name === 'n8n-nodes-piapi-luma.lumaTrigger')).toMatchObject({
		displayName: 'Luma Dream Machine Trigger',
		iconUrl: { light: expect.stringContaining('luma.svg') },
	});
});

describe('a forged call', () => {
	test('without the right secret gets 401 and starts nothing', async () => {
		const trigger = await activeTrigger(stage);
		const taskId = await video(stage, 'A paper boat drifts down a gutter');

		expect(await call(trigger.productionUrl, taskId, 'guess')).toBe(401);
		expect(await runsOf(stage, trigger)).toEqual([]);
	});

	test('about a task that PiAPI does not know starts nothing', async () => {
		const trigger = await activeTrigger(stage);

		expect(await call(trigger.productionUrl, randomUUID())).toBe(200);
		expect(await runsOf(stage, trigger)).toEqual([]);
	});

	test('with the address of another video cannot bring it into the workflow', async () => {
		const trigger = await activeTrigger(stage, { simplify: false });
		const taskId = await video(stage, 'A paper boat drifts down a gutter');

		expect(await call(trigger.productionUrl, taskId)).toBe(200);
		const items = await outputs(stage, trigger, 1);
		expect(items).toEqual([
			expect.objectContaining({ videoUrl: expect.stringContaining(stage.simulator.baseUrl) }),
		]);
		expect(JSON.stringify(items)).not.toContain(EVIL);
	});
});

test('only the chosen ends of a task start the workflow', async () => {
	const [all, failed] = [
		await activeTrigger(stage),
		await activeTrigger(stage, { events: ['failed'] }),
	];
	for (const trigger of [all, failed]) {
		for (const prompt of ['fails', 'A paper boat drifts down a gutter']) {
			const taskId = await video(stage, prompt, trigger.productionUrl);
			await until('the report is taken', () => taken(stage, taskId) === 1);
		}
	}

	expect((await outputs(stage, all, 2)).map(({ status }) => status)).toEqual([
		'failed',
		'completed',
	]);
	expect(await outputs(stage, failed, 1)).toEqual([
		expect.objectContaining({ status: 'failed', videoUrl: null, failureReason: 'refused' }),
	]);
});

describe('activating the workflow', () => {
	test('with a wrong key says what to do', async () => {
		const { workflow } = await createTrigger(stage, {}, WRONG_KEY);

		// n8n 2.41 tries for 15 s first, in the background.
		await expect(stage.client.activate(workflow)).rejects.toThrow(
			/PiAPI does not accept this key\. .*paste the key again/,
		);
	});

	test('is possible while PiAPI is out of order', async () => {
		const effect = { kind: 'html', status: 502 } as const;
		stage.simulator.addFault({ route: 'account', calls: 'every', effect });
		const trigger = await activeTrigger(stage);
		const taskId = await video(stage, 'A paper boat drifts down a gutter', trigger.productionUrl);
		await until('the report is taken', () => taken(stage, taskId) === 1);

		expect(await outputs(stage, trigger, 1)).toHaveLength(1);
	});
});

/** For as long as an address takes a POST, n8n tells whoever tries a GET so. */
async function listensAt(url: string): Promise<boolean> {
	return (await (await fetch(url, { headers: OWN_CONNECTION })).text()).includes('POST request');
}

test('a test in the editor runs as often as it is tried', async () => {
	const { client } = stage;
	const trigger = await createTrigger(stage);
	const taskId = await video(stage, 'A paper boat drifts down a gutter');
	for (const tries of [1, 2]) {
		await client.request('POST', `/rest/workflows/${trigger.workflow.id}/run`, {
			workflowData: trigger.workflow,
			triggerToStartFrom: { name: 'Luma Trigger' },
		});
		expect(await call(trigger.testUrl, taskId)).toBe(200);
		// n8n stops to listen only after its answer.
		await until('n8n listens no longer', async () => !(await listensAt(trigger.testUrl)));
		expect(await outputs(stage, trigger, tries)).toHaveLength(tries);
	}
});
