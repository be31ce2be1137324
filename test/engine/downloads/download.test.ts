import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { until } from '../../../support/eventually';
import { picture, useBinaryStore } from '../../../support/engine/binaryData';
import { runLuma, startLuma } from '../../../support/engine/engine';
import { CLIP, startMediaHost, startStuckHost } from '../../../support/engine/mediaHost';
import { count, PROMPT, startService } from '../../../support/engine/service';

const fromTask: IDataObject = { operation: 'download', taskId: '={{ $json.taskId }}' };
const fromUrl: IDataObject = {
	operation: 'download',
	downloadFrom: 'url',
	videoUrl: '={{ $json.videoUrl }}',
};

async function serviceWithTask(options: Parameters<typeof startService>[0] = {}) {
	const service = await startService({ renderSeconds: 0, ...options });
	const made = await runLuma({
		url: service.url,
		parameters: { prompt: PROMPT, waitMode: 'none' },
	});
	return { ...service, taskId: String(made.json[0].taskId) };
}

describe('the download of a task', () => {
	const store = useBinaryStore('filesystem');

	it('reads the task and brings its video with the flat item', async () => {
		const { simulator, url, taskId } = await serviceWithTask();
		const { items } = await runLuma({ url, items: [{ taskId }], parameters: fromTask });

		expect(items[0].json).toMatchObject({ taskId, status: 'completed', prompt: PROMPT });
		expect(items[0].binary?.data.fileName).toBe('luma-a-red-fox-is-trotting-along.mp4');
		expect((await store.bytesOf(items[0].binary?.data)).toString('latin1', 4, 8)).toBe('ftyp');
		expect(count(simulator, 'read')).toBe(1);
		expect(count(simulator, 'create')).toBe(1);
	});

	it('brings the other files under names of their own', async () => {
		const { url, taskId } = await serviceWithTask();
		const files = ['video', 'thumbnail', 'lastFrame'];
		const { items } = await runLuma({
			url,
			items: [{ taskId }],
			parameters: { ...fromTask, files, binaryProperty: 'clip', simplify: false },
		});

		expect(Object.keys(items[0].binary ?? {}).sort()).toEqual([
			'clip',
			'clipLastFrame',
			'clipThumbnail',
		]);
		expect(items[0].json).toHaveProperty('task.task_id', taskId);
	});

	it('says how far a task is that is not finished, and what to do', async () => {
		const { simulator, url, taskId } = await serviceWithTask({ renderSeconds: 60 });
		const { error } = await runLuma({ url, items: [{ taskId }], parameters: fromTask });

		expect(error?.message).toBe(
			`There is nothing to download, because the task is not completed (task ${taskId})`,
		);
		expect(error?.description).toContain('Its status is “processing”. Wait for the video');
		expect(count(simulator, 'media')).toBe(0);
	});

	it('says why a task that failed has no video', async () => {
		const { simulator, url, taskId } = await serviceWithTask({
			renderSeconds: 0.1,
			outcome: () => ({ message: 'no GPU left' }),
		});
		await until('the task has failed', () => simulator.tasks.get(taskId)?.status === 'failed');
		const { error } = await runLuma({ url, items: [{ taskId }], parameters: fromTask });

		expect(error?.description).toContain('no GPU left');
		expect(error?.description).toContain('Its status is “failed”');
	});

	it('explains that PiAPI has none of the chosen files', async () => {
		const { url, taskId } = await serviceWithTask({ dialect: 'videoUrl' });
		const { error } = await runLuma({
			url,
			items: [{ taskId }],
			parameters: { ...fromTask, files: ['lastFrame'] },
		});

		expect(error?.message).toContain('PiAPI has none of the chosen files for this task');
	});

	it('keeps what is known of the task when On Error is set to continue', async () => {
		const { url, taskId } = await serviceWithTask({ linksExpireAfterSeconds: 0 });
		const { json } = await runLuma({
			url,
			items: [{ taskId }],
			parameters: fromTask,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(json[0]).toMatchObject({
			error: expect.stringContaining('does not work any more'),
			taskId,
			status: 'completed',
			videoUrl: expect.stringContaining(taskId),
		});
	});

	it.each([
		[{ files: '={{ [] }}' }, 'No file is chosen'],
		[{ files: ['sound'] }, "'Files' cannot be “sound”"],
		[{ taskId: '={{ $json.nothing }}' }, "'Task ID' is empty"],
		[{ downloadFrom: 'disk' }, "'Download From' cannot be “disk”"],
		[{ binaryProperty: '={{ $json.nothing }}' }, "'Put Output File in Field' is empty"],
		[{ options: { maxDownloadMb: 'much' } }, "'Max Download (MB)' cannot be “much”"],
	])('refuses %j before any request', async (parameters, message) => {
		const { simulator, url } = await startService();
		const taskId = 'c42f6ec7-0000-4b8e-9d5e-000000000000';
		const { error } = await runLuma({
			url,
			items: [{ taskId }],
			parameters: { ...fromTask, ...parameters },
		});

		expect(error?.message).toBe(`${message}`);
		expect(simulator.calls).toEqual([]);
	});
});

describe('the download of an address', () => {
	const store = useBinaryStore('filesystem');

	it('keeps the item with its files and asks PiAPI nothing', async () => {
		const { simulator, url } = await startService();
		const host = await startMediaHost(CLIP);
		const item = await store.itemOf(
			{ poster: picture.jpg() },
			{ videoUrl: host.url, caption: 'Fox' },
		);
		const { items } = await runLuma({ url, items: [item], parameters: fromUrl });

		expect(items[0].json).toEqual({ videoUrl: host.url, caption: 'Fox' });
		expect(Object.keys(items[0].binary ?? {})).toEqual(['poster', 'data']);
		expect(items[0].binary?.data).toMatchObject({ fileName: 'clip.mp4', mimeType: 'video/mp4' });
		expect(await store.bytesOf(items[0].binary?.data)).toEqual(CLIP);
		expect(simulator.calls).toEqual([]);
	});

	it('numbers files of the same name, and leaves the files of the input as they are', async () => {
		const { url } = await startService();
		const host = await startMediaHost(CLIP);
		const item = await store.itemOf({ poster: picture.jpg() }, { videoUrl: host.url });
		const { items } = await runLuma({
			url,
			items: [item, item],
			parameters: { ...fromUrl, options: { fileName: 'my fox' } },
		});

		const names = items.map(({ binary = {} }) => [binary.poster.fileName, binary.data.fileName]);
		expect(names).toEqual([
			['photo.jpg', 'my fox.mp4'],
			['photo.jpg', 'my fox-2.mp4'],
		]);
	});

	it('follows redirects without ever showing the key', async () => {
		const host = await startMediaHost(CLIP);
		const { simulator, url, taskId } = await serviceWithTask({
			faults: [
				{
					route: 'media',
					effect: { kind: 'answer', status: 302, headers: { location: host.url } },
				},
			],
		});
		const { items } = await runLuma({ url, items: [{ taskId }], parameters: fromTask });

		expect(await store.bytesOf(items[0].binary?.data)).toEqual(CLIP);
		expect(host.asked).toHaveLength(1);
		expect(host.asked[0]).not.toHaveProperty('x-api-key');
		expect(simulator.calls.filter(({ hasKey, route }) => hasKey && route === 'media')).toEqual([]);
	});

	it.each(['file:///etc/hostname', 'ftp://example.com/a.mp4', 'data:video/mp4;base64,AAAA', ''])(
		'does not follow a redirect to “%s”',
		async (location) => {
			const { url, taskId } = await serviceWithTask({
				faults: [
					{
						route: 'media',
						calls: 'every',
						effect: { kind: 'answer', status: 307, headers: { location } },
					},
				],
			});
			const { error } = await runLuma({ url, items: [{ taskId }], parameters: fromTask });

			expect(error?.message).toContain('The link does not lead to a file');
		},
	);

	it('stores no login page, whatever type its host declares', async () => {
		const page = Buffer.from(`<!DOCTYPE html><title>Log in</title>${' '.repeat(100)}`);
		const host = await startMediaHost(page);
		const { url } = await startService();
		const { error } = await runLuma({
			url,
			items: [{ videoUrl: host.url }],
			parameters: fromUrl,
		});

		expect(error?.message).toContain('The link does not lead to a file');
		expect(error?.description).toContain('the content is no video');
		expect(await store.files()).toEqual([]);
	});

	it('stops at a redirect loop', async () => {
		const { simulator, url, taskId } = await serviceWithTask({
			faults: [
				{
					route: 'media',
					calls: 'every',
					effect: { kind: 'answer', status: 302, headers: { location: '/media/around' } },
				},
			],
		});
		const { error } = await runLuma({ url, items: [{ taskId }], parameters: fromTask });

		expect(error?.message).toContain('The link does not lead to a file');
		expect(count(simulator, 'media')).toBeLessThan(10);
	});

	it.each([
		['', "'Video URL' is empty"],
		['clip.mp4', "'Video URL' is not a web address: “clip.mp4”"],
		['file:///etc/hostname', "'Video URL' is not a web address: “file:///etc/hostname”"],
	])('refuses “%s” before any request', async (videoUrl, message) => {
		const { url } = await startService();
		const { error } = await runLuma({ url, items: [{ videoUrl }], parameters: fromUrl });

		expect(error?.message).toBe(`${message}`);
	});

	it('returns the link when the host does not answer', async () => {
		const { url } = await startService();
		const videoUrl = 'http://127.0.0.1:1/clip.mp4';
		const { json } = await runLuma({
			url,
			items: [{ videoUrl }],
			parameters: fromUrl,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(json[0]).toMatchObject({
			error: expect.stringContaining(videoUrl),
			videoUrl,
		});
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
