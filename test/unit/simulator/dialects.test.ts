import { expect, it } from '@jest/globals';
import type { Dialect, SimulatorOptions } from '../../../simulator';
import { openAccount } from './account';

async function outputs(options: SimulatorOptions) {
	const { create, read, clock, run } = openAccount(options);
	return await run(async () => {
		const created = (await create({ aspect_ratio: '9:16' })).data;
		await clock.sleep(6000);
		const done = (await read(created.task_id)).data;
		const link = (file: string) => `https://simulator.test/media/${created.task_id}/${file}`;
		const picture = (file: string) => ({ url: link(file), width: 180, height: 320 });
		return { created, done, link, picture };
	});
}

it('writes URL strings and a null output in the current dialect', async () => {
	const { created, done, link, picture } = await outputs({});
	expect(created.output).toBeNull();
	expect(done.output).toEqual({
		video: link('video.mp4'),
		video_raw: picture('video_raw.mp4'),
		thumbnail: link('thumbnail.jpg'),
		last_frame: link('last_frame.jpg'),
	});
});

it('writes objects, empty while nothing is made, in the older dialect', async () => {
	const { created, done, picture } = await outputs({ dialect: 'older' });
	expect(created.output).toEqual({
		video: { url: '', width: null, height: null },
		video_raw: null,
		thumbnail: '',
		last_frame: null,
	});
	expect(done.output).toEqual({
		video: picture('video.mp4'),
		video_raw: picture('video_raw.mp4'),
		thumbnail: picture('thumbnail.jpg'),
		last_frame: picture('last_frame.jpg'),
	});
});

it.each<[Dialect, (link: (file: string) => string) => object]>([
	['generation', (link) => ({ generation: { video: { url: link('video.mp4'), width: 180 } } })],
	['videoUrl', (link) => ({ video_url: link('video.mp4') })],
	[
		'works',
		(link) => ({
			works: [
				{
					video: {
						resource: link('video.mp4'),
						resource_without_watermark: link('video_raw.mp4'),
					},
				},
			],
		}),
	],
	[
		'files',
		(link) => ({
			files: [{ url: link('thumbnail.jpg') }, { type: 'video/mp4', url: link('video.mp4') }],
		}),
	],
])('writes the %s dialect', async (dialect, expected) => {
	const { created, done, link } = await outputs({ dialect });
	expect(created.output).toBeNull();
	expect(done.output).toMatchObject(expected(link));
});

it('uses other words for the statuses', async () => {
	const { created, done } = await outputs({ statusWords: { completed: 'Completed' } });
	expect([created.status, done.status]).toEqual(['pending', 'Completed']);
});
