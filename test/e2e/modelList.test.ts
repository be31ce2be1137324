import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { run } from '../../support/n8n/runs';
import { joinTestbed } from '../../support/n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../../support/n8n/testbed';
import { videoWorkflow } from '../../support/n8n/workflows';

let testbed: Testbed;
beforeAll(async () => {
	testbed = await joinTestbed();
});
afterAll(async () => await testbed?.close());

test("n8n fills the list of 'Model', also before a credential is chosen", async () => {
	const path = '/rest/dynamic-node-parameters/resource-locator-results';
	const response = await testbed.client.request('POST', path, {
		nodeTypeAndVersion: { name: 'n8n-nodes-piapi-luma.luma', version: 1 },
		path: 'parameters.options.model',
		methodName: 'searchModels',
		currentNodeParameters: { resource: 'video', operation: 'textToVideo', options: {} },
	});

	const { data } = (await response.json()) as { data: { results: Array<{ value: string }> } };
	expect(data.results.map(({ value }) => value)).toEqual(['ray-v2', 'ray-v1']);
});

test('a model that was chosen from the list is sent to PiAPI', async () => {
	const before = testbed.simulator.tasks.size;
	const credential = await testbed.credentialWith(RIGHT_KEY);
	const model = { __rl: true, mode: 'list', value: 'ray-v1', cachedResultName: 'Ray 1' };
	const workflow = videoWorkflow(credential, { options: { model } });
	const { items } = await run(testbed.client, workflow, { prompts: ['A kite climbs'] });

	expect(items).toMatchObject([{ status: 'completed' }]);
	const [task] = [...testbed.simulator.tasks.values()].slice(before);
	expect(task.input.model).toBe('ray-v1');
});
