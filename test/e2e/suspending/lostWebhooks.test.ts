import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { outputOf, type StoredCredential } from '../../../scripts/n8n/answers';
import { until } from '../../../support/eventually';
import { startRun, untilStatus } from '../../../support/n8n/runs';
import { openTestbed, RIGHT_KEY, type OwnTestbed } from '../../../support/n8n/testbed';
import { LUMA, lumaNode, suspendingWorkflow, to } from '../../../support/n8n/workflows';

const PROMPTS = [
	'A paper boat drifts down a gutter',
	'',
	'A kite climbs over a beach',
	'A tram turns',
];
const VIDEOS = PROMPTS.filter((prompt) => prompt !== '').length;
const LATE = 'Wait for Late Videos';

let testbed: OwnTestbed;
let credential: StoredCredential;
beforeAll(async () => {
	const simulator = { renderSeconds: Infinity, callbackRetrySeconds: [0.1, 0.1] };
	testbed = await openTestbed({ simulator });
	credential = await testbed.credentialWith(RIGHT_KEY);
});
afterAll(async () => await testbed?.close());

/** A node that orders videos and suspends the execution for a short time, and Task → Wait right behind it. */
function twoNodes() {
	const onError = 'continueRegularOutput';
	const suspend = { parameters: { waitMode: 'callback' }, options: { timeoutMinutes: 2 } };
	const workflow = suspendingWorkflow(credential, { onError, ...suspend });
	const wait = { resource: 'task', operation: 'wait', taskId: '={{ $json.taskId }}' };
	const late = lumaNode(credential, { name: LATE, onError, parameters: wait });
	return {
		...workflow,
		nodes: [...workflow.nodes, late],
		connections: { ...workflow.connections, [LUMA]: to(LATE), [LATE]: to('After') },
	};
}

test('n8n is down while PiAPI sends its webhooks: Task → Wait brings them all, and nothing is paid twice', async () => {
	const { client, n8n, simulator } = testbed;
	const call = await startRun(client, twoNodes(), { prompts: PROMPTS });
	await untilStatus(client, call, 'waiting');

	await n8n.crash();
	for (const task of simulator.tasks.values()) simulator.complete(task);
	// After a few repeats PiAPI gives up.
	const reports = () => simulator.calls.filter(({ route }) => route === 'callback');
	await until('every report has failed three times', () => {
		const failed = reports().filter(({ status }) => status === 'reset');
		return failed.length === 3 * VIDEOS;
	});
	const before = simulator.calls.length;
	await n8n.restart();
	const execution = await untilStatus(client, call, 'success');

	expect(outputOf(execution, LUMA).map(({ status, error }) => status ?? error)).toEqual([
		'timeout',
		expect.stringContaining('[item 1]'),
		'timeout',
		'timeout',
	]);
	const after = outputOf(execution, 'After');
	expect(after.map(({ prompt, error }) => prompt ?? error)).toEqual(
		PROMPTS.map((prompt) => (prompt === '' ? expect.stringContaining('[item 1]') : prompt)),
	);
	expect(after.filter(({ videoUrl }) => videoUrl)).toHaveLength(VIDEOS);
	// They were there as soon as the time limit was over: each took one read.
	const routes = simulator.calls.slice(before).map(({ route }) => route);
	expect(routes).toEqual(Array.from({ length: VIDEOS }, () => 'read'));
	expect(simulator.tasks.size).toBe(VIDEOS);
	for (const name of [LUMA, LATE, 'After']) {
		expect(execution.data.resultData.runData[name]).toHaveLength(1);
	}
});
