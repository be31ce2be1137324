import { describe, expect, it } from '@jest/globals';

import type { FaultEffect, SimulatorOptions } from '../../../simulator';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { runLuma, type LumaRun } from '../../../support/engine/engine';
import { endless } from '../../../support/engine/mediaHost';
import { FAST_POLLING, count, PROMPT, startService } from '../../../support/engine/service';

const MB = 1024 * 1024;

const video = { ...FAST_POLLING, binaryOutput: ['video'] };

async function make(
	service: SimulatorOptions = {},
	options: Record<string, unknown> = video,
	settings?: { onError: 'continueRegularOutput' },
) {
	const { simulator, url } = await startService(service);
	const run = await runLuma({
		url,
		parameters: { prompt: PROMPT, options } as never,
		settings,
	});
	return { simulator, run, taskId: [...simulator.tasks.keys()][0] };
}

function mediaFault(effect: FaultEffect): SimulatorOptions {
	return { faults: [{ route: 'media', calls: 'every', effect }] };
}

describe.each(['default', 'filesystem'] as const)('in the binary data mode “%s”', (mode) => {
	const store = useBinaryStore(mode);

	it('brings the video as a file, under a name that a person can use', async () => {
		const { run, simulator } = await make({ mediaBytes: 3 * MB });

		const { data } = run.items[0].binary!;
		expect(data).toMatchObject({
			fileName: 'luma-a-red-fox-is-trotting-along.mp4',
			mimeType: 'video/mp4',
			fileExtension: 'mp4',
			bytes: 3 * MB,
		});
		const bytes = await store.bytesOf(data);
		expect(bytes.length).toBe(3 * MB);
		expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
		expect(run.json[0].videoUrl).toMatch(/^http/);
		expect(count(simulator, 'media')).toBe(1);
	});

	it('brings thumbnail and last frame beside it', async () => {
		const { run } = await make(
			{},
			{
				...FAST_POLLING,
				binaryOutput: ['lastFrame', 'video', 'thumbnail'],
				binaryProperty: 'clip',
				fileName: 'fox.mp4',
			},
		);

		const { binary = {} } = run.items[0];
		expect(Object.keys(binary).sort()).toEqual(['clip', 'clipLastFrame', 'clipThumbnail']);
		expect(binary.clip.fileName).toBe('fox.mp4');
		expect(binary.clipThumbnail.fileName).toBe('fox-thumbnail.jpg');
		expect(binary.clipLastFrame).toMatchObject({
			fileName: 'fox-last-frame.jpg',
			mimeType: 'image/jpeg',
		});
		expect([...(await store.bytesOf(binary.clipLastFrame)).subarray(0, 2)]).toEqual([0xff, 0xd8]);
	});

	it.each<[string, FaultEffect]>([
		['cut off', { kind: 'cutOff' }],
		['reset', { kind: 'reset' }],
		['empty', { kind: 'answer', status: 200, headers: { 'content-type': 'video/mp4' }, body: '' }],
	])('fails on a body that is %s, and names task and video', async (_, effect) => {
		const { run, taskId } = await make({ mediaBytes: MB, ...mediaFault(effect) });

		expect(run.error?.message).toContain('The file could not be downloaded completely');
		expect(run.error?.message).toContain(`task ${taskId}`);
		expect(run.error?.message).toContain(`/media/${taskId}/`);
		expect(run.error?.description).toContain('Video → Download');
		expect(run.items).toEqual([]);
	});

	it('refuses a file that grows too large while it comes', async () => {
		const { run } = await make(
			mediaFault({
				kind: 'answer',
				status: 200,
				headers: { 'content-type': 'video/mp4' },
				body: endless(40),
			}),
			{ ...video, maxDownloadMb: 2 },
		);

		expect(run.error?.message).toContain("The file is larger than 'Max Download (MB)' allows");
		expect(run.error?.description).toContain('The limit is 2 MB');
	});
});

describe('files of finished videos', () => {
	const store = useBinaryStore('filesystem');

	it('does not begin a file that says it is too large', async () => {
		const { run } = await make({ mediaBytes: 5 * MB }, { ...video, maxDownloadMb: 4 });

		expect(run.error?.message).toContain("The file is larger than 'Max Download (MB)' allows");
		expect(await store.files()).toEqual([]);
	});

	it('takes a file of exactly the limit', async () => {
		const { run } = await make({ mediaBytes: 4 * MB }, { ...video, maxDownloadMb: 4 });

		expect(run.error).toBeUndefined();
	});

	it('uses the chosen property for a single file that is not the video', async () => {
		const { run } = await make({}, { ...FAST_POLLING, binaryOutput: ['thumbnail'] });

		expect(Object.keys(run.items[0].binary ?? {})).toEqual(['data']);
	});

	it('leaves out a picture that PiAPI does not have', async () => {
		const { run } = await make(
			{ dialect: 'videoUrl' },
			{ ...FAST_POLLING, binaryOutput: ['video', 'lastFrame'] },
		);

		expect(run.error).toBeUndefined();
		expect(Object.keys(run.items[0].binary ?? {})).toEqual(['data']);
	});

	it('never shows the key to the media host', async () => {
		const { simulator, run } = await make(
			{},
			{ ...FAST_POLLING, binaryOutput: ['video', 'thumbnail'] },
		);

		const media = simulator.calls.filter(({ route }) => route === 'media');
		expect(media.map(({ hasKey }) => hasKey)).toEqual([false, false]);
		expect(run.stored).not.toContain('simulated-key');
	});

	it('says what to do about a link that has expired', async () => {
		const { run, taskId } = await make({ linksExpireAfterSeconds: 0 });

		expect(run.error?.message).toContain('The link to the file does not work any more');
		expect(run.error?.message).toContain(taskId);
		expect(run.error?.description).toContain('Task → Get');
	});

	it.each([401, 403, 404])('takes status %d for an expired link', async (status) => {
		const { run, simulator } = await make(mediaFault({ kind: 'answer', status }));

		expect(run.error?.message).toContain('The link to the file does not work any more');
		expect(count(simulator, 'media')).toBe(1);
	});

	it('takes no error page for a video', async () => {
		const { run } = await make(mediaFault({ kind: 'html', status: 200 }));

		expect(run.error?.message).toContain('The link does not lead to a file');
	});

	it('tries again after a hiccup of the media host', async () => {
		const { run, simulator } = await make({
			faults: [
				{ route: 'media', calls: [1], effect: { kind: 'html', status: 503 } },
				{ route: 'media', calls: [2], effect: { kind: 'cutOff' } },
			],
		});

		expect(run.error).toBeUndefined();
		expect(count(simulator, 'media')).toBe(3);
	});

	it('keeps all that is known of the video when On Error is set to continue', async () => {
		const { run, taskId } = await make(mediaFault({ kind: 'answer', status: 404 }), video, {
			onError: 'continueRegularOutput',
		});

		expect(run.json[0]).toMatchObject({
			error: expect.stringContaining('does not work any more'),
			taskId,
			status: 'completed',
			videoUrl: expect.stringContaining(taskId),
			costUsd: 0.2,
		});
	});

	it('stores many videos side by side, and numbers files of the same name in the order of the items', async () => {
		const { url } = await startService({ mediaBytes: MB });
		const prompts = ['Fox', 'fox!', 'A hen is walking', 'Fox'];
		const { items } = await runLuma({
			url,
			items: prompts.map((prompt) => ({ prompt })),
			parameters: { prompt: '={{ $json.prompt }}', options: { ...video, maxConcurrency: 2 } },
		});

		const names = items.map(({ binary }) => binary?.data.fileName);
		expect(names).toEqual([
			'luma-fox.mp4',
			'luma-fox-2.mp4',
			'luma-a-hen-is-walking.mp4',
			'luma-fox-3.mp4',
		]);
		expect(items.map(({ json }) => json.prompt)).toEqual(prompts);
	});

	it('downloads what Task → Wait waited for', async () => {
		const { url } = await startService();
		const made = await runLuma({ url, parameters: { prompt: PROMPT, waitMode: 'none' } });
		const waited = await runLuma({
			url,
			items: made.json,
			parameters: {
				resource: 'task',
				operation: 'wait',
				taskId: '={{ $json.taskId }}',
				options: video,
			},
		});

		expect(waited.items[0].binary?.data.mimeType).toBe('video/mp4');
	});

	it('downloads nothing when it does not wait, nor after the time limit', async () => {
		const { simulator, url } = await startService({ renderSeconds: 60 });
		const runs: LumaRun[] = [
			await runLuma({ url, parameters: { prompt: PROMPT, waitMode: 'none', options: video } }),
			await runLuma({
				url,
				parameters: {
					prompt: PROMPT,
					options: { ...video, timeoutMinutes: 0.01, onTimeout: 'output' },
				},
			}),
		];

		expect(runs.map(({ error, items }) => [error, items[0].binary])).toEqual([
			[undefined, undefined],
			[undefined, undefined],
		]);
		expect(count(simulator, 'media')).toBe(0);
	});

	it('downloads nothing when it does not wait, even if the video is there at once', async () => {
		const { simulator, url } = await startService({ renderSeconds: 0 });
		const { json } = await runLuma({
			url,
			parameters: { prompt: PROMPT, waitMode: 'none', options: video },
		});

		expect(json[0].status).toBe('completed');
		expect(count(simulator, 'media')).toBe(0);
	});

	it('downloads the same video again on Retry On Fail, and creates no second one', async () => {
		const { simulator, url } = await startService({
			faults: [{ route: 'media', effect: { kind: 'answer', status: 404 } }],
		});
		const { items, error } = await runLuma({
			url,
			parameters: { prompt: PROMPT, options: video },
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});

		expect(error).toBeUndefined();
		expect(items[0].binary?.data.mimeType).toBe('video/mp4');
		expect(count(simulator, 'create')).toBe(1);
	});

	it.each([
		[{ binaryOutput: ['sound'] }, "'Binary Output' cannot be “sound”"],
		[{ binaryOutput: ['video'], binaryProperty: ' ' }, "'Put Output File in Field' is empty"],
		[{ binaryOutput: ['video'], fileName: '../..' }, "'File Name' cannot be “../..”"],
		[{ binaryOutput: ['video'], maxDownloadMb: 0 }, "'Max Download (MB)' cannot be “0”"],
	])('refuses %j before any request', async (options, message) => {
		const { run, simulator } = await make({}, options);

		expect(run.error?.message).toBe(`${message}`);
		expect(simulator.calls).toEqual([]);
	});
});
