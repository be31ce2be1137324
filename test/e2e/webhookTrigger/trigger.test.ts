import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';

import { OWN_CONNECTION } from '../../../scripts/n8n/rest';
import { until } from '../../../support/eventually';
import { joinTestbed } from '../../../support/n8n/sharedN8n';
import { WRONG_KEY, type Testbed } from '../../../support/n8n/testbed';
import { FORGED_URL } from '../../../support/engine/webhookRequests';
import {
	activeTrigger,
	call,
	createTrigger,
	outputs,
	runsOf,
	taken,
	video,
} from '../../../support/n8n/webhookTriggerWorkflow';

let testbed: Testbed;
beforeAll(async () => {
	testbed = await joinTestbed({
		simulator: {
			renderSeconds: 0.2,
			queueSeconds: 0,
			outcome: ({ prompt }) => (prompt === 'fails' ? { message: 'refused' } : undefined),
		},
	});
});
afterAll(async () => await testbed?.close());
afterEach(() => testbed.simulator.clearFaults());

test('the editor offers the trigger under its stable name, with its picture', async () => {
	const types = await testbed.client.nodeTypes();
	expect(
		types.find(({ name }) => name === 'n8n-nodes-piapi-luma.lumaWebhookTrigger'),
	).toMatchObject({
		displayName: 'Luma Dream Machine Webhook Trigger',
		iconUrl: { light: expect.stringContaining('luma.svg') },
	});
});

describe('a forged call', () => {
	test('without the right secret gets 401 and starts nothing', async () => {
		const trigger = await activeTrigger(testbed);
		const taskId = await video(testbed, 'A paper boat drifts down a gutter');

		expect(await call(trigger.productionUrl, taskId, 'guess')).toBe(401);
		expect(await runsOf(testbed, trigger)).toEqual([]);
	});

	test('about a task that PiAPI does not know starts nothing', async () => {
		const trigger = await activeTrigger(testbed);

		expect(await call(trigger.productionUrl, randomUUID())).toBe(200);
		expect(await runsOf(testbed, trigger)).toEqual([]);
	});

	test('with the address of another video cannot bring it into the workflow', async () => {
		const trigger = await activeTrigger(testbed, { simplify: false });
		const taskId = await video(testbed, 'A paper boat drifts down a gutter');

		expect(await call(trigger.productionUrl, taskId)).toBe(200);
		const items = await outputs(testbed, trigger, 1);
		expect(items).toEqual([
			expect.objectContaining({ videoUrl: expect.stringContaining(testbed.simulator.baseUrl) }),
		]);
		expect(JSON.stringify(items)).not.toContain(FORGED_URL);
	});
});

test('only the chosen ends of a task start the workflow', async () => {
	const [all, failed] = [
		await activeTrigger(testbed),
		await activeTrigger(testbed, { events: ['failed'] }),
	];
	for (const trigger of [all, failed]) {
		for (const prompt of ['fails', 'A paper boat drifts down a gutter']) {
			const taskId = await video(testbed, prompt, trigger.productionUrl);
			await until('the report is taken', () => taken(testbed, taskId) === 1);
		}
	}

	expect((await outputs(testbed, all, 2)).map(({ status }) => status)).toEqual([
		'failed',
		'completed',
	]);
	expect(await outputs(testbed, failed, 1)).toEqual([
		expect.objectContaining({ status: 'failed', videoUrl: null, failureReason: 'refused' }),
	]);
});

describe('activating the workflow', () => {
	test('with a wrong key says what to do', async () => {
		const { workflow } = await createTrigger(testbed, {}, WRONG_KEY);

		// n8n 2.41 tries for 15 s first, in the background.
		await expect(testbed.client.activate(workflow)).rejects.toThrow(
			/PiAPI does not accept this key\. .*paste the .*again/,
		);
	});

	test('is possible while PiAPI has an outage', async () => {
		const effect = { kind: 'html', status: 502 } as const;
		testbed.simulator.addFault({ route: 'account', calls: 'every', effect });
		const trigger = await activeTrigger(testbed);
		const taskId = await video(testbed, 'A paper boat drifts down a gutter', trigger.productionUrl);
		await until('the report is taken', () => taken(testbed, taskId) === 1);

		expect(await outputs(testbed, trigger, 1)).toHaveLength(1);
	});
});

/** For as long as an address takes a POST, n8n tells whoever tries a GET so. */
async function listensAt(url: string): Promise<boolean> {
	return (await (await fetch(url, { headers: OWN_CONNECTION })).text()).includes('POST request');
}

test('a test in the editor runs as often as it is tried', async () => {
	const { client } = testbed;
	const trigger = await createTrigger(testbed);
	const taskId = await video(testbed, 'A paper boat drifts down a gutter');
	for (const tries of [1, 2]) {
		await client.request('POST', `/rest/workflows/${trigger.workflow.id}/run`, {
			workflowData: trigger.workflow,
			triggerToStartFrom: { name: 'Luma Webhook Trigger' },
		});
		expect(await call(trigger.testUrl, taskId)).toBe(200);
		// n8n stops to listen only after its answer.
		await until('n8n listens no longer', async () => !(await listensAt(trigger.testUrl)));
		expect(await outputs(testbed, trigger, tries)).toHaveLength(tries);
	}
});
