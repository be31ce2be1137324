import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { picture, useBinaryStore } from '../../../support/engine/binaryData';
import { startLuma } from '../../../support/engine/engine';
import { CLIP, startMediaHost, startStuckHost } from '../../../support/engine/mediaHost';
import { CONTINUE, openService, runOnce } from '../../../support/engine/runOnce';
import { count, PROMPT, startService } from '../../../support/engine/service';
import type { FaultEffect, SimulatorOptions } from '../../../simulator';

const fromUrl: IDataObject = {
	operation: 'download',
	downloadFrom: 'url',
	videoUrl: '={{ $json.videoUrl }}',
};

const store = useBinaryStore('filesystem');

type More = Parameters<typeof runOnce>[1];

/** Downloads the video of a task that there is. */
async function downloadTask(
	service: SimulatorOptions = {},
	parameters: IDataObject = {},
	more: More = {},
) {
	const made = await runOnce({ waitMode: 'none' }, { service });
	const taskId = String(made.json[0].taskId);
	const run = await made.execute({ operation: 'download', taskId, ...parameters }, more);
	return { ...run, taskId };
}

const redirect = (location: string, status = 302): FaultEffect => ({
	kind: 'answer',
	status,
	headers: { location },
});

describe('the download of a task', () => {
	it('reads the task and brings its video with the flat item', async () => {
		const { items, simulator, taskId } = await downloadTask();

		expect(items[0].json).toMatchObject({ taskId, status: 'completed', prompt: PROMPT });
		expect(items[0].binary?.data.fileName).toBe('luma-a-red-fox-is-trotting-along.mp4');
		expect((await store.bytesOf(items[0].binary?.data)).toString('latin1', 4, 8)).toBe('ftyp');
		expect(count(simulator, 'read')).toBe(1);
		expect(count(simulator, 'create')).toBe(1);
	});

	it('brings the other files under names of their own', async () => {
		const files = ['video', 'thumbnail', 'lastFrame'];
		const own = { files, binaryProperty: 'clip', simplify: false };
		const { items, taskId } = await downloadTask({}, own);

		const names = Object.keys(items[0].binary ?? {}).sort();
		expect(names).toEqual(['clip', 'clipLastFrame', 'clipThumbnail']);
		expect(items[0].json).toHaveProperty('task.task_id', taskId);
	});

	it.each<[string, SimulatorOptions, string[]]>([
		[
			'is not finished',
			{ renderSeconds: Infinity },
			['Its status is “processing”. Wait for the video'],
		],
		[
			'failed',
			{ outcome: () => ({ message: 'no GPU left', atOnce: true }) },
			['no GPU left', 'Its status is “failed”'],
		],
	])('says what to do about a task that %s', async (_, service, words) => {
		const made = await openService(service);
		await made.execute({ waitMode: 'none' });
		const [taskId] = made.simulator.tasks.keys();
		const { error, simulator } = await made.execute({ operation: 'download', taskId });

		expect(error?.message).toBe(
			`There is nothing to download, because the task is not completed (task ${taskId})`,
		);
		for (const said of words) expect(error?.description).toContain(said);
		expect(count(simulator, 'media')).toBe(0);
	});

	it('explains that PiAPI has none of the chosen files', async () => {
		const { error } = await downloadTask({ dialect: 'videoUrl' }, { files: ['lastFrame'] });
		expect(error?.message).toContain('PiAPI has none of the chosen files for this task');
	});

	it('keeps what is known of the task when On Error is set to continue', async () => {
		const { json, taskId } = await downloadTask({ linksExpireAfterSeconds: 0 }, {}, CONTINUE);
		const error = expect.stringContaining('does not work any more');
		const videoUrl = expect.stringContaining(taskId);

		expect(json[0]).toMatchObject({ error, taskId, status: 'completed', videoUrl });
	});

	it.each([
		[{ files: '={{ [] }}' }, 'No file is chosen'],
		[{ files: ['sound'] }, "'Files' cannot be “sound”"],
		[{ taskId: '={{ $json.nothing }}' }, "'Task ID' is empty"],
		[{ downloadFrom: 'disk' }, "'Download From' cannot be “disk”"],
		[{ binaryProperty: '={{ $json.nothing }}' }, "'Put Output File in Field' is empty"],
		[{ options: { maxDownloadMb: 'much' } }, "'Max Download (MB)' cannot be “much”"],
	])('refuses %j before any request', async (parameters, message) => {
		const taskId = 'c42f6ec7-0000-4b8e-9d5e-000000000000';
		const { error, calls } = await runOnce({ operation: 'download', taskId, ...parameters });

		expect(error?.message).toBe(message);
		expect(calls).toEqual([]);
	});
});

describe('the download of an address', () => {
	it('keeps the item with its files and asks PiAPI nothing', async () => {
		const host = await startMediaHost(CLIP);
		const json = { videoUrl: host.url, caption: 'Fox' };
		const item = await store.itemOf({ poster: picture.jpg() }, json);
		const { items, calls } = await runOnce(fromUrl, { items: [item] });

		expect(items[0].json).toEqual(json);
		expect(Object.keys(items[0].binary ?? {})).toEqual(['poster', 'data']);
		expect(items[0].binary?.data).toMatchObject({ fileName: 'clip.mp4', mimeType: 'video/mp4' });
		expect(await store.bytesOf(items[0].binary?.data)).toEqual(CLIP);
		expect(calls).toEqual([]);
	});

	it('numbers files of the same name, and leaves the files of the input as they are', async () => {
		const host = await startMediaHost(CLIP);
		const item = await store.itemOf({ poster: picture.jpg() }, { videoUrl: host.url });
		const parameters = { ...fromUrl, options: { fileName: 'my fox' } };
		const { items } = await runOnce(parameters, { items: [item, item] });

		const names = items.map(({ binary = {} }) => [binary.poster.fileName, binary.data.fileName]);
		expect(names).toEqual([
			['photo.jpg', 'my fox.mp4'],
			['photo.jpg', 'my fox-2.mp4'],
		]);
	});

	it('follows redirects without ever showing the key', async () => {
		const host = await startMediaHost(CLIP);
		const faults = [{ route: 'media' as const, effect: redirect(host.url) }];
		const { items, calls } = await downloadTask({ faults });

		expect(await store.bytesOf(items[0].binary?.data)).toEqual(CLIP);
		expect(host.asked).toHaveLength(1);
		expect(host.asked[0]).not.toMatch(/x-api-key/i);
		expect(calls.filter(({ hasKey, route }) => hasKey && route === 'media')).toEqual([]);
	});

	it.each(['file:///etc/hostname', 'data:video/mp4;base64,AAAA', '', '/media/around'])(
		'does not follow a redirect to “%s”, nor one that goes round and round',
		async (location) => {
			const effect = redirect(location, 307);
			const faults = [{ route: 'media' as const, calls: 'every' as const, effect }];
			const { error, simulator } = await downloadTask({ faults });

			expect(error?.message).toContain('The link does not lead to a file');
			expect(count(simulator, 'media')).toBeLessThan(10);
		},
	);

	it('stores no login page, whatever type its host declares', async () => {
		const page = Buffer.from(`<!DOCTYPE html><title>Log in</title>${' '.repeat(100)}`);
		const host = await startMediaHost(page);
		const { error } = await runOnce(fromUrl, { items: [{ videoUrl: host.url }] });

		expect(error?.message).toContain('The link does not lead to a file');
		expect(error?.description).toContain('the content is no video');
		expect(await store.files()).toEqual([]);
	});

	it.each([
		['', "'Video URL' is empty"],
		['clip.mp4', "'Video URL' is not a web address: “clip.mp4”"],
		['file:///etc/hostname', "'Video URL' is not a web address: “file:///etc/hostname”"],
	])('refuses “%s” before any request', async (videoUrl, message) => {
		const { error } = await runOnce(fromUrl, { items: [{ videoUrl }] });
		expect(error?.message).toBe(message);
	});

	it('returns the link when the host does not answer', async () => {
		const videoUrl = 'http://127.0.0.1:1/clip.mp4';
		const { json } = await runOnce(fromUrl, { items: [{ videoUrl }], ...CONTINUE });

		expect(json[0]).toMatchObject({ error: expect.stringContaining(videoUrl), videoUrl });
	});

	it('lets go of a running download when the execution is stopped', async () => {
		const { url } = await startService();
		const host = await startStuckHost();
		const running = startLuma({ url, items: [{ videoUrl: host.url }], parameters: fromUrl });
		await host.reached;
		running.stop();
		await running.done.catch(() => {});

		await expect(host.left).resolves.toBe('left');
	});
});
