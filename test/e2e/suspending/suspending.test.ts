import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import type { Execution, Item, StoredCredential } from '../../../scripts/n8n/answers';
import { OWN_CONNECTION } from '../../../scripts/n8n/rest';
import { AdjustableClock } from '../../../support/virtualTime/adjustableClock';
import { startRun, untilStatus, type StartedRun } from '../../../support/n8n/runs';
import { joinTestbed } from '../../../support/n8n/sharedN8n';
import { RIGHT_KEY, type Testbed } from '../../../support/n8n/testbed';
import { suspendingWorkflow, type LumaSettings } from '../../../support/n8n/workflows';

const SUSPEND: LumaSettings = { parameters: { waitMode: 'callback' } };
const PROMPTS = ['A paper boat drifts down a gutter', 'A kite climbs over a beach', 'A tram turns'];
const REJECTED_PROMPT = 'A prompt that the service cannot render';

const QUEUE_SECONDS = 1;
const RENDER_SECONDS = 3600;

/** The videos end when a test says so. */
const clock = new AdjustableClock();

let testbed: Testbed;
let credential: StoredCredential;
beforeAll(async () => {
	testbed = await joinTestbed({
		simulator: {
			clock,
			queueSeconds: QUEUE_SECONDS,
			renderSeconds: RENDER_SECONDS,
			outcome: ({ prompt }) =>
				prompt === REJECTED_PROMPT ? { message: 'no GPU left' } : undefined,
		},
	});
	credential = await testbed.credentialWith(RIGHT_KEY);
});
afterAll(async () => await testbed?.close());

let before: number;
beforeEach(() => {
	before = testbed.simulator.tasks.size;
	testbed.simulator.clearFaults();
});

function newTasks() {
	return [...testbed.simulator.tasks.values()].slice(before);
}

async function suspendRun(prompts = PROMPTS, settings = SUSPEND): Promise<StartedRun> {
	const call = await startRun(testbed.client, suspendingWorkflow(credential, settings), {
		prompts,
	});
	await untilStatus(testbed.client, call, 'waiting');
	return call;
}

/** What each run of a node was given, once the execution is over. */
function given({ data }: Execution, nodeName: string): Item[][] {
	return (data.resultData.runData[nodeName] ?? []).map(({ data: output }) => output!.main[0]!);
}

/** Ends the videos under way, which PiAPI then reports. */
function endVideos(): void {
	clock.advance((RENDER_SECONDS + QUEUE_SECONDS) * 1000);
}

async function resumedBy(call: StartedRun): Promise<Item[][]> {
	endVideos();
	return given(await untilStatus(testbed.client, call, 'success'), 'After');
}

test('the execution is suspended and resumes with all videos in their order; the next node runs once', async () => {
	const runs = await resumedBy(await suspendRun());

	expect(runs).toHaveLength(1);
	expect(runs[0].map(({ json }) => json.prompt)).toEqual(PROMPTS);
	expect(runs[0].every(({ json }) => json.status === 'completed' && json.videoUrl)).toBe(true);
	expect(newTasks()).toHaveLength(PROMPTS.length);
});

test('several videos of each item resume it once, the first video of each item in its place', async () => {
	const options = { ...SUSPEND.options, numberOfVideos: 2 };
	const runs = await resumedBy(await suspendRun(PROMPTS, { ...SUSPEND, options }));

	expect(runs).toHaveLength(1);
	expect(runs[0].map(({ json }) => json.prompt)).toEqual([...PROMPTS, ...PROMPTS]);
	expect(new Set(runs[0].map(({ json }) => json.videoUrl)).size).toBe(2 * PROMPTS.length);
	expect(newTasks()).toHaveLength(2 * PROMPTS.length);
});

test('webhooks that come twice, and many at the same time, resume it once', async () => {
	testbed.simulator.addFault({ route: 'callback', calls: 'every', effect: { kind: 'twice' } });
	const prompts = Array.from({ length: 12 }, (_, index) => `${PROMPTS[0]} ${index}`);
	const runs = await resumedBy(await suspendRun(prompts));

	expect(runs).toHaveLength(1);
	expect(runs[0].map(({ json }) => json.prompt)).toEqual(prompts);
	expect(newTasks()).toHaveLength(12);
});

test('100 forged webhooks resume nothing and add nothing to the workflow', async () => {
	const call = await suspendRun([PROMPTS[0]]);
	const [{ taskId, config }] = newTasks();
	const { endpoint, secret } = config.webhook_config as { endpoint: string; secret: string };
	const output = { video: 'https://forged.example/video.mp4' };
	const forge = async (index: number) => {
		const data = { task_id: index % 2 ? taskId : `forged-${index}`, status: 'completed', output };
		const wrong = index % 3 ? { 'x-webhook-secret': `${secret.slice(1)}${index % 10}` } : undefined;
		const { status } = await fetch(endpoint, {
			method: 'POST',
			headers: { ...OWN_CONNECTION, 'content-type': 'application/json', ...wrong },
			body: JSON.stringify({ timestamp: Date.now(), data }),
		});
		return status;
	};
	const statuses = await Promise.all(Array.from({ length: 100 }, async (_, i) => await forge(i)));

	expect([...new Set(statuses)]).toEqual([401]);
	const [[{ json }], ...others] = await resumedBy(call);
	expect(others).toEqual([]);
	expect(json.status).toBe('completed');
	expect(json.videoUrl).not.toContain('forged');
});

test('a failed video goes to the error output, the others to the next node', async () => {
	const settings: LumaSettings = { ...SUSPEND, onError: 'continueErrorOutput' };
	const call = await suspendRun([PROMPTS[0], REJECTED_PROMPT], settings);
	endVideos();
	const execution = await untilStatus(testbed.client, call, 'success');

	const [made] = given(execution, 'After');
	expect(made.map(({ json }) => json.status)).toEqual(['completed']);
	const [failed] = given(execution, 'Failed');
	expect(failed.map(({ json }) => json.error)).toEqual([
		expect.objectContaining({ status: 'failed', message: expect.stringContaining('[item 1]') }),
	]);
});
