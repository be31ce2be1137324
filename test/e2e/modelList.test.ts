import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { joinTestbed } from '../../support/n8n/sharedN8n';
import type { Testbed } from '../../support/n8n/testbed';

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
