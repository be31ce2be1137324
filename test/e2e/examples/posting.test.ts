/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { exampleFile } from '../../../scripts/demo/editor';
import { outputOf, type Execution } from '../../../scripts/n8n/answers';
import { repository } from '../../../scripts/n8n/versions';
import {
	CAPTION,
	networkCases,
	ofTiktok,
	PROMPT,
	type NetworkCase,
} from '../../../support/examples/networkCases';
import type { Reply } from '../../../support/examples/networks';
import { ExampleTestbed } from '../../../support/examples/testbed';

const submitted = { Prompt: PROMPT, Caption: CAPTION };

let examples: ExampleTestbed;
beforeAll(async () => {
	examples = await ExampleTestbed.open('proxied');
});
afterAll(async () => await examples?.close());
beforeEach(() => examples.clear());

async function run({ workflow, filling, form }: NetworkCase): Promise<Execution> {
	const stored = await examples.imported(workflow, filling);
	return await examples.execute(stored, { ...submitted, ...form });
}

/** The video that the Luma node has made. */
function madeIn(execution: Execution, { workflow }: NetworkCase) {
	const isMaker = ({ type }: { type: string }) => type === 'n8n-nodes-piapi-luma.luma';
	const [{ videoUrl, taskId }] = outputOf(
		execution,
		exampleFile(workflow).nodes.find(isMaker)!.name,
	);
	expect(videoUrl).toMatch(/^http/);
	expect(taskId).toBe(examples.newTasks()[0].taskId);
	return { videoUrl: String(videoUrl), taskId: String(taskId) };
}

function resultOf(execution: Execution): object[] {
	return outputOf(execution, String(execution.data.resultData.lastNodeExecuted));
}

describe.each(networkCases)('$workflow', (network) => {
	const { steps, sent, ratio } = network;
	const requests = steps.map(([request]) => request);
	const { publish = requests[requests.length - 1] } = network;

	test('posts the video with its caption, in the documented order of requests, however slowly the network answers', async () => {
		examples.networks.answer(steps);
		const [, reply] = steps.find(([request]) => request === publish)!;
		examples.networks.change(publish, async () => await sleep(1000, reply as Reply));
		const execution = await run(network);

		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(examples.newTasks().map(({ input }) => input)).toEqual([
			expect.objectContaining({ prompt: PROMPT, aspect_ratio: ratio }),
		]);
		expect(withPartsSorted(examples.networks.requests)).toEqual(requests);
		const made = madeIn(execution, network);
		const media = `simulator/media/${ratio.replace(':', 'x')}.mp4`;
		const arrived = sent({ ...made, file: readFileSync(join(repository, media)) });
		for (const [request, call] of Object.entries(arrived)) {
			expect(examples.networks.last(request)).toEqual(expect.objectContaining(call));
		}
		expect(resultOf(execution)).toEqual([expect.objectContaining(made)]);
	});

	test('pays nothing as long as the login does not work', async () => {
		examples.networks.answer(steps);
		examples.networks.change(requests[0], { status: 401, json: {} });
		const { status } = await run(network);

		expect(status).toBe('error');
		expect(examples.networks.requests).toContain(requests[0]);
		expect(examples.newTasks()).toEqual([]);
	});

	test.each([
		{ does: 'refuses it', reply: { status: 400, json: { error: { message: 'not this one' } } } },
		{ does: 'is out of order', reply: { status: 503, text: 'down' } },
	])('keeps the video when the network $does, and posts it in a retry', async ({ reply }) => {
		examples.networks.answer(steps);
		examples.networks.change(publish, reply);
		const failed = await run(network);
		expect(failed.status).toBe('error');
		const made = madeIn(failed, network);

		examples.networks.answer(steps);
		const retried = await examples.client.retry(failed.id, true);
		expect(retried.status).toBe('success');
		expect(examples.networks.requests).toContain(publish);
		expect(resultOf(retried)).toEqual([expect.objectContaining(made)]);
		expect(examples.newTasks()).toHaveLength(1);
	});
});

const caseOf = (name: string) => networkCases.find(({ workflow }) => workflow === name)!;

test.each([
	...['instagram-reel', 'facebook-page-video', 'telegram-channel'],
	...['keep-on-google-drive', 'keep-on-s3'],
])('%s does nothing before its address is filled in', async (name) => {
	examples.networks.answer([]);
	// Some versions of n8n refuse to start it, others end it at once.
	const message = await run({ ...caseOf(name), filling: {} }).then(
		({ data }) => data.resultData.error?.message,
		(error: Error) => error.message,
	);

	expect(message).toMatch(/issues/);
	expect(examples.networks.requests).toEqual([]);
	expect(examples.newTasks()).toEqual([]);
});

describe('a network that does not finish the video', () => {
	test.each([
		[
			'instagram-reel',
			{ json: { id: '180', status_code: 'ERROR', status: 'wrong codec' } },
			'ERROR wrong codec',
		],
		['instagram-reel', { json: { id: '180', status_code: 'IN_PROGRESS' } }, 'IN_PROGRESS'],
		[
			'tiktok-video',
			ofTiktok({ status: 'FAILED', fail_reason: 'frame_rate' }),
			'FAILED frame_rate',
		],
		['linkedin-video', { json: { status: 'PROCESSING_FAILED' } }, 'PROCESSING_FAILED'],
	])('%s: the message has the reason, the link and the task (%j)', async (name, says, reason) => {
		const network = caseOf(name);
		const requests = network.steps.map(([request]) => request);
		examples.networks.answer(network.steps);
		const status = requests.find((request, index) => request === requests[index + 1])!;
		examples.networks.change(status, says);
		const execution = await run(network);

		expect(execution.status).toBe('error');
		const made = madeIn(execution, network);
		for (const words of [reason, made.videoUrl, made.taskId]) {
			expect(execution.data.resultData.error?.message).toContain(words);
		}
	});

	test('tiktok-video: pays nothing for an audience that the account must not post for', async () => {
		const tiktok = caseOf('tiktok-video');
		examples.networks.answer(tiktok.steps);
		const form = { 'Who Can Watch': 'PUBLIC_TO_EVERYONE' };
		const execution = await run({ ...tiktok, form });

		expect(execution.data.resultData.error?.message).toMatch(/FOLLOWER_OF_CREATOR, SELF_ONLY/);
		expect(examples.newTasks()).toEqual([]);
	});
});

/** The parts of a file may be uploaded in any order, as they are sent at the same time. */
function withPartsSorted(requests: string[]): string[] {
	const parts = requests.filter((request) => request.startsWith('PUT ')).sort();
	return requests.map((request) => (request.startsWith('PUT ') ? String(parts.shift()) : request));
}
