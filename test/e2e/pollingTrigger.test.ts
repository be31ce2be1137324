import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createTasks } from '../../support/engine/webhookRequests';
import { openTestbed, RIGHT_KEY, type OwnTestbed } from '../../support/n8n/testbed';
import {
	activeTrigger,
	createTrigger,
	fetchTestEvent,
	outputs,
	runsOf,
} from '../../support/n8n/webhookTriggerWorkflow';
import { EVERY_TWO_SECONDS, untilPolledAgain } from '../../support/polling';

const POLLED = { pollTimes: EVERY_TWO_SECONDS };
const TYPE = { type: 'lumaTrigger' } as const;

let testbed: OwnTestbed;
beforeAll(async () => {
	testbed = await openTestbed({ simulator: { queueSeconds: 0, renderSeconds: Infinity } });
});
afterAll(async () => await testbed?.close());

/** Videos of any tool, which are completed at once. */
async function makeVideos(count: number): Promise<string[]> {
	const { simulator } = testbed;
	const ids = await createTasks(simulator.baseUrl, count, RIGHT_KEY);
	for (const taskId of ids) simulator.complete(simulator.tasks.get(taskId)!);
	return ids;
}

test('a video of any tool starts the workflow once, through kill -9 and what ended in the meantime', async () => {
	await makeVideos(3);
	const trigger = await activeTrigger(testbed, POLLED, TYPE);
	await untilPolledAgain(testbed.simulator);
	expect(await runsOf(testbed, trigger)).toEqual([]);

	const made = await makeVideos(3);
	await outputs(testbed, trigger, 3);
	await untilPolledAgain(testbed.simulator);
	const restarted = testbed.n8n.crash().then(testbed.n8n.restart);
	made.push(...(await makeVideos(3)));
	await restarted;
	await outputs(testbed, trigger, 6);
	await untilPolledAgain(testbed.simulator);
	made.push(...(await makeVideos(2)));
	await outputs(testbed, trigger, 8);
	await untilPolledAgain(testbed.simulator);

	const handedOn = (await outputs(testbed, trigger, 8)).map(({ taskId }) => String(taskId));
	expect(handedOn.sort()).toEqual(made.sort());
});

test('a test in the editor fetches the video that finished last', async () => {
	const [taskId] = await makeVideos(1);
	const trigger = await createTrigger(testbed, POLLED, TYPE);
	await fetchTestEvent(testbed, trigger);
	const [fetched, ...others] = await outputs(testbed, trigger, 1);
	expect([fetched.taskId, others]).toEqual([taskId, []]);
});
