/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { exampleFile, withCredential } from '../../../scripts/demo/editor';
import { itemsOf, outputOf } from '../../../scripts/n8n/answers';
import { repository } from '../../../scripts/n8n/versions';
import { createTask } from '../../../support/engine/webhookRequests';
import { chatAnswer, type ChatRequest } from '../../../support/n8n/chatModel';
import { DataTable } from '../../../support/examples/dataTable';
import type { Step } from '../../../support/examples/networks';
import { ExampleTestbed } from '../../../support/examples/testbed';
import { until } from '../../../support/eventually';
import { filmOf } from '../../../support/media/mp4File';
import { EVERY_TWO_SECONDS, untilPolledAgain } from '../../../support/polling';
import { untilStatus } from '../../../support/n8n/runs';
import { RIGHT_KEY } from '../../../support/n8n/testbed';

const media = join(repository, 'simulator', 'media');
const picture = (name: string) => readFileSync(join(media, `${name}.thumbnail.jpg`));
const PHOTOS: Record<string, Buffer> = {
	'mug-01.jpg': picture('1x1'),
	'lamp-02.jpg': picture('4x3'),
};
const ASKED = ['fox', 'hare', 'owl'].map((animal) => ({
	prompt: `A ${animal} in the snow`,
	aspectRatio: '9:16',
}));

let examples: ExampleTestbed;
beforeAll(async () => {
	examples = await ExampleTestbed.open();
});
afterAll(async () => await examples?.close());
beforeEach(() => {
	examples.clear();
	examples.networks.answer([
		...['posts', 'messages', 'films', 'clips/mug-01.mp4', 'clips/lamp-02.mp4'].map(taken),
		[
			to('v1/chat/completions'),
			({ content }) => ({ json: chatAnswer(content as ChatRequest, ASKED) }),
		],
	]);
});

/** A request to the shop, the social network or the chat model. */
const to = (path: string) => `POST ${examples.networks.url}/${path}`;
const taken = (path: string): Step => [to(path), { json: { taken: true } }];

/** What the services were sent. */
const posts = () => examples.networks.calls.map(({ request, content }) => ({ request, content }));

const NO_VIDEO = { message: 'no GPU left' };
const aVideo = () => expect.stringContaining(`${examples.simulator.baseUrl}/media/`);

async function download(address: string): Promise<Buffer> {
	return Buffer.from(await (await fetch(address)).arrayBuffer());
}

test('text-to-video: a video, and the text of a post about it', async () => {
	const [{ json }] = itemsOf(await examples.run('text-to-video'), 'Write Post Text');

	expect(json).toMatchObject({ status: 'completed', videoUrl: aVideo() });
	expect(json.postText).toContain(json.videoUrl);
});

describe('text-to-social-post', () => {
	test('the post with the vertical video arrives where it should', async () => {
		const execution = await examples.run('text-to-social-post');

		const [{ videoUrl }] = outputOf(execution, 'Make a Vertical Video');
		expect(posts()).toEqual([
			{ request: to('posts'), content: { text: expect.any(String), videoUrl } },
		]);
		expect(examples.newTasks().map(({ input }) => input.aspect_ratio)).toEqual(['9:16']);
	});

	test('a post that failed is sent by a retry, with the video that was made', async () => {
		examples.networks.change(to('posts'), { status: 503 });
		const failed = await examples.execute(await examples.imported('text-to-social-post'));
		expect(failed.status).toBe('error');
		examples.networks.change(...taken('posts'));
		const { status } = await examples.client.retry(failed.id, true);

		expect(status).toBe('success');
		const [first, second] = posts();
		expect(second).toEqual(first);
		expect(second.content).toMatchObject({ videoUrl: aVideo() });
		expect(examples.newTasks()).toHaveLength(1);
	});
});

/** The form of product-photos-to-clips. */
function photosForm(): FormData {
	const form = new FormData();
	for (const [name, photo] of Object.entries(PHOTOS)) {
		form.append('field-0', new Blob([photo], { type: 'image/jpeg' }), name);
	}
	form.append('field-1', 'Camera orbits left, soft morning light is moving over the product');
	return form;
}

test.each([
	'text-to-social-post',
	'product-photos-to-clips',
	'prompt-table-with-budget',
	'four-scenes-of-one-product',
])('%s: creates nothing as long as something is to be filled in', async (name) => {
	const file = withCredential(exampleFile(name), examples.piapi);
	const workflow = await examples.client.createWorkflow(file);
	// n8n starts no run: 1.123 and 2.8 refuse the request, 2.41 stores an execution that says why. From 2.8
	// on, n8n does not publish the workflow of a form either.
	const hasForm = workflow.nodes.some(({ type }) => type.endsWith('.formTrigger'));
	const run = hasForm ? examples.submitForm(workflow, photosForm()) : examples.execute(workflow);
	const refusal = await run.then(
		({ data }) => data.resultData.error,
		(error: Error) => error,
	);
	expect(refusal?.message).toMatch(/has issues|have configuration issues/);
	expect(examples.newTasks()).toEqual([]);
});

test('product-photos-to-clips: each photo goes in as a file, and its clip is uploaded as one', async () => {
	const workflow = await examples.imported('product-photos-to-clips');
	const { status } = await examples.submitForm(workflow, photosForm());
	expect(status).toBe('success');

	const content = readFileSync(join(media, '1x1.mp4'));
	const headers = expect.objectContaining({ 'content-type': 'video/mp4' });
	expect(examples.networks.calls).toHaveLength(2);
	for (const name of ['lamp-02', 'mug-01']) {
		const clip = examples.networks.last(to(`clips/${name}.mp4`));
		expect(clip).toEqual(expect.objectContaining({ headers, content }));
	}
	const started = examples
		.newTasks()
		.map(async ({ input }) => await download(String(input.start_image)));
	expect(new Set(await Promise.all(started))).toEqual(new Set(Object.values(PHOTOS)));
});

test('prompt-table-with-budget: the rows that fit are made, the others say why not', async () => {
	const csv = readFileSync(join(repository, 'workflows', 'prompt-table.csv'), 'utf8');
	const table = await DataTable.import(examples.client, csv);
	const dataTableId = { __rl: true, mode: 'id', value: table.id };
	const filling = { 'Prompt Table': { dataTableId } };
	const execution = await examples.run('prompt-table-with-budget', undefined, filling);

	const finished = outputOf(execution, 'Finished Videos');
	expect(finished).toEqual(
		['Lighthouse', 'Paper boat', 'Kite'].map((title) => ({
			title,
			videoUrl: aVideo(),
			costUsd: 0.2,
		})),
	);
	const left = outputOf(execution, 'Left for Next Time');
	expect(left).toEqual(
		['Night tram', 'Bakery'].map((title) => ({
			title,
			reason: expect.stringMatching(/would exceed the spending limit/),
			whatToDo: expect.stringMatching(/the limit is \$0\.60/),
		})),
	);
	expect(examples.newTasks()).toHaveLength(3);
});

test('florist-campaign: one bouquet in four settings, as a video for each format', async () => {
	const plan = outputOf(await examples.run('florist-campaign'), 'Campaign Plan');

	expect(plan).toEqual(
		['Reels and Shorts', 'Website'].map((channel) => ({
			channel,
			caption: expect.any(String),
			videoUrl: aVideo(),
		})),
	);
	const inputs = examples.newTasks().map(({ input }) => input);
	expect(inputs.map(({ aspect_ratio: ratio }) => ratio).sort()).toEqual(['16:9', '9:16']);
	for (const { prompt, duration } of inputs) {
		expect(prompt).toMatch(/^Four scenes of one bouquet of .*Scene 1: .*Scene 4: .*Style: /);
		expect(duration).toBe(10);
	}
});

test('four-scenes-of-one-product: the clips of the scenes arrive as one film, in the order of the scenes', async () => {
	const execution = await examples.run('four-scenes-of-one-product');

	const prompts = examples.newTasks().map(({ input }) => String(input.prompt));
	expect(prompts).toHaveLength(4);
	for (const prompt of prompts) expect(prompt).toMatch(/^A bouquet of .*Camera .*Bright editorial/);
	const made = outputOf(execution, 'Film the Scenes');
	expect(made.map(({ prompt }) => String(prompt).split(',')[2])).toEqual([
		expect.stringContaining('pool'),
		expect.stringContaining('sand garden'),
		expect.stringContaining('newspapers'),
		expect.stringContaining('table'),
	]);
	expect(outputOf(execution, 'Join the Scenes')).toEqual([
		expect.objectContaining({ clips: 4, duration: 20, taskIds: made.map(({ taskId }) => taskId) }),
	]);
	const { headers, content } = examples.networks.last(to('films'));
	expect(headers).toMatchObject({ 'content-type': 'video/mp4' });
	const clip = filmOf(readFileSync(join(media, '9x16.mp4'))).frames.length;
	expect(filmOf(content as Buffer).frames).toHaveLength(4 * clip);
});

describe('long-queue', () => {
	const aFinished = { status: 'completed', videoUrl: expect.stringMatching(/^http/), note: '' };
	const aFailed = { status: 'failed', videoUrl: '', note: expect.stringMatching(/. \[item 2\]$/) };

	test('is suspended, resumes when the last task has ended, and lists all videos in their order', async () => {
		examples.holdVideos();
		examples.failure = ({ prompt }) => (prompt?.includes('kite') ? NO_VIDEO : undefined);
		const workflow = await examples.imported('long-queue');
		const running = examples.execute(workflow);
		const call = { workflowId: workflow.id, response: Promise.resolve(new Response()) };
		await untilStatus(examples.client, call, 'waiting');
		examples.endVideos();

		const execution = await running;
		expect(execution.status).toBe('success');
		const rows = outputOf(execution, 'One Item per Row');
		expect(outputOf(execution, 'List of Videos')).toEqual(
			rows.map(({ prompt, title }) => ({
				prompt,
				...(title === 'Kite' ? aFailed : aFinished),
			})),
		);
		expect(examples.newTasks()).toHaveLength(rows.length);
	});

	test('picks up a video that ends late, keeps the rest, and creates nothing anew', async () => {
		const { baseUrl } = examples.simulator;
		const ordered = async (prompt: string) =>
			await createTask(baseUrl, { apiKey: RIGHT_KEY, prompt });
		const inTime = { prompt: 'in time', status: 'completed', taskId: await ordered('in time') };
		examples.holdVideos();
		const late = { prompt: 'late', status: 'timeout', taskId: await ordered('late') };
		const refused = { error: 'The prompt is empty [item 2]', whatToDo: 'Enter a prompt.' };
		const slept = [late, inTime, refused].map((json) => ({ json }));
		// As n8n hands them on when the time to sleep is over, which takes 2 minutes at the least.
		const pinData = { 'Create and Suspend': slept };
		const file = { ...(await examples.filledIn('long-queue')), pinData };
		const running = examples.execute(await examples.client.createWorkflow(file));
		await until('the late one is waited for', () => examples.newTasks()[1].reads > 0);
		examples.endVideos();
		const execution = await running;

		expect(outputOf(execution, 'List of Videos')).toEqual([
			{ prompt: 'late', ...aFinished },
			{ prompt: 'in time', ...aFinished },
			{ prompt: '', status: 'not created', videoUrl: '', note: refused.error },
		]);
		expect(examples.newTasks()).toHaveLength(2);
	});
});

test('agent-makes-video: what the chat asks for is made, up to the limit, and the answer has the links', async () => {
	const workflow = await examples.imported('agent-makes-video');
	const execution = await examples.execute(workflow, {
		sessionId: workflow.id,
		action: 'sendMessage',
		chatInput: 'Winter animals, for Instagram',
	});

	expect(execution.status).toBe('success');
	const [{ output }] = outputOf(execution, 'Video Assistant');
	const inputs = examples.newTasks().map(({ input }) => input);
	expect(inputs).toHaveLength(2);
	for (const { prompt, aspect_ratio: aspectRatio } of inputs) {
		expect(ASKED).toContainEqual({ prompt, aspectRatio });
		expect(output).toContain(prompt);
	}
	expect(output).toEqual(aVideo());
	expect(output).toMatch(/would exceed the spending limit/);
});

describe('fire-and-forget', () => {
	test('ends at once and gives PiAPI no address to call, and the trigger starts a second run with the video', async () => {
		const workflow = await examples.imported('fire-and-forget', {
			'When a Video Has Ended': { pollTimes: EVERY_TWO_SECONDS },
		});
		await examples.client.activate(workflow);

		examples.holdVideos();
		const [{ taskId }] = outputOf(await examples.execute(workflow), 'Note the Task');
		expect(examples.newTasks().map((task) => task.taskId)).toEqual([taskId]);
		expect(examples.newTasks()[0].config.webhook_config?.endpoint).toBe('');
		await untilPolledAgain(examples.simulator);
		expect(posts()).toEqual([]);
		examples.endVideos();
		await until('the video is posted', () => posts().length > 0);
		await untilPolledAgain(examples.simulator);
		expect(posts()).toEqual([
			{ request: to('posts'), content: { text: expect.any(String), videoUrl: aVideo() } },
		]);
		expect(await examples.client.executions(workflow.id)).toHaveLength(2);

		examples.failure = () => NO_VIDEO;
		await examples.execute(workflow);
		examples.endVideos();
		await until('the failure is told', () => posts().length > 1);
		const text = expect.stringMatching(/could not be made: no GPU left/);
		expect(posts()[1]).toEqual({ request: to('messages'), content: { text } });
		await examples.client.deactivate(workflow);
	});
});
