import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import type { Execution, Item, StoredCredential } from '../../scripts/n8n/answers';
import { OWN_CONNECTION } from '../../scripts/n8n/rest';
import { AdjustableClock } from '../../support/adjustableClock';
import { startRun, untilStatus, type Call } from '../../support/runs';
import { joinStage } from '../../support/sharedN8n';
import { RIGHT_KEY, type Stage } from '../../support/stage';
import { sleepingWorkflow, type LumaSettings } from '../../support/workflows';

const SUSPEND: LumaSettings = { parameters: { waitMode: 'callback' } };
const PROMPTS = ['A paper boat drifts down a gutter', 'A kite climbs over a beach', 'A tram turns'];
const DOOMED = 'A prompt that the service cannot render';

const QUEUE_SECONDS = 1;
const RENDER_SECONDS = 3600;

/** The videos end when a test says so. */
const clock = new AdjustableClock();

let stage: Stage;
let credential: StoredCredential;
beforeAll(async () => {
	stage = await joinStage({
		simulator: {
			clock,
			queueSeconds: QUEUE_SECONDS,
			renderSeconds: RENDER_SECONDS,
			outcome: ({ prompt }) => (prompt === DOOMED ? { message: 'no GPU left' } : undefined),
		},
	});
	credential = await stage.credentialWith(RIGHT_KEY);
});
afterAll(async () => await stage?.close());

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

/** Ends the videos under way, which PiAPI then reports. */
function endVideos(): void {
	clock.advance((RENDER_SECONDS + QUEUE_SECONDS) * 1000);
}

async function wokenBy(call: Call): Promise<Item[][]> {
	endVideos();
	return given(await untilStatus(stage.client, call, 'success'), 'After');
}

test('the execution sleeps and wakes with all videos in their order; the next node runs once', async () => {
	const runs = await wokenBy(await fallAsleep());

	expect(runs).toHaveLength(1);
	expect(runs[0].map(({ json }) => json.prompt)).toEqual(PROMPTS);
	expect(runs[0].every(({ json }) => json.status === 'completed' && json.videoUrl)).toBe(true);
	expect(newTasks()).toHaveLength(PROMPTS.length);
});

test('reports that come twice, and many at the same moment, wake it once', async () => {
	stage.simulator.addFault({ route: 'callback', calls: 'every', effect: { kind: 'twice' } });
	const prompts = Array.from({ length: 12 }, (_, index) => `${PROMPTS[0]} ${index}`);
	const runs = await wokenBy(await fallAsleep(prompts));

	expect(runs).toHaveLength(1);
	expect(runs[0].map(({ json }) => json.prompt)).toEqual(prompts);
	expect(newTasks()).toHaveLength(12);
});

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
			headers: { ...OWN_CONNECTION, 'content-type': 'application/json', ...wrong },
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
});

test('a failed video goes to the error output, the others to the next node', async () => {
	const settings: LumaSettings = { ...SUSPEND, onError: 'continueErrorOutput' };
	const call = await fallAsleep([PROMPTS[0], DOOMED], settings);
	endVideos();
	const execution = await untilStatus(stage.client, call, 'success');

	const [made] = given(execution, 'After');
	expect(made.map(({ json }) => json.status)).toEqual(['completed']);
	const [failed] = given(execution, 'Failed');
	expect(failed.map(({ json }) => json.error)).toEqual([
		expect.objectContaining({ status: 'failed', message: expect.stringContaining('Item 2') }),
	]);
});
