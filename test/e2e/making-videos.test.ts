/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { StoredCredential } from '../../scripts/n8n/answers';
import { run, type Answer } from '../../support/runs';
import { joinStage } from '../../support/sharedN8n';
import { RIGHT_KEY, WRONG_KEY, type Stage } from '../../support/stage';
import { videoWorkflow } from '../../support/workflows';

let stage: Stage;
beforeAll(async () => {
	stage = await joinStage();
});
afterAll(async () => await stage?.close());

/** The simulator keeps its log from test to test; each looks at what is new. */
let callsBefore = 0;
let tasksBefore = 0;
beforeEach(() => {
	callsBefore = stage.simulator.calls.length;
	tasksBefore = stage.simulator.tasks.size;
});
const newCalls = () => stage.simulator.calls.slice(callsBefore);
const newTaskIds = () => [...stage.simulator.tasks.keys()].slice(tasksBefore);

async function makeVideos(
	credential: StoredCredential,
	prompts: string[],
	options?: Record<string, unknown>,
): Promise<Answer> {
	return await run(stage.client, videoWorkflow(credential, { options }), { prompts });
}

const creates = () =>
	newCalls().filter(({ method, path }) => method === 'POST' && path === '/api/v1/task');

/** Every file of this n8n (its database above all) and its log. */
function everythingN8nWrote(): string {
	const files = readdirSync(stage.n8n.userFolder, { recursive: true, withFileTypes: true });
	const texts = files
		.filter((file) => file.isFile())
		.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
	return [...texts, stage.n8n.log()].join('\n');
}

/** `stored` is something n8n did write, which shows that the search would have found the key. */
function expectNowhere(key: string, stored: string): void {
	const everything = everythingN8nWrote();
	expect(everything.includes(stored)).toBe(true);
	expect(everything.includes(key)).toBe(false);
}

describe('making videos in a real n8n', () => {
	test('a prompt in, a video URL out, and one task paid for', async () => {
		const credential = await stage.credentialWith(RIGHT_KEY);

		const { status, items } = await makeVideos(credential, ['A paper boat drifts down a gutter']);

		expect(status).toBe(200);
		expect(items).toHaveLength(1);
		expect(items[0]).toMatchObject({
			status: 'completed',
			videoUrl: expect.stringMatching(/^http/),
		});
		expect(creates()).toHaveLength(1);
		expect(newTaskIds()).toEqual([items[0].taskId]);
		const video = await fetch(String(items[0].videoUrl));
		expect(video.headers.get('content-type')).toBe('video/mp4');
	});

	test('two prompts in, two videos out in the same order', async () => {
		const credential = await stage.credentialWith(RIGHT_KEY);
		const prompts = ['A kite climbs over a beach', 'A cat yawns on a windowsill'];

		const { items } = await makeVideos(credential, prompts);

		expect(items.map(({ prompt }) => prompt)).toEqual(prompts);
		expect(new Set(items.map(({ taskId }) => taskId)).size).toBe(2);
		expect(creates()).toHaveLength(2);
	});

	test('a wrong key is named, and is stored and logged nowhere', async () => {
		const credential = await stage.credentialWith(WRONG_KEY);

		const { status, execution } = await makeVideos(credential, ['A paper boat drifts away']);

		expect(status).toBe(500);
		expect(execution.status).toBe('error');
		const { error } = execution.data.resultData;
		expect(`${error?.message} ${error?.description}`).toMatch(/check .*PiAPI key/i);
		expect(JSON.stringify(execution)).not.toContain(WRONG_KEY);
		expectNowhere(WRONG_KEY, 'A paper boat drifts away');
		expect(newTaskIds()).toEqual([]);
	});

	test('a connection that breaks: the key is stored and logged nowhere', async () => {
		const credential = await stage.credentialWith(RIGHT_KEY);
		stage.simulator.addFault({ route: 'account', calls: 'every', effect: { kind: 'reset' } });
		const dryRun = { dryRun: true };

		const { execution } = await makeVideos(credential, ['A paper boat drifts away'], dryRun);
		stage.simulator.clearFaults();

		expect(execution.status).toBe('error');
		expect(JSON.stringify(execution)).not.toContain(RIGHT_KEY);
		expectNowhere(RIGHT_KEY, 'A paper boat drifts away');
	});

	test('an empty prompt stops before anything is sent', async () => {
		const credential = await stage.credentialWith(RIGHT_KEY);

		const { execution } = await makeVideos(credential, ['']);

		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toMatch(/prompt/i);
		expect(newCalls()).toEqual([]);
	});
});
