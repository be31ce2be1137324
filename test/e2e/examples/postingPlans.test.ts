/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { itemsOf, outputOf } from '../../../scripts/n8n/answers';
import { repository } from '../../../scripts/n8n/versions';
import { until } from '../../../support/eventually';
import { DataTable, type TableRow } from '../../../support/examples/dataTable';
import {
	CAPTION,
	CHANNEL,
	CHANNEL_POST,
	PAGE_POST,
	PROMPT,
	telegram,
} from '../../../support/examples/networkCases';
import { modelSays } from '../../../support/n8n/chatModel';
import { ExampleTestbed, formWith, submit } from '../../../support/examples/testbed';

const aLink = expect.stringMatching(/^http.*\.mp4/);
const noVideoOf = (word: string): ExampleTestbed['failure'] => {
	return ({ prompt }) => (prompt?.includes(word) ? { message: 'no GPU left' } : undefined);
};

let examples: ExampleTestbed;
beforeAll(async () => {
	examples = await ExampleTestbed.open('proxied');
});
afterAll(async () => await examples?.close());
beforeEach(() => {
	examples.clear();
	examples.networks.answer(telegram.steps);
});

describe('approve-before-posting', () => {
	async function start(): Promise<string> {
		const workflow = await examples.imported('approve-before-posting', telegram.filling);
		return await examples.start(workflow, { Prompt: PROMPT, Caption: CAPTION });
	}

	/** What a person chooses on the page of a take, and the prompt of the next one. */
	async function choose(id: string, take: number, ...chosen: string[]): Promise<string> {
		const { url, html } = await examples.page(id, 'Look at It', take);
		await submit(url, formWith('', ...chosen));
		return html;
	}

	test('shows each take, and posts only the one that is approved', async () => {
		const next = 'The same barista, camera orbits left';
		const id = await start();
		await choose(id, 1, 'Make Another Take', next);
		const html = await choose(id, 2, 'Post It', '');
		const execution = await examples.client.untilFinished(id);

		expect(execution.status).toBe('success');
		const tasks = examples.newTasks();
		expect(tasks.map(({ input }) => input.prompt)).toEqual([PROMPT, next]);
		expect(examples.networks.requests).toEqual([CHANNEL, CHANNEL_POST]);
		const [posted] = outputOf(execution, 'Posted');
		expect(posted).toMatchObject({ taskId: tasks[1].taskId, videoUrl: aLink });
		expect(html).toContain(String(posted.videoUrl));
		const { content } = examples.networks.last(CHANNEL_POST);
		const { videoUrl: video } = posted;
		expect(content).toMatchObject({ chat_id: -1001, video, caption: CAPTION });
	});

	test('posts nothing when a person stops, and keeps the take', async () => {
		const id = await start();
		await choose(id, 1, 'Stop', '');
		const execution = await examples.client.untilFinished(id);

		expect(examples.networks.requests).toEqual([CHANNEL]);
		const [{ taskId }] = examples.newTasks();
		expect(outputOf(execution, 'Not Posted')).toEqual([
			expect.objectContaining({ taskId, videoUrl: aLink }),
		]);
	});

	test('makes three takes at most', async () => {
		const id = await start();
		for (const take of [1, 2, 3]) await choose(id, take, 'Make Another Take', '');
		const execution = await examples.client.untilFinished(id);

		expect(examples.newTasks()).toHaveLength(3);
		expect(outputOf(execution, 'Not Posted')).toHaveLength(1);
	});
});

test('pick-the-best shows all videos that were made, and hands on the one that a person chooses', async () => {
	let created = 0;
	examples.failure = () => (++created === 2 ? { message: 'no GPU left' } : undefined);
	const workflow = await examples.imported('pick-the-best');
	const id = await examples.start(workflow, { Prompt: PROMPT, 'How Many': '4' });
	const { url, html } = await examples.page(id, 'Look at Them');
	await submit(url, formWith('', 'Video 2'));
	const execution = await examples.client.untilFinished(id);

	expect(examples.newTasks().map(({ input }) => input.prompt)).toEqual(Array(4).fill(PROMPT));
	const made = outputOf(execution, 'Make the Videos').filter(({ videoUrl }) => videoUrl);
	expect(made).toHaveLength(3);
	for (const { videoUrl } of made) expect(html).toContain(String(videoUrl));
	const [, { videoUrl, taskId }] = made;
	expect(outputOf(execution, 'The Best One')).toEqual([{ videoUrl, taskId, prompt: PROMPT }]);
});

describe('content-calendar', () => {
	const csv = readFileSync(join(repository, 'workflows', 'content-calendar.csv'), 'utf8');
	const columns = csv.split('\n')[0].split(',');
	const due = { network: 'telegram', caption: CAPTION, time: '2026-01-01T09:00:00' };

	async function plan(...rows: TableRow[]): Promise<DataTable> {
		const planned = rows.map((row) => ({ ...due, status: 'planned', ...row }));
		return await DataTable.create(examples.client, columns, planned);
	}

	async function run({ id }: DataTable) {
		return await examples.run('content-calendar', undefined, {
			'Read the Plan': { dataTableId: { __rl: true, mode: 'id', value: id } },
			'Send to Telegram': { chatId: '@corner_coffee' },
			'Post on Facebook': { node: '1234' },
		});
	}

	test('makes and posts the rows that are due, and writes back what became of each', async () => {
		const refused = 'a network that refuses';
		examples.failure = noVideoOf('no video');
		const takes = (caption: unknown) =>
			caption === refused
				? { status: 400, json: { ok: false, description: 'Bad Request: caption' } }
				: { json: { ok: true, result: { message_id: 12 }, id: '555' } };
		examples.networks.answer([
			[CHANNEL_POST, ({ content }) => takes((content as { caption: string }).caption)],
			[PAGE_POST, ({ query }) => takes(query.description)],
		]);
		const table = await plan(
			{ prompt: 'one with no video' },
			{ prompt: 'refused by Telegram', caption: refused },
			{ prompt: 'refused by Facebook', caption: refused, network: 'facebook' },
			{ prompt: 'for Telegram' },
			{ prompt: 'for Facebook', network: 'facebook' },
			{ prompt: 'of tomorrow', time: '2999-01-01T09:00:00' },
			{ prompt: 'for nobody', network: 'myspace' },
			{ prompt: 'not ready', status: 'draft' },
		);
		await run(table);

		const taskId = (prompt: string) =>
			examples.newTasks().find((task) => task.input.prompt === prompt)?.taskId;
		const made = (prompt: string, status: string, note: unknown) =>
			expect.objectContaining({ prompt, status, note, task_id: taskId(prompt), video_url: aLink });
		expect(await table.rows()).toEqual([
			expect.objectContaining({
				status: 'no video',
				note: expect.stringContaining('no GPU left'),
				task_id: taskId('one with no video'),
			}),
			made('refused by Telegram', 'not posted', expect.stringMatching(/./)),
			made('refused by Facebook', 'not posted', expect.stringMatching(/./)),
			made('for Telegram', 'posted', ''),
			made('for Facebook', 'posted', ''),
			expect.objectContaining({ status: 'planned', task_id: null }),
			expect.objectContaining({ status: 'incomplete', task_id: null }),
			expect.objectContaining({ status: 'draft', task_id: null }),
		]);
		expect(examples.newTasks()).toHaveLength(5);
	});

	test('pays a row once, although the next run starts before its video is ready', async () => {
		const table = await plan({ prompt: 'the only one' });
		examples.holdVideos();
		const first = run(table);
		await until('the video is created', () => examples.newTasks().length > 0);
		await run(table);
		examples.endVideos();
		await first;

		expect(examples.newTasks()).toHaveLength(1);
		expect(await table.rows()).toEqual([expect.objectContaining({ status: 'posted' })]);
	});

	test('has saved the link when the network is called, so that nothing can lose it', async () => {
		const table = await plan({ prompt: 'the only one' });
		let before: TableRow[] = [];
		examples.networks.change(CHANNEL_POST, async () => {
			before = await table.rows();
			return { status: 401, json: { ok: false } };
		});
		await run(table);

		const [{ taskId }] = examples.newTasks();
		const saved = { task_id: taskId, video_url: aLink };
		expect(before).toEqual([expect.objectContaining({ ...saved, status: 'made' })]);
		expect(await table.rows()).toEqual([
			expect.objectContaining({ ...saved, status: 'not posted' }),
		]);
	});
});

describe('story-from-scenes', () => {
	const story = {
		Subject: 'An old sailor with a red cap',
		Style: 'Hand-painted animation',
		Scenes: 'He is carrying a lantern\n\n  He is rowing out to sea  \nHe is lighting the lamp\n',
	};

	test('makes one clip per scene, each from the last frame of the one before', async () => {
		const execution = await examples.run('story-from-scenes', story);

		const tasks = examples.newTasks();
		expect(tasks.map(({ input }) => input.prompt)).toEqual(
			['He is carrying a lantern', 'He is rowing out to sea', 'He is lighting the lamp'].map(
				(scene) => `${story.Subject}. ${scene}. ${story.Style}`,
			),
		);
		const { runData } = execution.data.resultData;
		const made = [...runData['First Scene'], ...runData['Next Scene']].map(
			({ data }) => data!.main[0]![0].json,
		);
		expect(tasks.map(({ input }) => input.start_image)).toEqual([
			undefined,
			made[0].lastFrameUrl,
			made[1].lastFrameUrl,
		]);
		expect(outputOf(execution, 'List the Clips')).toEqual(
			tasks.map(({ taskId, input }, index) => ({
				scene: index + 1,
				taskId,
				prompt: input.prompt,
				videoUrl: aLink,
				note: '',
			})),
		);
		const [film] = itemsOf(execution, 'Join the Clips');
		expect(film.json).toMatchObject({ clips: 3, duration: 15 });
		expect(film.json.taskIds).toEqual(tasks.map(({ taskId }) => taskId));
		expect(film.binary?.data.fileName).toBe('An old sailor with a red.mp4');
	});

	test('lists the clips before a scene that cannot be made, with the reason', async () => {
		examples.failure = noVideoOf('rowing');
		const execution = await examples.run('story-from-scenes', story);

		expect(outputOf(execution, 'List the Clips')).toEqual([
			expect.objectContaining({
				scene: 1,
				videoUrl: aLink,
				note: expect.stringContaining('no GPU left'),
			}),
		]);
		expect(outputOf(execution, 'Join the Clips')).toMatchObject([{ clips: 1, duration: 5 }]);
		expect(examples.newTasks()).toHaveLength(2);
	});
});

describe('daily-post', () => {
	const filling = { ...telegram.filling, 'Write Prompt and Caption': { text: 'A café in Lisbon' } };
	const chat = () => `POST ${examples.networks.url}/v1/chat/completions`;

	test('posts a video with the prompt and the caption of the language model', async () => {
		const content = JSON.stringify({ output: { prompt: PROMPT, caption: CAPTION } });
		examples.networks.answer([...telegram.steps, [chat(), { json: modelSays({ content }) }]]);
		const execution = await examples.run('daily-post', undefined, filling);

		const { requests } = examples.networks;
		expect(requests).toEqual([CHANNEL, chat(), CHANNEL_POST]);
		const asked = examples.networks.last(chat()).content;
		expect(JSON.stringify(asked)).toContain('A café in Lisbon');
		expect(examples.newTasks().map(({ input }) => input.prompt)).toEqual([PROMPT]);
		const [{ videoUrl: video, caption }] = outputOf(execution, 'Posted');
		expect(caption).toBe(CAPTION);
		expect(examples.networks.last(CHANNEL_POST).content).toMatchObject({ caption, video });
	});

	test('pays nothing when the language model does not answer', async () => {
		const refusal = { status: 400, json: { error: { message: 'no quota' } } };
		examples.networks.answer([...telegram.steps, [chat(), refusal]]);
		const workflow = await examples.imported('daily-post', filling);

		expect((await examples.execute(workflow)).status).toBe('error');
		expect(examples.newTasks()).toEqual([]);
	});
});
