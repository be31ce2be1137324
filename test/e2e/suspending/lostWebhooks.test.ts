import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { outputOf, type StoredCredential } from '../../../scripts/n8n/answers';
import { until } from '../../../support/eventually';
import { startRun, untilStatus } from '../../../support/n8n/runs';
import { openTestbed, RIGHT_KEY, type OwnTestbed } from '../../../support/n8n/testbed';
import { LUMA, lumaNode, suspendingWorkflow } from '../../../support/n8n/workflows';

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
	testbed = await openTestbed({ simulator: { renderSeconds: (_, ordinal) => 20 + ordinal } });
	credential = await testbed.credentialWith(RIGHT_KEY);
});
afterAll(async () => await testbed?.close());

/** A node that orders videos and suspends the execution for a short time, and Task → Wait right behind it. */
function twoNodes() {
	const onError = 'continueRegularOutput';
	const parameters = { waitMode: 'callback' };
	const workflow = suspendingWorkflow(credential, {
		onError,
		parameters,
		options: { timeoutMinutes: 2 },
	});
	const wait = { resource: 'task', operation: 'wait', taskId: '={{ $json.taskId }}' };
	const late = lumaNode(credential, { name: LATE, onError, parameters: wait });
	const to = (name: string) => ({ main: [[{ node: name, type: 'main', index: 0 }]] });
	return {
		...workflow,
		nodes: [...workflow.nodes, late],
		connections: { ...workflow.connections, [LUMA]: to(LATE), [LATE]: to('After') },
	};
}

/** How PiAPI's attempts to report each task ended. */
function attempts(): Array<Array<number | string>> {
	const { calls, tasks } = testbed.simulator;
	return [...tasks.keys()].map((id) =>
		calls
			.filter(({ route, taskId }) => route === 'callback' && taskId === id)
			.map(({ status }) => status),
	);
}

/** An attempt that nobody has answered yet hangs. */
const isOver = (status: number | string) => status !== 'hang';

test('n8n is down while PiAPI sends its webhooks: Task → Wait brings them all, and nothing is paid twice', async () => {
	const { client, n8n, simulator } = testbed;
	const call = await startRun(client, twoNodes(), { prompts: PROMPTS });
	await untilStatus(client, call, 'waiting');
	expect(attempts()).toEqual(Array.from({ length: VIDEOS }, () => []));

	await n8n.crash();
	await until('every report has failed three times', () =>
		attempts().every((statuses) => statuses.filter(isOver).length >= 3),
	);
	expect(new Set(attempts().flat().filter(isOver))).toEqual(new Set(['reset']));
	// After a few repeats PiAPI gives up.
	simulator.addFault({ route: 'callback', calls: 'every', effect: { kind: 'reset' } });
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
	expect(routes.filter((route) => route !== 'callback')).toEqual(
		Array.from({ length: VIDEOS }, () => 'read'),
	);
	expect(simulator.tasks.size).toBe(VIDEOS);
	for (const name of [LUMA, LATE, 'After']) {
		expect(execution.data.resultData.runData[name]).toHaveLength(1);
	}
});
