import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
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
	fetchTestEvent,
	outputs,
	runsOf,
	taken,
	video,
} from '../../../support/n8n/webhookTriggerWorkflow';

const PROMPT = 'A paper boat drifts down a gutter';

let testbed: Testbed;
beforeAll(async () => {
	testbed = await joinTestbed({
		simulator: {
			renderSeconds: 0,
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

test('a forged call starts nothing, and cannot bring the address of another video into the workflow', async () => {
	const trigger = await activeTrigger(testbed, { simplify: false });
	const taskId = await video(testbed, PROMPT);
	expect(await call(trigger.productionUrl, taskId, 'guess')).toBe(401);
	expect(await call(trigger.productionUrl, randomUUID())).toBe(200);
	expect(await runsOf(testbed, trigger)).toEqual([]);

	expect(await call(trigger.productionUrl, taskId)).toBe(200);
	const items = await outputs(testbed, trigger, 1);
	const videoUrl = expect.stringContaining(testbed.simulator.baseUrl);
	expect(items).toEqual([expect.objectContaining({ videoUrl })]);
	expect(JSON.stringify(items)).not.toContain(FORGED_URL);
});

test('only the chosen ends of a task start the workflow, which can be activated while PiAPI has an outage', async () => {
	const effect = { kind: 'html', status: 502 } as const;
	testbed.simulator.addFault({ route: 'account', calls: 'every', effect });
	const all = await activeTrigger(testbed);
	const failed = await activeTrigger(testbed, { events: ['failed'] });
	for (const { productionUrl } of [all, failed]) {
		for (const prompt of ['fails', PROMPT]) {
			const taskId = await video(testbed, prompt, productionUrl);
			await until('the report is taken', () => taken(testbed, taskId) === 1);
		}
	}

	const statuses = (await outputs(testbed, all, 2)).map(({ status }) => status);
	expect(statuses).toEqual(['failed', 'completed']);
	expect(await outputs(testbed, failed, 1)).toEqual([
		expect.objectContaining({ status: 'failed', videoUrl: null, failureReason: 'refused' }),
	]);
});

test('activating the workflow with a wrong key says what to do', async () => {
	const { workflow } = await createTrigger(testbed, {}, { apiKey: WRONG_KEY });
	// n8n 2.41 tries for 15 s first, in the background.
	await expect(testbed.client.activate(workflow)).rejects.toThrow(
		/PiAPI does not accept this key\. .*paste the .*again/,
	);
});

/** For as long as an address takes a POST, n8n tells whoever tries a GET so. */
async function listensAt(url: string): Promise<boolean> {
	return (await (await fetch(url, { headers: OWN_CONNECTION })).text()).includes('POST request');
}

test('a test in the editor runs as often as it is tried', async () => {
	const trigger = await createTrigger(testbed);
	const taskId = await video(testbed, PROMPT);
	for (const tries of [1, 2]) {
		await fetchTestEvent(testbed, trigger);
		expect(await call(trigger.testUrl, taskId)).toBe(200);
		// n8n stops to listen only after its answer.
		await until('n8n listens no longer', async () => !(await listensAt(trigger.testUrl)));
		expect(await outputs(testbed, trigger, tries)).toHaveLength(tries);
	}
});
