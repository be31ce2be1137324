import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { until } from '../../../support/eventually';
import { fault, RESET } from '../../../support/faults';
import { newInTest } from '../../../support/n8n/newInTest';
import { run, startRun, untilStatus } from '../../../support/n8n/runs';
import { openTestbed, RIGHT_KEY, type OwnTestbed } from '../../../support/n8n/testbed';
import {
	suspendingWorkflow,
	videoWorkflow,
	recoveryWorkflow,
} from '../../../support/n8n/workflows';
import {
	activeTrigger,
	call,
	outputs,
	taken,
	video,
} from '../../../support/n8n/webhookTriggerWorkflow';

/** Videos of it end when a test says so. */
const GLACIER = 'A glacier that renders for an hour';

let testbed: OwnTestbed;
beforeAll(async () => {
	testbed = await openTestbed({
		simulator: {
			queueSeconds: 0,
			// The report of a test that restarts n8n comes again once n8n is there, however long that takes.
			callbackRetrySeconds: Array.from({ length: 1000 }, () => 5),
			renderSeconds: ({ prompt = '' }) => (prompt.startsWith(GLACIER) ? Infinity : 0),
		},
	});
});
afterAll(async () => await testbed?.close());

const { newTasks, newCalls } = newInTest(() => testbed.simulator);
const endVideos = () => newTasks().forEach((task) => testbed.simulator.complete(task));

test('n8n is killed during the wait: Get Many and Wait bring the video, and it is paid once', async () => {
	const { client, n8n } = testbed;
	const credential = await testbed.credentialWith(RIGHT_KEY);
	const lost = await startRun(client, videoWorkflow(credential), { prompts: [GLACIER] });
	await until('the node waits for its video', () => newCalls('read').length > 0);

	await n8n.crash();
	await n8n.restart();
	endVideos();
	const readsBefore = newCalls('read').length;
	const { items } = await run(client, recoveryWorkflow(credential), {});

	expect(newTasks()).toHaveLength(1);
	const [{ taskId }] = newTasks();
	const videoUrl = expect.stringMatching(/^http/);
	expect(items).toEqual([expect.objectContaining({ taskId, status: 'completed', videoUrl })]);
	expect(newCalls('read').length).toBeGreaterThan(readsBefore);
	expect(newCalls('create')).toHaveLength(1);
	const [{ status }] = await client.executions(lost.workflowId);
	expect(status).toBe('crashed');
});

test('n8n is killed while an execution is suspended: PiAPI sends its webhooks again, and it resumes with all videos, each created once', async () => {
	const { client, n8n, simulator } = testbed;
	const credential = await testbed.credentialWith(RIGHT_KEY);
	const settings = { parameters: { waitMode: 'callback' } };
	const prompts = [1, 2, 3].map((number) => `${GLACIER} ${number}`);
	const suspended = await startRun(client, suspendingWorkflow(credential, settings), { prompts });
	await untilStatus(client, suspended, 'waiting');

	await n8n.crash();
	endVideos();
	const inVain = () => newCalls('callback').filter(({ status }) => status === 'reset');
	await until('PiAPI has reported in vain', () => inVain().length >= 3);
	// While n8n starts, it writes what it has noted of the crash over what a webhook resumes (read in n8n 2.8).
	simulator.addFault(fault('callback', RESET, 'every'));
	await n8n.restart();
	simulator.clearFaults();

	const { data } = await untilStatus(client, suspended, 'success');
	const runs = data.resultData.runData.After.map((each) => each.data!.main[0]!);
	expect(runs).toHaveLength(1);
	expect(runs[0].map(({ json }) => json.prompt)).toEqual(prompts);
	expect(runs[0].map(({ json }) => json.status)).toEqual(['completed', 'completed', 'completed']);
	expect(newTasks()).toHaveLength(3);
});

test('a webhook that comes twice at once, and again by hand, starts one run; after a crash of n8n too', async () => {
	const { n8n, simulator } = testbed;
	simulator.addFault({ route: 'callback', calls: 'every', effect: { kind: 'twice' } });
	const trigger = await activeTrigger(testbed);
	const taskId = await video(testbed, 'A paper boat drifts down a gutter', trigger.productionUrl);
	await until('both reports are taken', () => taken(testbed, taskId) === 2);
	expect(await call(trigger.productionUrl, taskId)).toBe(200);

	// n8n answers a report before the run that it starts is over.
	expect(await outputs(testbed, trigger, 1)).toHaveLength(1);
	await n8n.crash();
	await n8n.restart();
	expect(await call(trigger.productionUrl, taskId)).toBe(200);

	const videoUrl = expect.stringContaining(simulator.baseUrl);
	expect(await outputs(testbed, trigger, 1)).toEqual([
		expect.objectContaining({ taskId, status: 'completed', videoUrl }),
	]);
});
