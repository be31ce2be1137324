/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { openAccount } from '../../../support/virtualTime/simulatedAccount';

const url = 'https://pictures.test/a.jpg';

it.each([
	[{ prompt: ' ' }, 'input.prompt is required'],
	[{ model: 'ray-v9' }, 'input.model must be one of'],
	[{ duration: 7 }, 'input.duration must be 5 or 10'],
	[{ duration: 10, start_image: url }, 'for text to video only'],
	[{ duration: 10, key_frames: { frame1: { type: 'image', url } } }, 'for text to video only'],
	[{ aspect_ratio: '5:4' }, 'input.aspect_ratio must be one of'],
	[{ loop: 'true' }, 'input.loop must be a boolean'],
	[{ seed: 1.5 }, 'input.seed must be an integer'],
	[{ end_image: 'data:image/png;base64,AA' }, 'input.end_image must be an http(s)'],
	[{ key_frames: { frame0: { type: 'generation', id: 'x' } } }, 'needs task_type "extend_video"'],
])('refuses the input %j with 400', async (input, message) => {
	const { create, simulator } = openAccount();
	const answer = await create(input);
	expect(answer).toMatchObject({ status: 400, code: 400, data: null });
	expect(answer.message).toContain(message);
	expect(simulator.tasks.size).toBe(0);
});

it('refuses with 500 what the balance does not pay for', async () => {
	const { create, call, simulator } = openAccount({ balanceUsd: 0.5 });
	expect((await create()).code).toBe(200);
	const message = 'failed to freeze point: insufficient credits';
	expect(await create({ duration: 10 })).toMatchObject({ status: 500, message });
	expect(simulator.tasks.size).toBe(1);
	expect((await call('GET', '/account/info')).data).toMatchObject({
		equivalent_in_usd: 0.3,
		wallet: { point_remain: 3_000_000, point_frozen: 2_000_000 },
	});
});

it('limits the requests within any 60 seconds, uploads and media left out', async () => {
	const { send, clock, run } = openAccount({ requestsPerMinute: 2 });
	const ask = async () => await send('GET', '/account/info');
	await run(async () => {
		await ask();
		await clock.sleep(20_500);
		await ask();
		expect(await ask()).toMatchObject({ status: 429, headers: { 'retry-after': '40' } });
		const body = { file_name: 'a.png', file_data: 'AAAA' };
		expect((await send('POST', '/api/ephemeral_resource', body)).status).toBe(200);
		expect((await send('GET', '/media/x/video.mp4')).status).toBe(404);
		await clock.sleep(39_500);
		expect((await ask()).status).toBe(200);
		expect(await ask()).toMatchObject({ status: 429, headers: { 'retry-after': '21' } });
	});
});

it('serves byte ranges of a padded video, so that a player can seek', async () => {
	const mediaBytes = 300_000;
	const { create, simulator } = openAccount({ queueSeconds: 0, renderSeconds: 0, mediaBytes });
	const path = `/media/${(await create()).data.task_id}/video.mp4`;
	const get = async (range = '') => {
		const answer = await simulator.handle({ method: 'GET', path, headers: { range } });
		return { ...answer, bytes: await buffer((answer.body || []) as Readable) };
	};
	const { bytes: whole } = await get();
	expect(whole).toHaveLength(mediaBytes);
	for (const [range, start, end] of [
		['bytes=0-3', 0, 3],
		['bytes=-5', mediaBytes - 5, mediaBytes - 1],
		['bytes=14000-400000', 14_000, mediaBytes - 1],
	] as const) {
		const { status, headers, bytes } = await get(range);
		expect(status).toBe(206);
		expect(headers['content-range']).toBe(`bytes ${start}-${end}/${mediaBytes}`);
		expect(bytes).toEqual(whole.subarray(start, end + 1));
	}
	expect((await get(`bytes=${mediaBytes}-`)).status).toBe(416);
});

it('keeps uploads for a day, and links as long as they last', async () => {
	const { call, create, send, clock, run } = openAccount({ linksExpireAfterSeconds: 60 });
	await run(async () => {
		const body = { file_name: 'a.PNG', file_data: 'data:image/png;base64,AAAA' };
		const { data } = await call<{ url: string }>('POST', '/api/ephemeral_resource', body);
		const { task_id } = (await create()).data;
		await clock.sleep(10_000);
		const video = `/media/${task_id}/video.mp4`;
		const statuses = async () => [
			(await send('GET', data.url)).status,
			(await send('GET', video)).status,
		];
		expect(await statuses()).toEqual([200, 200]);
		await clock.sleep(24 * 3_600_000);
		expect(await statuses()).toEqual([404, 410]);
	});
});

it.each([
	[{ file_name: 'a.gif', file_data: 'AAAA' }, 400],
	[{ file_name: 'a.png', file_data: 'é' }, 400],
	[{ file_name: 'a.png', file_data: Buffer.alloc(10 * 1024 * 1024 + 1).toString('base64') }, 400],
	[{ file_name: 'a.webp', file_data: Buffer.alloc(10 * 1024 * 1024).toString('base64') }, 200],
])('answers an upload', async (body, status) => {
	const upload = async (plan: 'free' | 'creator') =>
		(await openAccount({ plan }).call('POST', '/api/ephemeral_resource', body)).status;
	expect([await upload('creator'), await upload('free')]).toEqual([status, 403]);
});
