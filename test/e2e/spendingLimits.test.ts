import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { OWN_CONNECTION } from '../../scripts/n8n/rest';
import { joinTestbed } from '../../support/n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../../support/n8n/testbed';
import { videoWorkflow } from '../../support/n8n/workflows';

const EXECUTIONS = 200;
/** As many videos of $0.20 as the limit has room for. */
const ROOM = 20;

let testbed: Testbed;
beforeAll(async () => {
	testbed = await joinTestbed({ simulator: { concurrency: EXECUTIONS } });
});
afterAll(async () => await testbed?.close());

test('a webhook that is called 200 times at once creates no more videos than the daily limit has room for, and the others say why', async () => {
	const { client, simulator } = testbed;
	const credential = await testbed.credentialWith(RIGHT_KEY, { dailyLimitUsd: 0.2 * ROOM });
	const { path, ...file } = videoWorkflow(credential, {
		parameters: { waitMode: 'none' },
		onError: 'continueRegularOutput',
	});
	await client.activate(await client.createWorkflow(file));

	const items = await Promise.all(
		Array.from({ length: EXECUTIONS }, async (_, i) => {
			const response = await fetch(`${client.url}/webhook/${path}`, {
				method: 'POST',
				headers: { ...OWN_CONNECTION, 'content-type': 'application/json' },
				body: JSON.stringify({ prompts: [`Scene ${i}`] }),
			});
			const [item] = (await response.json()) as Array<Record<string, unknown>>;
			return item;
		}),
	);

	const created = items.filter(({ taskId }) => taskId !== undefined);
	const stopped = items.filter(({ error }) => error !== undefined);
	expect(simulator.tasks.size).toBe(ROOM);
	expect(created).toHaveLength(ROOM);
	expect(stopped).toHaveLength(EXECUTIONS - ROOM);
	for (const { error, whatToDo } of stopped) {
		expect(error).toContain('would exceed the daily spending limit');
		expect(whatToDo).toContain('have cost $4.00 since');
		expect(whatToDo).toContain('room again in');
	}
	// The reads of the list are shared.
	const reads = simulator.calls.filter(({ route }) => route === 'history');
	expect(reads.length).toBeLessThan(EXECUTIONS / 2);
});
