import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { simplifiedOrRaw, taskOutput } from '../../../nodes/Luma/jobs/output';
import { isFinal, readStatus, readTask } from '../../../nodes/Luma/piapi/task';

const ID = 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d';
const VIDEO = 'https://img.example.com/video.mp4?Expires=1&Signature=a~b_';
const PICTURE = 'https://img.example.com/picture.jpg';
const PLAIN = 'https://img.example.com/file?id=1';
const RAW = 'https://img.example.com/raw.mp4';

const ENDS = [
	...['completed', 'complete', 'success', 'succeeded', 'finished'],
	...['failed', 'failure', 'error', 'rejected', 'timeout'],
	...['cancelled', 'canceled'],
];

function videoOf(output: unknown) {
	const task = readTask({ task_id: ID, status: 'completed', output });
	return [task?.videoUrl, task?.watermarkedVideoUrl];
}

describe('the video of a task', () => {
	it.each([
		['an address', { video: VIDEO }, VIDEO, null],
		['an object', { video: { url: VIDEO, width: 1, height: 2 } }, VIDEO, null],
		[
			'an object beside the file without watermark',
			{ video: VIDEO, video_raw: { url: RAW } },
			RAW,
			VIDEO,
		],
		['a generation', { generation: { video: { url: VIDEO } } }, VIDEO, null],
		['video_url', { video_url: VIDEO }, VIDEO, null],
		[
			'a work',
			{ works: [{ video: { resource: VIDEO, resource_without_watermark: RAW } }] },
			RAW,
			VIDEO,
		],
		['a work without the clean file', { works: [{ video: { resource: VIDEO } }] }, VIDEO, null],
		['empty texts', { video: '', video_raw: { url: '' } }, null, null],
		['null', null, null, null],
		['a list of files of a form that is not known', { files: [{ href: VIDEO }] }, VIDEO, null],
		['a text deep in it', { result: { parts: [[`${RAW}?x=.jpg`]] } }, `${RAW}?x=.jpg`, null],
		[
			'a file that is called a video',
			{
				files: [
					{ type: 'image/jpeg', url: PICTURE },
					{ mime_type: 'video/webm', url: PLAIN },
				],
			},
			PLAIN,
			null,
		],
		['a known field rather than another one', { a: RAW, video_url: VIDEO }, VIDEO, null],
		['pictures alone', { files: [{ type: 'image/jpeg', url: PLAIN }, PICTURE] }, null, null],
		['a link beside pictures', { files: [{ url: PICTURE }, PLAIN] }, PLAIN, null],
		['an address with .mp4 only in its query', { link: `${PICTURE}?from=a.mp4` }, null, null],
		['an unprotected address', { link: 'http://img.example.com/video.mp4' }, null, null],
		['something that is no web address', { video: 'javascript:alert(1)' }, null, null],
	])('is read from %s', (_, output, videoUrl, watermarkedVideoUrl) => {
		expect(videoOf(output)).toEqual([videoUrl, watermarkedVideoUrl]);
	});
});

it('takes no file of a form that is not known before the task is completed', () => {
	const output = { input_files: [VIDEO] };
	for (const status of ['pending', 'processing', 'failed']) {
		expect(readTask({ task_id: ID, status, output })?.videoUrl).toBeNull();
	}
});

it('gives up on a form that goes deeper than any video would be', () => {
	let output: unknown = VIDEO;
	for (let depth = 0; depth < 50_000; depth++) output = { inner: output };
	expect(readTask({ task_id: ID, status: 'completed', output })?.videoUrl).toBeNull();
});

it('reads the size beside a video of a form that is not known', () => {
	const output = { files: [{ href: VIDEO, width: 1360, height: 752 }] };
	const task = readTask({ task_id: ID, status: 'completed', output });
	expect(task).toMatchObject({ videoUrl: VIDEO, width: 1360, height: 752 });
});

it('reads input.user_prompt as the prompt, as an older report names it', () => {
	const promptOf = (input: object) => readTask({ task_id: ID, input })?.prompt;
	expect(promptOf({ user_prompt: 'a fox' })).toBe('a fox');
	expect(promptOf({ prompt: 'a fox', user_prompt: 'a hen' })).toBe('a fox');
});

describe('the status of a task', () => {
	it.each([
		['Completed', 'completed'],
		['success', 'completed'],
		['succeeded', 'completed'],
		['complete', 'completed'],
		['succeed', 'completed'],
		['Done', 'completed'],
		['Finished', 'completed'],
		['FAILED', 'failed'],
		['failure', 'failed'],
		['fail', 'failed'],
		['error', 'failed'],
		['rejected', 'failed'],
		['timeout', 'failed'],
		['canceled', 'cancelled'],
		['staged', 'staged'],
		['Pending', 'pending'],
		['retry', 'processing'],
		['in_progress', 'processing'],
		['error?', 'processing'],
		[undefined, 'processing'],
	])('“%s” means %s', (word, status) => {
		expect(readStatus(word)).toBe(status);
	});

	it('is final only at the words that mean an end', () => {
		fc.assert(
			fc.property(fc.string(), (word) => {
				const task = readTask({ task_id: ID, status: word })!;
				expect(isFinal(task)).toBe(ENDS.includes(word.trim().toLowerCase()));
			}),
		);
	});
});

it('says null, never "" or the year 1, for what is not known yet', () => {
	const task = readTask({
		task_id: ID,
		status: 'pending',
		input: { prompt: '' },
		output: { video: { url: '', width: 0, height: 0 }, thumbnail: null, last_frame: '' },
		meta: {
			created_at: '2026-01-07T01:36:08.845623268Z',
			started_at: '0001-01-01T00:00:00Z',
			ended_at: '0001-01-01T00:00:00Z',
		},
	});

	expect(task).toMatchObject({
		videoUrl: null,
		thumbnailUrl: null,
		lastFrameUrl: null,
		width: null,
		height: null,
		prompt: null,
		costUsd: null,
		createdAt: Date.UTC(2026, 0, 7, 1, 36, 8, 845),
		startedAt: null,
		completedAt: null,
	});
});

it.each([
	['pending', { frozen: 2_000_000, consume: 0 }, 0.2],
	['completed', { frozen: 2_000_000, consume: 4_000_000 }, 0.4],
	['completed', { frozen: 2_000_000, consume: 0 }, 0.2],
	['failed', { frozen: 2_000_000, consume: 0 }, 0],
	['completed', { frozen: '2000000', consume: null }, 0.2],
])('a %s task with usage %j costs $%d', (status, usage, costUsd) => {
	expect(readTask({ task_id: ID, status, meta: { usage } })?.costUsd).toBe(costUsd);
});

it("joins PiAPI's message and the upstream's own text once", () => {
	const failed = (error: unknown) => readTask({ task_id: ID, status: 'failed', error })?.failure;

	expect(failed({ message: 'task failed', raw_message: 'moderation' })).toBe(
		'task failed: moderation',
	);
	expect(failed({ message: 'Try again.', raw_message: 'moderation.' })).toBe(
		'Try again: moderation.',
	);
	expect(failed({ message: 'moderation', raw_message: 'moderation' })).toBe('moderation');
	expect(failed(undefined)).toBe('');
});

it('reads any answer without throwing', () => {
	fc.assert(
		fc.property(
			fc.record(
				{
					task_id: fc.anything(),
					status: fc.anything(),
					input: fc.anything(),
					output: fc.anything({ withNullPrototype: true }),
					meta: fc.anything(),
					error: fc.anything(),
				},
				{ requiredKeys: [] },
			),
			(answer) => {
				const task = readTask(answer);
				if (task?.videoUrl) expect(task.videoUrl).toMatch(/^https?:/i);
			},
		),
		{ numRuns: 2000 },
	);
});

describe('the secret of the webhook', () => {
	const secret = ['hush', '0815'].join('-');
	const config = { service_mode: 'public', webhook_config: { endpoint: 'https://a.b/c', secret } };
	const task = readTask({ task_id: '1', status: 'completed', config })!;

	it('is read, to be compared', () => {
		expect(task.webhookSecret).toBe(secret);
	});

	it('is in no output item, flat or not', () => {
		for (const simplify of [true, false]) {
			const output = taskOutput(task, simplifiedOrRaw(simplify));
			expect(output).not.toHaveProperty('webhookSecret');
			expect(JSON.stringify(output)).not.toContain(secret);
		}
		expect(taskOutput(task, { type: 'raw' })).toHaveProperty('task.config.webhook_config.endpoint');
	});

	it.each([[undefined], [{}], [{ webhook_config: {} }], [{ webhook_config: { secret: '' } }]])(
		'is null where PiAPI tells none (%j)',
		(other) => {
			expect(readTask({ task_id: '1', config: other })?.webhookSecret).toBeNull();
		},
	);
});
