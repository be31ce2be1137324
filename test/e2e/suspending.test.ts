import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import type { Execution, Item, StoredCredential } from '../../scripts/n8n/answers';
import { startRun, untilStatus, type Call } from '../../support/runs';
import { openStage, RIGHT_KEY, type Stage } from '../../support/stage';
import { sleepingWorkflow, type LumaSettings } from '../../support/workflows';

const SUSPEND: LumaSettings = { parameters: { waitMode: 'callback' } };
const PROMPTS = ['A paper boat drifts down a gutter', 'A kite climbs over a beach', 'A tram turns'];
const DOOMED = 'A prompt that the service cannot render';

let stage: Stage;
let credential: StoredCredential;
beforeAll(async () => {
	stage = await openStage({
		simulator: {
			renderSeconds: (_, ordinal) => 4 + (ordinal % 3),
			outcome: ({ prompt }) => (prompt === DOOMED ? { message: 'no GPU left' } : undefined),
		},
	});
	credential = await stage.credentialWith(RIGHT_KEY);
}, 240_000);
afterAll(async () => await stage?.close(), 60_000);

let before: number;
beforeEach(() => {
	before = stage.simulator.tasks.size;
	stage.simulator.clearFaults();
});

function newTasks() {
	return [...stage.simulator.tasks.values()].slice(before);
}

async function fallAsleep(prompts = PROMPTS, settings = SUSPEND): Promise<Call> {
	const call = await startRun(stage.client, sleepingWorkflow(credential, settings), { prompts });
	await untilStatus(stage.client, call, 'waiting');
	return call;
}

/** What each run of a node was given, once the execution is over. */
function given({ data }: Execution, nodeName: string): Item[][] {
	return (data.resultData.runData[nodeName] ?? []).map(({ data: output }) => output!.main[0]!);
}

async function wokenBy(call: Call, timeoutMs?: number): Promise<Item[][]> {
	return given(await untilStatus(stage.client, call, 'success', timeoutMs), 'After');
}

test('the execution sleeps and wakes with all videos in their order; the next node runs once', async () => {
	const runs = await wokenBy(await fallAsleep());

	expect(runs).toHaveLength(1);
	expect(runs[0].map(({ json }) => json.prompt)).toEqual(PROMPTS);
	expect(runs[0].every(({ json }) => json.status === 'completed' && json.videoUrl)).toBe(true);
	expect(newTasks()).toHaveLength(PROMPTS.length);
}, 60_000);

test('reports that come twice, and many at the same moment, wake it once', async () => {
	stage.simulator.addFault({ route: 'callback', calls: 'every', effect: { kind: 'twice' } });
	const prompts = Array.from({ length: 12 }, (_, index) => `${PROMPTS[0]} ${index}`);
	const runs = await wokenBy(await fallAsleep(prompts));

	expect(runs).toHaveLength(1);
	expect(runs[0].map(({ json }) => json.prompt)).toEqual(prompts);
	expect(newTasks()).toHaveLength(12);
}, 60_000);

test('100 forged reports wake nothing and bring nothing into the workflow', async () => {
	const call = await fallAsleep([PROMPTS[0]]);
	const [{ taskId, config }] = newTasks();
	const { endpoint, secret } = config.webhook_config as { endpoint: string; secret: string };
	const output = { video: 'https://forged.example/video.mp4' };
	const forge = async (index: number) => {
		const data = { task_id: index % 2 ? taskId : `forged-${index}`, status: 'completed', output };
		const wrong = index % 3 ? { 'x-webhook-secret': `${secret.slice(1)}${index % 10}` } : undefined;
		const { status } = await fetch(endpoint, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...wrong },
			body: JSON.stringify({ timestamp: Date.now(), data }),
		});
		return status;
	};
	const statuses = await Promise.all(Array.from({ length: 100 }, async (_, i) => await forge(i)));

	expect([...new Set(statuses)]).toEqual([401]);
	const [[{ json }], ...others] = await wokenBy(call);
	expect(others).toEqual([]);
	expect(json.status).toBe('completed');
	expect(json.videoUrl).not.toContain('forged');
}, 60_000);

test('a failed video goes to the error output, the others to the next node', async () => {
	const settings: LumaSettings = { ...SUSPEND, onError: 'continueErrorOutput' };
	const call = await fallAsleep([PROMPTS[0], DOOMED], settings);
	const execution = await untilStatus(stage.client, call, 'success');

	const [made] = given(execution, 'After');
	expect(made.map(({ json }) => json.status)).toEqual(['completed']);
	const [failed] = given(execution, 'Failed');
	expect(failed.map(({ json }) => json.error)).toEqual([
		expect.objectContaining({ status: 'failed', message: expect.stringContaining('Item 2') }),
	]);
}, 60_000);

test('n8n is killed in the sleep: it wakes all the same, and nothing is made twice', async () => {
	const call = await fallAsleep();
	await stage.n8n.crashAndRestart();
	const runs = await wokenBy(call, 120_000);

	expect(runs).toHaveLength(1);
	expect(runs[0].map(({ json }) => json.status)).toEqual(['completed', 'completed', 'completed']);
	expect(newTasks()).toHaveLength(PROMPTS.length);
}, 200_000);
