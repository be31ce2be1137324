/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { Readable } from 'node:stream';

import type { FaultEffect, SimulatorOptions } from '../../../simulator';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { CLIP } from '../../../support/engine/mediaHost';
import { CONTINUE, runOnce } from '../../../support/engine/runOnce';
import { count } from '../../../support/engine/service';

const MB = 1024 * 1024;

type More = Parameters<typeof runOnce>[1];

/** Makes a video, and stores its files. */
async function make(service: SimulatorOptions = {}, options: IDataObject = {}, more: More = {}) {
	const parameters = { options: { binaryOutput: ['video'], ...options } };
	const run = await runOnce(parameters, { service, ...more });
	const { binary = {} } = run.items[0] ?? {};
	return { ...run, binary, taskId: [...run.simulator.tasks.keys()][0] };
}

function mediaFault(effect: FaultEffect): SimulatorOptions {
	return { faults: [{ route: 'media', calls: 'every', effect }] };
}

const videoOf = (body: unknown) =>
	mediaFault({ kind: 'answer', status: 200, headers: { 'content-type': 'video/mp4' }, body });

/** A video that does not say how large it is. */
function endless(megabytes: number): Readable {
	const chunk = Buffer.alloc(MB);
	return Readable.from([CLIP, ...new Array<Buffer>(megabytes).fill(chunk)]);
}

describe.each(['default', 'filesystem'] as const)('in the binary data mode “%s”', (mode) => {
	const store = useBinaryStore(mode);

	it('brings the video as a file, under a name that a person can use', async () => {
		const { binary, json, simulator } = await make({ mediaBytes: 3 * MB });

		expect(binary.data).toMatchObject({
			fileName: 'luma-a-red-fox-is-trotting-along.mp4',
			mimeType: 'video/mp4',
			fileExtension: 'mp4',
			bytes: 3 * MB,
		});
		const bytes = await store.bytesOf(binary.data);
		expect(bytes.length).toBe(3 * MB);
		expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
		expect(json[0].videoUrl).toMatch(/^http/);
		expect(count(simulator, 'media')).toBe(1);
	});

	it('brings thumbnail and last frame beside it', async () => {
		const binaryOutput = ['lastFrame', 'video', 'thumbnail'];
		const { binary } = await make(
			{},
			{ binaryOutput, binaryProperty: 'clip', fileName: 'fox.mp4' },
		);

		expect(Object.keys(binary).sort()).toEqual(['clip', 'clipLastFrame', 'clipThumbnail']);
		expect(binary.clip.fileName).toBe('fox.mp4');
		expect(binary.clipThumbnail.fileName).toBe('fox-thumbnail.jpg');
		expect(binary.clipLastFrame).toMatchObject({
			fileName: 'fox-last-frame.jpg',
			mimeType: 'image/jpeg',
		});
		expect([...(await store.bytesOf(binary.clipLastFrame)).subarray(0, 2)]).toEqual([0xff, 0xd8]);
	});

	it.each<[string, SimulatorOptions]>([
		['cut off', mediaFault({ kind: 'cutOff' })],
		['reset', mediaFault({ kind: 'reset' })],
		['empty', videoOf('')],
	])('fails on a body that is %s, and names task and video', async (_, service) => {
		const { error, items, taskId } = await make({ mediaBytes: MB, ...service });

		expect(error?.message).toContain('The file could not be downloaded completely');
		expect(error?.message).toContain(`task ${taskId}`);
		expect(error?.message).toContain(`/media/${taskId}/`);
		expect(error?.description).toContain('Video → Download');
		expect(items).toEqual([]);
	});

	it('refuses a file that grows too large while it comes', async () => {
		const { error } = await make(videoOf(endless(40)), { maxDownloadMb: 2 });

		expect(error?.message).toContain("The file is larger than 'Max Download (MB)' allows");
		expect(error?.description).toContain('The limit is 2 MB');
	});
});

describe('files of finished videos', () => {
	const store = useBinaryStore('filesystem');

	it('are not begun beyond the limit', async () => {
		const mediaBytes = 4 * MB;
		const fits = await make({ mediaBytes }, { maxDownloadMb: 4 });
		expect(fits.error).toBeUndefined();

		const before = await store.files();
		const tooLarge = await make({ mediaBytes: mediaBytes + 1 }, { maxDownloadMb: 4 });
		expect(tooLarge.error?.message).toContain("The file is larger than 'Max Download (MB)' allows");
		expect(await store.files()).toEqual(before);
	});

	it.each<[string, SimulatorOptions, string[]]>([
		['a single file that is not the video', {}, ['thumbnail']],
		['the video where PiAPI has no picture', { dialect: 'videoUrl' }, ['video', 'lastFrame']],
	])('have the chosen property: %s', async (_, service, binaryOutput) => {
		const { binary, error } = await make(service, { binaryOutput });

		expect(error).toBeUndefined();
		expect(Object.keys(binary)).toEqual(['data']);
	});

	it('never show the key to the media host', async () => {
		const { calls, stored } = await make({}, { binaryOutput: ['video', 'thumbnail'] });

		const media = calls.filter(({ route }) => route === 'media');
		expect(media.map(({ hasKey }) => hasKey)).toEqual([false, false]);
		expect(stored).not.toContain('simulated-key');
	});

	it.each<[string, SimulatorOptions]>([
		['410', { linksExpireAfterSeconds: 0 }],
		...[401, 403, 404].map((status): [string, SimulatorOptions] => [
			`${status}`,
			mediaFault({ kind: 'answer', status }),
		]),
	])('are asked for once where the link has expired (%s), which is said', async (_, service) => {
		const { error, simulator, taskId } = await make(service);

		expect(error?.message).toContain('The link to the file does not work any more');
		expect(error?.message).toContain(taskId);
		expect(error?.description).toContain('Task → Get');
		expect(count(simulator, 'media')).toBe(1);
	});

	it('are no error pages', async () => {
		const { error } = await make(mediaFault({ kind: 'html', status: 200 }));
		expect(error?.message).toContain('The link does not lead to a file');
	});

	it('are asked for again after a hiccup of the media host', async () => {
		const { error, simulator } = await make({
			faults: [
				{ route: 'media', calls: [1], effect: { kind: 'html', status: 503 } },
				{ route: 'media', calls: [2], effect: { kind: 'cutOff' } },
			],
		});

		expect(error).toBeUndefined();
		expect(count(simulator, 'media')).toBe(3);
	});

	it('leave all that is known of the video when On Error is set to continue', async () => {
		const service = mediaFault({ kind: 'answer', status: 404 });
		const { json, taskId } = await make(service, {}, CONTINUE);

		expect(json[0]).toMatchObject({
			error: expect.stringContaining('does not work any more'),
			taskId,
			status: 'completed',
			videoUrl: expect.stringContaining(taskId),
			costUsd: 0.2,
		});
	});

	it('are stored side by side, and numbered in the order of the items where their names are the same', async () => {
		const prompts = ['Fox', 'fox!', 'A hen is walking', 'Fox'];
		const options = { binaryOutput: ['video'], maxConcurrency: 2 };
		const parameters = { prompt: '={{ $json.prompt }}', options };
		const { items } = await runOnce(parameters, { items: prompts.map((prompt) => ({ prompt })) });

		expect(items.map(({ binary }) => binary?.data.fileName)).toEqual([
			'luma-fox.mp4',
			'luma-fox-2.mp4',
			'luma-a-hen-is-walking.mp4',
			'luma-fox-3.mp4',
		]);
		expect(items.map(({ json }) => json.prompt)).toEqual(prompts);
	});

	it('are those that Task → Wait waited for', async () => {
		const made = await runOnce({ waitMode: 'none' });
		const { items } = await made.execute({
			resource: 'task',
			operation: 'wait',
			taskId: made.json[0].taskId,
			options: { binaryOutput: ['video'] },
		});

		expect(items[0].binary?.data.mimeType).toBe('video/mp4');
	});

	const soon = { pollIntervalSeconds: 0.1, timeoutMinutes: 0.01, onTimeout: 'output' };

	it.each([
		['is not waited for', { waitMode: 'none' }, {}, Infinity],
		['is not waited for, even if it is there at once', { waitMode: 'none' }, {}, 0],
		['is not ready within the time limit', {}, soon, Infinity],
	])('are none where the video %s', async (_, own, options, renderSeconds) => {
		const parameters = { ...own, options: { binaryOutput: ['video'], ...options } };
		const { error, items, simulator } = await runOnce(parameters, { service: { renderSeconds } });

		expect(error).toBeUndefined();
		expect(items.map(({ binary }) => binary)).toEqual([undefined]);
		expect(count(simulator, 'media')).toBe(0);
	});

	it('are those of the same video again on Retry On Fail, which creates no second one', async () => {
		const faults = [{ route: 'media', effect: { kind: 'answer', status: 404 } } as const];
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const { binary, error, simulator } = await make({ faults }, {}, { settings });

		expect(error).toBeUndefined();
		expect(binary.data.mimeType).toBe('video/mp4');
		expect(count(simulator, 'create')).toBe(1);
	});
});
