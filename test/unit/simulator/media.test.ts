/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { aspectRatios, videoFilesSize, type SimulatorOptions } from '../../../simulator';
import { openAccount } from './account';

async function finishedTask(options: SimulatorOptions = {}, input: object = {}) {
	const account = openAccount({ queueSeconds: 0, renderSeconds: 0, ...options });
	const { data } = await account.create({ ...input });
	const get = async (file: string, headers: Record<string, string> = {}, method = 'GET') => {
		const path = `/media/${data.task_id}/${file}`;
		const response = await account.simulator.handle({ method, path, headers });
		const { body } = response;
		const isStream = typeof body === 'object' && Symbol.asyncIterator in (body as object);
		const bytes = isStream ? await buffer(body as Readable) : Buffer.alloc(0);
		return { status: response.status, headers: response.headers, bytes };
	};
	return { ...account, get, taskId: data.task_id };
}

/** The boxes at the top of an MP4, as [type, size]. */
function boxes(mp4: Buffer): Array<[string, number]> {
	const found: Array<[string, number]> = [];
	for (let at = 0; at < mp4.length; ) {
		const short = mp4.readUInt32BE(at);
		const size = short === 1 ? Number(mp4.readBigUInt64BE(at + 8)) : short;
		found.push([mp4.toString('latin1', at + 4, at + 8), size]);
		at += size;
	}
	return found;
}

function videoSize(mp4: Buffer) {
	const header = mp4.indexOf('tkhd') - 4;
	const end = header + mp4.readUInt32BE(header);
	return { width: mp4.readUInt16BE(end - 8), height: mp4.readUInt16BE(end - 4) };
}

function pictureSize(jpeg: Buffer) {
	const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
	return { height: jpeg.readUInt16BE(frame + 5), width: jpeg.readUInt16BE(frame + 7) };
}

describe('media', () => {
	it.each(aspectRatios)(
		'serves a real video of the size that it names for %s',
		async (aspect_ratio) => {
			const { get } = await finishedTask({}, { aspect_ratio });
			for (const file of ['video.mp4', 'video_raw.mp4']) {
				const { bytes, headers } = await get(file);
				expect(headers['content-type']).toBe('video/mp4');
				expect(headers['content-length']).toBe(String(bytes.length));
				expect(boxes(bytes).map(([type]) => type)).toEqual(['ftyp', 'moov', 'free', 'mdat']);
				expect(videoSize(bytes)).toEqual(videoFilesSize(aspect_ratio));
			}
			for (const file of ['thumbnail.jpg', 'last_frame.jpg']) {
				const { bytes, headers } = await get(file);
				expect(headers['content-type']).toBe('image/jpeg');
				expect(pictureSize(bytes)).toEqual(videoFilesSize(aspect_ratio));
			}
		},
	);

	it('shows a watermark in `video` and none in `video_raw`', async () => {
		const { get } = await finishedTask();
		expect((await get('video.mp4')).bytes).not.toEqual((await get('video_raw.mp4')).bytes);
	});

	it('stays small in all', () => {
		const folder = join(__dirname, '../../../simulator/media');
		const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
		expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(400_000);
	});

	it('serves byte ranges, so that a player can seek', async () => {
		const { get } = await finishedTask();
		const { bytes: whole } = await get('video.mp4');
		const size = whole.length;
		for (const [range, start, end] of [
			['bytes=0-3', 0, 3],
			['bytes=100-', 100, size - 1],
			['bytes=-5', size - 5, size - 1],
			[`bytes=10-${size + 99}`, 10, size - 1],
		] as const) {
			const { status, headers, bytes } = await get('video.mp4', { Range: range });
			expect(status).toBe(206);
			expect(headers['content-range']).toBe(`bytes ${start}-${end}/${size}`);
			expect(bytes).toEqual(whole.subarray(start, end + 1));
		}
		const beyond = await get('video.mp4', { range: `bytes=${size}-` });
		expect(beyond).toMatchObject({ status: 416, headers: { 'content-range': `bytes */${size}` } });
		expect((await get('video.mp4', { range: 'bytes=0-1,4-5' })).status).toBe(200);
	});

	it('answers HEAD without a body', async () => {
		const { get } = await finishedTask();
		const { status, headers, bytes } = await get('video.mp4', {}, 'HEAD');
		expect(status).toBe(200);
		expect(Number(headers['content-length'])).toBeGreaterThan(1000);
		expect(bytes).toHaveLength(0);
	});

	it('pads videos to any size with a box that players skip', async () => {
		const { get } = await finishedTask({ mediaBytes: 300_000 });
		const { bytes } = await get('video_raw.mp4');
		expect(bytes).toHaveLength(300_000);
		const last = boxes(bytes).at(-1)!;
		expect(last[0]).toBe('free');
		expect(boxes(bytes).reduce((sum, [, size]) => sum + size, 0)).toBe(300_000);
		const tail = await get('video_raw.mp4', { range: 'bytes=14000-200000' });
		expect(tail.bytes).toEqual(bytes.subarray(14_000, 200_001));
		expect((await get('thumbnail.jpg')).bytes.length).toBeLessThan(10_000);
	});

	it('has no media of tasks that are not completed, and none of other names', async () => {
		const { get } = await finishedTask({ renderSeconds: 100 });
		expect((await get('video.mp4')).status).toBe(404);
		const done = await finishedTask();
		expect((await done.get('toString')).status).toBe(404);
	});

	it('lets links expire', async () => {
		const { get, clock, run } = await finishedTask({ linksExpireAfterSeconds: 60 });
		await run(async () => {
			await clock.sleep(59_999);
			expect((await get('video.mp4')).status).toBe(200);
			await clock.sleep(1);
			expect((await get('video.mp4')).status).toBe(410);
		});
	});

	it('notes media requests with their task, and whether a key came along', async () => {
		const { get, simulator, taskId } = await finishedTask();
		await get('video.mp4', { 'X-API-Key': 'leaked' });
		expect(simulator.calls.at(-1)).toMatchObject({ route: 'media', taskId, hasKey: true });
	});
});

describe('uploads', () => {
	const png = Buffer.from('89504e470d0a1a0a', 'hex');
	const file_data = png.toString('base64');
	const path = '/api/ephemeral_resource';

	it('takes base64 and data URIs, and keeps them for a day', async () => {
		const { call, send, clock, run } = openAccount();
		await run(async () => {
			for (const data of [file_data, `data:image/png;base64,${file_data}`]) {
				const body = { file_name: 'a.PNG', file_data: data };
				const { url } = (await call<{ url: string }>('POST', path, body)).data;
				expect(url).toMatch(/^https:\/\/simulator\.test\/media\/uploads\/.+\.png$/);
				const response = await send('GET', url);
				expect(response.headers['content-type']).toBe('image/png');
				expect(await buffer(response.body as Readable)).toEqual(png);
				await clock.sleep(24 * 3_600_000);
				expect((await send('GET', url)).status).toBe(404);
			}
		});
	});

	it('needs the creator plan', async () => {
		const { call } = openAccount({ plan: 'free' });
		const answer = await call('POST', path, { file_name: 'a.png', file_data });
		expect(answer).toMatchObject({ status: 403, message: 'Insufficient plan level' });
	});

	it.each([
		['no name', { file_data }],
		['a name of 129 characters', { file_name: `${'a'.repeat(125)}.png`, file_data }],
		['an unsupported type', { file_name: 'a.gif', file_data }],
		['no extension', { file_name: 'png', file_data }],
		['no data', { file_name: 'a.png' }],
		['broken base64', { file_name: 'a.png', file_data: 'é' }],
		[
			'more than 10 MB',
			{ file_name: 'a.png', file_data: Buffer.alloc(10 * 1024 * 1024 + 1).toString('base64') },
		],
	])('refuses %s with 400', async (_, body) => {
		const { call } = openAccount();
		expect(await call('POST', path, body)).toMatchObject({ status: 400, code: 400 });
	});

	it('takes exactly 10 MB', async () => {
		const { call } = openAccount();
		const data = Buffer.alloc(10 * 1024 * 1024).toString('base64');
		expect((await call('POST', path, { file_name: 'a.webp', file_data: data })).code).toBe(200);
	});
});
