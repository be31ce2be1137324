/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { StoredCredential } from '../../scripts/n8n/answers';
import { newInTest } from '../../support/n8n/newInTest';
import { run, type RunResult } from '../../support/n8n/runs';
import { joinTestbed } from '../../support/n8n/sharedN8n';
import { RIGHT_KEY, WRONG_KEY, type Testbed } from '../../support/n8n/testbed';
import { lumaNode, videoWorkflow, webhookWorkflow } from '../../support/n8n/workflows';
import type { SimulatorOptions } from '../../simulator';
import { createTask } from '../../support/engine/webhookRequests';

let testbed: Testbed;
beforeAll(async () => {
	testbed = await joinTestbed();
});
afterAll(async () => await testbed?.close());

const { newTasks, newCalls } = newInTest(() => testbed.simulator);

async function makeVideos(
	credential: StoredCredential,
	prompts: string[],
	options?: Record<string, unknown>,
): Promise<RunResult> {
	return await run(testbed.client, videoWorkflow(credential, { options }), { prompts });
}

/** Every file of this n8n (its database above all) and its log. */
function everythingN8nWrote(): string {
	const files = readdirSync(testbed.n8n.userFolder, { recursive: true, withFileTypes: true });
	const texts = files
		.filter((file) => file.isFile())
		.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
	return [...texts, testbed.n8n.log()].join('\n');
}

/** `stored` is something n8n did write, which shows that the search would have found the key. */
function expectNowhere(key: string, stored: string): void {
	const everything = everythingN8nWrote();
	expect(everything.includes(stored)).toBe(true);
	expect(everything.includes(key)).toBe(false);
}

describe('making videos in a real n8n', () => {
	test('two prompts in, two video URLs out in the same order, each paid for once', async () => {
		const credential = await testbed.credentialWith(RIGHT_KEY);
		const prompts = ['A kite climbs over a beach', 'A cat yawns on a windowsill'];

		const { status, items } = await makeVideos(credential, prompts);

		expect(status).toBe(200);
		expect(items.map(({ prompt }) => prompt)).toEqual(prompts);
		expect(newCalls('create')).toHaveLength(2);
		const madeIds = newTasks().map(({ taskId }) => taskId);
		expect(new Set(madeIds)).toEqual(new Set(items.map(({ taskId }) => taskId)));
		for (const { status: reached, videoUrl } of items) {
			expect(reached).toBe('completed');
			const video = await fetch(String(videoUrl));
			expect(video.headers.get('content-type')).toBe('video/mp4');
		}
	});

	test('a wrong key is named, and is stored and logged nowhere', async () => {
		const credential = await testbed.credentialWith(WRONG_KEY);

		const { status, execution } = await makeVideos(credential, ['A paper boat drifts away']);

		expect(status).toBe(500);
		expect(execution.status).toBe('error');
		const { error } = execution.data.resultData;
		expect(`${error?.message} ${error?.description}`).toMatch(/check .*PiAPI key/i);
		expect(JSON.stringify(execution)).not.toContain(WRONG_KEY);
		expectNowhere(WRONG_KEY, 'A paper boat drifts away');
		expect(newTasks()).toEqual([]);
	});

	test('a connection that breaks: the key is stored and logged nowhere', async () => {
		const credential = await testbed.credentialWith(RIGHT_KEY);
		testbed.simulator.addFault({ route: 'account', calls: 'every', effect: { kind: 'reset' } });
		const dryRun = { dryRun: true };

		const { execution } = await makeVideos(credential, ['A paper boat drifts away'], dryRun);

		expect(execution.status).toBe('error');
		expect(JSON.stringify(execution)).not.toContain(RIGHT_KEY);
		expectNowhere(RIGHT_KEY, 'A paper boat drifts away');
	});

	test('an empty prompt stops before anything is sent', async () => {
		const credential = await testbed.credentialWith(RIGHT_KEY);

		const { execution } = await makeVideos(credential, ['']);

		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toMatch(/prompt/i);
		expect(newCalls()).toEqual([]);
	});
});

describe('the videos of the account in a real n8n', () => {
	/** An account in which two videos were asked for, by some other tool. */
	async function accountWith(simulator: SimulatorOptions) {
		const account = await joinTestbed({ simulator });
		const { baseUrl } = account.simulator;
		const taskIds = [
			await createTask(baseUrl, { apiKey: RIGHT_KEY }),
			await createTask(baseUrl, { apiKey: RIGHT_KEY }),
		];
		const runNode = async (parameters: Record<string, unknown>) => {
			const credential = await account.credentialWith(RIGHT_KEY);
			const workflow = webhookWorkflow('allEntries', [lumaNode(credential, { parameters })]);
			return (await run(account.client, workflow, {})).items;
		};
		return { ...account, taskIds, runNode };
	}

	test('Get Usage says how many were made and what they cost', async () => {
		const account = await accountWith({ queueSeconds: 0, renderSeconds: 0 });
		const items = await account.runNode({ resource: 'account', operation: 'getUsage' });
		await account.close();

		expect(items).toMatchObject([{ videos: 2, costUsd: 0.4, runningVideos: 0 }]);
		expect(items[0].days).toHaveLength(30);
	});

	test('Cancel Many cancels those that have not started', async () => {
		const account = await accountWith({ queueSeconds: 3600 });
		const all = { resource: 'task', operation: 'cancelMany', tasksToCancel: 'all' };
		const items = await account.runNode(all);
		await account.close();

		expect(items).toMatchObject([{ cancelledTasks: 2, notCancelled: [] }]);
		expect([...(items[0].taskIds as string[])].sort()).toEqual([...account.taskIds].sort());
		const statuses = [...account.simulator.tasks.values()].map(({ status }) => status);
		expect(statuses).toEqual(['cancelled', 'cancelled']);
	});
});
