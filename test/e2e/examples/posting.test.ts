/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { outputOf, type Execution } from '../../../scripts/n8n/answers';
import { repository } from '../../../scripts/n8n/versions';
import {
	answersOf,
	CAPTION,
	PROMPT,
	requestsOf,
	type PostingCase,
} from '../../../support/examples/posting/case';
import { networkCases, ofTiktok } from '../../../support/examples/posting/networkCases';
import { PostingTestbed } from '../../../support/examples/posting/postingTestbed';

const submitted = { Prompt: PROMPT, Caption: CAPTION };
const aLink = expect.stringMatching(/^http/);

function videoFile(ratio: string): Buffer {
	return readFileSync(join(repository, 'simulator', 'media', `${ratio.replace(':', 'x')}.mp4`));
}

function caseOf(name: string): PostingCase {
	return networkCases.find(({ workflow }) => workflow === name)!;
}

function resultOf(execution: Execution): Array<Record<string, unknown>> {
	return outputOf(execution, String(execution.data.resultData.lastNodeExecuted));
}

let posting: PostingTestbed;
beforeAll(async () => {
	posting = await PostingTestbed.open();
});
afterAll(async () => await posting?.close());
beforeEach(() => posting.clear());

describe.each(networkCases)('$workflow', (row) => {
	const { workflow, filling, form, sent, ratio, maker } = row;
	const { all, check, publish } = requestsOf(row);

	async function run(): Promise<Execution> {
		return await posting.run(workflow, filling, { ...submitted, ...form });
	}

	test('posts the video with its caption, in the documented order of requests, however slowly the network answers', async () => {
		const answers = answersOf(row);
		posting.networks.answer(answers);
		posting.networks.change(publish, async (call) => {
			await sleep(1000);
			return await answers[publish](call);
		});
		const execution = await run();

		expect(execution.data.resultData.error?.message).toBeUndefined();
		const [task, ...others] = posting.newTasks();
		expect(others).toEqual([]);
		expect(task.input).toMatchObject({ prompt: PROMPT, aspect_ratio: ratio });
		expect(withPartsSorted(posting.networks.requests)).toEqual(all);
		const [{ videoUrl, taskId }] = outputOf(execution, maker);
		await sent(posting.networks, { videoUrl: String(videoUrl), file: videoFile(ratio) });
		expect(resultOf(execution)).toEqual([expect.objectContaining({ videoUrl, taskId })]);
	});

	test('pays nothing as long as the login does not work', async () => {
		posting.networks.answer(answersOf(row));
		posting.networks.change(check, () => ({ status: 401, json: {} }));
		const { status } = await run();

		expect(status).toBe('error');
		expect(posting.networks.requests).toContain(check);
		expect(posting.newTasks()).toEqual([]);
	});

	test.each([
		{ network: 'refuses it', reply: { status: 400, json: { error: { message: 'not this one' } } } },
		{ network: 'is out of order', reply: { status: 503, text: 'down' } },
	])('keeps the video when the network $network, and posts it in a retry', async ({ reply }) => {
		posting.networks.answer(answersOf(row));
		posting.networks.change(publish, () => reply);
		const failed = await run();
		expect(failed.status).toBe('error');
		const [{ videoUrl, taskId }] = outputOf(failed, maker);
		expect({ videoUrl, taskId }).toEqual({ videoUrl: aLink, taskId: posting.newTasks()[0].taskId });

		posting.networks.answer(answersOf(row));
		const retried = await posting.client.retry(failed.id, true);
		expect(retried.status).toBe('success');
		expect(posting.networks.requests).toContain(publish);
		expect(resultOf(retried)).toEqual([expect.objectContaining({ videoUrl, taskId })]);
		expect(posting.newTasks()).toHaveLength(1);
	});
});

test.each([
	{ workflow: 'instagram-reel', node: 'Check the Account' },
	{ workflow: 'facebook-page-video', node: 'Check the Page' },
	{ workflow: 'telegram-channel', node: 'Check the Channel' },
	{ workflow: 'keep-on-google-drive', node: 'Upload the File' },
	{ workflow: 'keep-on-s3', node: 'Check the Bucket' },
])('$workflow does nothing before $node is filled in', async ({ workflow }) => {
	posting.networks.answer({});
	// Some versions of n8n refuse to start it, others end it at once.
	const message = await posting.run(workflow, {}, submitted).then(
		({ data }) => data.resultData.error?.message,
		(error: Error) => error.message,
	);

	expect(message).toMatch(/issues/);
	expect(posting.networks.requests).toEqual([]);
	expect(posting.newTasks()).toEqual([]);
});

describe('a network that does not finish the video', () => {
	test.each([
		{
			workflow: 'instagram-reel',
			says: { json: { id: '180', status_code: 'ERROR', status: 'wrong codec' } },
			reason: /ERROR wrong codec/,
		},
		{
			workflow: 'tiktok-video',
			says: ofTiktok({ status: 'FAILED', fail_reason: 'frame_rate' }),
			reason: /FAILED frame_rate/,
		},
		{
			workflow: 'linkedin-video',
			says: { json: { status: 'PROCESSING_FAILED' } },
			reason: /PROCESSING_FAILED/,
		},
		{
			workflow: 'instagram-reel',
			says: { json: { id: '180', status_code: 'IN_PROGRESS' } },
			reason: /IN_PROGRESS/,
		},
	])('$workflow: the message has $reason, the link and the task', async (row) => {
		const network = caseOf(row.workflow);
		const { filling, form, maker } = network;
		posting.networks.answer(answersOf(network));
		posting.networks.change(String(requestsOf(network).status), () => row.says);
		const execution = await posting.run(row.workflow, filling, { ...submitted, ...form });

		expect(execution.status).toBe('error');
		const message = execution.data.resultData.error?.message;
		expect(message).toMatch(row.reason);
		const [{ videoUrl, taskId }] = outputOf(execution, maker);
		expect(message).toContain(String(videoUrl));
		expect(message).toContain(String(taskId));
	});

	test('tiktok-video: pays nothing for an audience that the account must not post for', async () => {
		posting.networks.answer(answersOf(caseOf('tiktok-video')));
		const forAll = { ...submitted, 'Who Can Watch': 'PUBLIC_TO_EVERYONE' };
		const execution = await posting.run('tiktok-video', {}, forAll);

		expect(execution.data.resultData.error?.message).toMatch(/FOLLOWER_OF_CREATOR, SELF_ONLY/);
		expect(posting.newTasks()).toEqual([]);
	});
});

/** The parts of a file may be uploaded in any order, as they are sent at the same time. */
function withPartsSorted(requests: string[]): string[] {
	const parts = requests.filter((request) => request.startsWith('PUT ')).sort();
	return requests.map((request) => (request.startsWith('PUT ') ? String(parts.shift()) : request));
}
