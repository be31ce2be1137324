/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { itemsOf, outputOf } from '../../../scripts/n8n/answers';
import { repository } from '../../../scripts/n8n/versions';
import { until } from '../../../support/eventually';
import { CAPTION, PROMPT } from '../../../support/examples/posting/case';
import { DataTable, type TableRow } from '../../../support/examples/posting/dataTable';
import { FormPage } from '../../../support/examples/posting/formPage';
import { jsonOf, type Answer } from '../../../support/examples/posting/networks';
import { PostingTestbed } from '../../../support/examples/posting/postingTestbed';

const TELEGRAM = 'https://api.telegram.org/bot1:token-of-the-tests';
const CHECK = `POST ${TELEGRAM}/getChat`;
const SEND = `POST ${TELEGRAM}/sendVideo`;
const FACEBOOK = 'POST https://graph-video.facebook.com/v23.0/1234/videos';
const CHAT = 'POST https://api.openai.com/v1/chat/completions';

const channel: Record<string, Answer> = {
	[CHECK]: () => ({ json: { ok: true, result: { id: -1001, type: 'channel' } } }),
	[SEND]: () => ({ json: { ok: true, result: { message_id: 12 } } }),
};
const aLink = expect.stringMatching(/^http.*\.mp4/);

let posting: PostingTestbed;
beforeAll(async () => {
	posting = await PostingTestbed.open();
});
afterAll(async () => await posting?.close());
beforeEach(() => {
	posting.clear();
	posting.networks.answer(channel);
});

describe('approve-before-posting', () => {
	const filling = { 'Check the Channel': { chatId: '@corner_coffee' } };

	async function start(): Promise<string> {
		const file = posting.filledIn('approve-before-posting', filling);
		const workflow = await posting.client.createWorkflow(file);
		return await posting.start(workflow, { Prompt: PROMPT, Caption: CAPTION });
	}

	async function page(executionId: string, take: number): Promise<FormPage> {
		return await FormPage.open(posting.client, executionId, 'Look at It', take);
	}

	test('shows each take, and posts only the one that is approved', async () => {
		const id = await start();
		const first = await page(id, 1);
		expect(posting.networks.requests).toEqual([CHECK]);
		await first.submit(['', 'Make Another Take', 'The same barista, camera orbits left']);
		const second = await page(id, 2);
		await second.submit(['', 'Post It', '']);
		const execution = await posting.client.untilFinished(id);

		expect(execution.status).toBe('success');
		const tasks = posting.newTasks();
		expect(tasks.map(({ input }) => input.prompt)).toEqual([
			PROMPT,
			'The same barista, camera orbits left',
		]);
		expect(posting.networks.requests).toEqual([CHECK, SEND]);
		const [posted] = outputOf(execution, 'Posted');
		expect(posted).toMatchObject({ taskId: tasks[1].taskId, videoUrl: aLink });
		expect(second.html).toContain(String(posted.videoUrl));
		expect(jsonOf(posting.networks.last(SEND))).toMatchObject({
			chat_id: -1001,
			video: posted.videoUrl,
			caption: CAPTION,
		});
	});

	test('posts nothing when a person stops, and keeps the take', async () => {
		const id = await start();
		await (await page(id, 1)).submit(['', 'Stop', '']);
		const execution = await posting.client.untilFinished(id);

		expect(posting.networks.requests).toEqual([CHECK]);
		const [{ taskId }] = posting.newTasks();
		expect(outputOf(execution, 'Not Posted')).toEqual([
			expect.objectContaining({ taskId, videoUrl: aLink }),
		]);
	});

	test('makes three takes at most', async () => {
		const id = await start();
		for (const take of [1, 2, 3])
			await (await page(id, take)).submit(['', 'Make Another Take', '']);
		const execution = await posting.client.untilFinished(id);

		expect(posting.newTasks()).toHaveLength(3);
		expect(outputOf(execution, 'Not Posted')).toHaveLength(1);
	});
});

test('pick-the-best shows all videos that were made, and hands on the one that a person chooses', async () => {
	let created = 0;
	posting.failure = () => (++created === 2 ? { message: 'no GPU left' } : undefined);
	const file = posting.filledIn('pick-the-best', {});
	const workflow = await posting.client.createWorkflow(file);
	const id = await posting.start(workflow, { Prompt: PROMPT, 'How Many': '4' });
	const page = await FormPage.open(posting.client, id, 'Look at Them', 1);
	await page.submit(['', 'Video 2']);
	const execution = await posting.client.untilFinished(id);

	expect(posting.newTasks().map(({ input }) => input.prompt)).toEqual(Array(4).fill(PROMPT));
	const made = outputOf(execution, 'Make the Videos').filter(({ videoUrl }) => videoUrl);
	expect(made).toHaveLength(3);
	for (const { videoUrl } of made) expect(page.html).toContain(String(videoUrl));
	const [, { videoUrl, taskId }] = made;
	expect(outputOf(execution, 'The Best One')).toEqual([{ videoUrl, taskId, prompt: PROMPT }]);
});

describe('content-calendar', () => {
	const csv = readFileSync(join(repository, 'workflows', 'content-calendar.csv'), 'utf8');
	const columns = csv.split('\n')[0].split(',');
	const row = (row: TableRow): TableRow => ({
		network: 'telegram',
		caption: CAPTION,
		time: '2026-01-01T09:00:00',
		status: 'planned',
		...row,
	});

	async function plan(rows: TableRow[]): Promise<DataTable> {
		const table = await DataTable.create(posting.client, columns);
		await table.insert(rows.map(row));
		return table;
	}

	async function run(table: DataTable) {
		const filling = {
			'Read the Plan': { dataTableId: { __rl: true, mode: 'id', value: table.id } },
			'Send to Telegram': { chatId: '@corner_coffee' },
			'Post on Facebook': { node: '1234' },
		};
		return await posting.run('content-calendar', filling, {});
	}

	test('makes and posts the rows that are due, and writes back what became of each', async () => {
		const refused = 'a network that refuses';
		posting.failure = ({ prompt }) =>
			prompt?.includes('no video') ? { message: 'no GPU left' } : undefined;
		posting.networks.answer({
			[SEND]: (call) => {
				const { caption } = jsonOf(call) as { caption: string };
				return caption === refused
					? { status: 400, json: { ok: false, description: 'Bad Request: caption' } }
					: { json: { ok: true, result: { message_id: 12 } } };
			},
			[FACEBOOK]: ({ query }) =>
				query.description === refused
					? { status: 500, json: { error: { message: 'Try later', code: 2 } } }
					: { json: { id: '555' } },
		});
		const table = await plan([
			{ prompt: 'one with no video' },
			{ prompt: 'refused by Telegram', caption: refused },
			{ prompt: 'refused by Facebook', caption: refused, network: 'facebook' },
			{ prompt: 'for Telegram' },
			{ prompt: 'for Facebook', network: 'facebook' },
			{ prompt: 'of tomorrow', time: '2999-01-01T09:00:00' },
			{ prompt: 'for nobody', network: 'myspace' },
			{ prompt: 'not ready', status: 'draft' },
		]);
		expect((await run(table)).status).toBe('success');

		const taskId = (prompt: string) =>
			posting.newTasks().find((task) => task.input.prompt === prompt)?.taskId;
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
		expect(posting.newTasks()).toHaveLength(5);
	});

	test('pays a row once, although the next run starts before its video is ready', async () => {
		const table = await plan([{ prompt: 'the only one' }]);
		posting.holdVideos();
		const first = run(table);
		await until('the video is created', () => posting.newTasks().length > 0);
		await run(table);
		posting.endVideos();
		await first;

		expect(posting.newTasks()).toHaveLength(1);
		expect(await table.rows()).toEqual([expect.objectContaining({ status: 'posted' })]);
	});

	test('has saved the link when the network is called, so that nothing can lose it', async () => {
		const table = await plan([{ prompt: 'the only one' }]);
		let before: TableRow[] = [];
		posting.networks.change(SEND, async () => {
			before = await table.rows();
			return { status: 401, json: { ok: false } };
		});
		await run(table);

		const [{ taskId }] = posting.newTasks();
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
		const execution = await posting.run('story-from-scenes', {}, story);

		expect(execution.data.resultData.error?.message).toBeUndefined();
		const tasks = posting.newTasks();
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
		posting.failure = ({ prompt }) =>
			prompt?.includes('rowing') ? { message: 'no GPU left' } : undefined;
		const execution = await posting.run('story-from-scenes', {}, story);

		expect(execution.status).toBe('success');
		expect(outputOf(execution, 'List the Clips')).toEqual([
			expect.objectContaining({
				scene: 1,
				videoUrl: aLink,
				note: expect.stringContaining('no GPU left'),
			}),
		]);
		expect(outputOf(execution, 'Join the Clips')).toMatchObject([{ clips: 1, duration: 5 }]);
		expect(posting.newTasks()).toHaveLength(2);
	});
});

describe('daily-post', () => {
	const filling = {
		'Check the Channel': { chatId: '@corner_coffee' },
		'Write Prompt and Caption': { text: 'A café in Lisbon' },
	};

	test('posts a video with the prompt and the caption of the language model', async () => {
		const content = JSON.stringify({ output: { prompt: PROMPT, caption: CAPTION } });
		posting.networks.answer({
			...channel,
			[CHAT]: () => ({
				json: {
					id: 'chatcmpl-1',
					object: 'chat.completion',
					created: 1_767_000_000,
					model: 'mock',
					choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
					usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
				},
			}),
		});
		const execution = await posting.run('daily-post', filling, {});

		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(posting.networks.requests).toEqual([CHECK, CHAT, SEND]);
		expect(JSON.stringify(jsonOf(posting.networks.last(CHAT)))).toContain('A café in Lisbon');
		expect(posting.newTasks().map(({ input }) => input.prompt)).toEqual([PROMPT]);
		const [{ videoUrl, caption }] = outputOf(execution, 'Posted');
		expect(caption).toBe(CAPTION);
		expect(jsonOf(posting.networks.last(SEND))).toMatchObject({ caption, video: videoUrl });
	});

	test('pays nothing when the language model does not answer', async () => {
		posting.networks.answer({
			...channel,
			[CHAT]: () => ({ status: 400, json: { error: { message: 'no quota' } } }),
		});
		const { status } = await posting.run('daily-post', filling, {});

		expect(status).toBe('error');
		expect(posting.newTasks()).toEqual([]);
	});
});
