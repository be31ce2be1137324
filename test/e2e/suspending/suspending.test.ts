import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { Execution, Item, StoredCredential } from '../../../scripts/n8n/answers';
import { OWN_CONNECTION } from '../../../scripts/n8n/rest';
import { webhook } from '../../../support/engine/webhookRequests';
import { newInTest } from '../../../support/n8n/newInTest';
import { startRun, untilStatus, type StartedRun } from '../../../support/n8n/runs';
import { joinTestbed } from '../../../support/n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../../../support/n8n/testbed';
import { suspendingWorkflow, type LumaSettings } from '../../../support/n8n/workflows';

const parameters = { waitMode: 'callback' };
const PROMPTS = ['A paper boat drifts down a gutter', 'A kite climbs over a beach', 'A tram turns'];

let testbed: Testbed;
let credential: StoredCredential;
beforeAll(async () => {
	testbed = await joinTestbed({ simulator: { queueSeconds: 0, renderSeconds: Infinity } });
	credential = await testbed.credentialWith(RIGHT_KEY);
});
afterAll(async () => await testbed?.close());

const { newTasks } = newInTest(() => testbed.simulator);

async function suspendRun(prompts: string[], settings: LumaSettings = {}): Promise<StartedRun> {
	const workflow = suspendingWorkflow(credential, { parameters, ...settings });
	const call = await startRun(testbed.client, workflow, { prompts });
	await untilStatus(testbed.client, call, 'waiting');
	return call;
}

/** What each run of a node was given, once the execution is over. */
function given({ data }: Execution, nodeName: string): Item[][] {
	return (data.resultData.runData[nodeName] ?? []).map(({ data: output }) => output!.main[0]!);
}

/** Ends the videos under way, which PiAPI then reports, and waits for the end of the execution. */
async function resumed(call: StartedRun, failingPrompt?: string): Promise<Execution> {
	for (const task of newTasks()) {
		if (task.input.prompt === failingPrompt) testbed.simulator.fail(task);
		else testbed.simulator.complete(task);
	}
	return await untilStatus(testbed.client, call, 'success');
}

test('the execution resumes with all videos in their order, and a failed one at the error output; the next node runs once', async () => {
	const prompts = [...PROMPTS, 'A prompt that fails'];
	const call = await suspendRun(prompts, { onError: 'continueErrorOutput' });
	const execution = await resumed(call, 'A prompt that fails');

	const [made, ...others] = given(execution, 'After');
	expect(others).toEqual([]);
	expect(made.map(({ json }) => json.prompt)).toEqual(PROMPTS);
	expect(made.every(({ json }) => json.status === 'completed' && json.videoUrl)).toBe(true);
	const [failed] = given(execution, 'Failed');
	expect(failed.map(({ json }) => json.error)).toEqual([
		expect.objectContaining({ status: 'failed', message: expect.stringContaining('[item 3]') }),
	]);
	expect(newTasks()).toHaveLength(prompts.length);
});

test('several videos of each item, whose webhooks come twice and at the same time, resume it once, each in its place', async () => {
	testbed.simulator.addFault({ route: 'callback', calls: 'every', effect: { kind: 'twice' } });
	const prompts = Array.from({ length: 6 }, (_, index) => `${PROMPTS[0]} ${index}`);
	const call = await suspendRun(prompts, { options: { numberOfVideos: 2 } });
	const [made, ...others] = given(await resumed(call), 'After');

	expect(others).toEqual([]);
	expect(made.map(({ json }) => json.prompt)).toEqual([...prompts, ...prompts]);
	expect(new Set(made.map(({ json }) => json.videoUrl)).size).toBe(12);
	expect(newTasks()).toHaveLength(12);
});

test('100 forged webhooks resume nothing and add nothing to the workflow', async () => {
	const call = await suspendRun([PROMPTS[0]]);
	const [{ taskId, config }] = newTasks();
	const { endpoint, secret } = config.webhook_config as { endpoint: string; secret: string };
	const forge = async (index: number) => {
		const wrong = index % 3 ? { 'x-webhook-secret': `${secret.slice(1)}${index % 10}` } : undefined;
		const { status } = await fetch(endpoint, {
			method: 'POST',
			headers: { ...OWN_CONNECTION, 'content-type': 'application/json', ...wrong },
			body: JSON.stringify(webhook(index % 2 ? taskId : `forged-${index}`)),
		});
		return status;
	};
	const statuses = await Promise.all(Array.from({ length: 100 }, async (_, i) => await forge(i)));

	expect([...new Set(statuses)]).toEqual([401]);
	const [[{ json }], ...others] = given(await resumed(call), 'After');
	expect(others).toEqual([]);
	expect(json.status).toBe('completed');
	expect(json.videoUrl).toContain(testbed.simulator.baseUrl);
});
