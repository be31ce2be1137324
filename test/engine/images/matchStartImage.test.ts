import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { useBinaryStore } from '../../../support/engine/binaryData';
import { startMediaHost, startStuckHost } from '../../../support/engine/mediaHost';
import { runOnce, SEEN } from '../../../support/engine/runOnce';
import { collectGarbage } from '../../../support/memory';
import { jpg, png, webp } from '../../../support/media/pictures';

const store = useBinaryStore();

const fromUrl = { operation: 'imageToVideo', waitMode: 'none' };
const NOBODY = 'http://127.0.0.1:9/photo.jpg';

async function ratioOf(parameters: IDataObject, picture?: Buffer) {
	const file = picture && { startImageSource: 'binary' };
	const items = picture && [await store.item(picture)];
	const run = await runOnce({ ...fromUrl, ...file, ...parameters }, { items, ...SEEN });
	return { ...run, ratio: run.inputs[0]?.aspect_ratio };
}

describe('a picture from a file', () => {
	it.each([
		['a portrait photo', jpg(4032, 3024, { orientation: 6 }), '3:4'],
		['a screen of a phone', png(1080, 1920), '9:16'],
		['a square', webp(800, 800), '1:1'],
	])('gives its ratio to the video: %s', async (_, picture, expected) => {
		const { ratio, hints } = await ratioOf({}, picture);

		expect(ratio).toBe(expected);
		expect(hints).toEqual([]);
	});

	it('gives way to a ratio that was chosen, with a hint when much would be cut off', async () => {
		const { ratio, hints } = await ratioOf({ aspectRatio: '16:9' }, png(1080, 1920));

		expect(ratio).toBe('16:9');
		expect(hints).toEqual([expect.stringMatching(/1080×1920.*16:9.*68%/)]);
	});

	it('is named in a hint when it fits none of the ratios', async () => {
		const { ratio, hints } = await ratioOf({}, png(4000, 500));

		expect(ratio).toBe('21:9');
		expect(hints).toEqual([expect.stringContaining('4000×500')]);
	});

	it('does not count where Additional Input sets the ratio', async () => {
		const options = { additionalInput: '{ "aspect_ratio": "4:3" }' };
		expect((await ratioOf({ options }, png(1080, 1920))).ratio).toBe('4:3');
	});

	it('shows its ratio in a dry run', async () => {
		const { json } = await ratioOf({ options: { dryRun: true } }, png(1080, 1920));
		expect(json[0]).toHaveProperty('request.body.input.aspect_ratio', '9:16');
	});
});

describe('a picture on the web', () => {
	it('gives its ratio to the video, and its host never sees the key', async () => {
		const host = await startMediaHost(jpg(1080, 1920, { previews: 13 }));
		const { ratio, hints } = await ratioOf({ startImageUrl: host.url });

		expect(ratio).toBe('9:16');
		expect(hints).toEqual([]);
		expect(host.asked.join()).not.toContain('simulated-key');
	});

	it('is looked at once for many items', async () => {
		const host = await startMediaHost(png(800, 800));
		const parameters = { ...fromUrl, startImageUrl: host.url };
		const { inputs } = await runOnce(parameters, { items: [{}, {}, {}] });

		expect(inputs.map(({ aspect_ratio: ratio }) => ratio)).toEqual(['1:1', '1:1', '1:1']);
		expect(host.asked).toHaveLength(1);
	});

	it('decides as the end image where there is no start image', async () => {
		const { url } = await startMediaHost(png(800, 800));
		const end = { startImageSource: 'none', endImageSource: 'url', endImageUrl: url };
		expect((await ratioOf(end)).ratio).toBe('1:1');
	});

	it('makes a wide video, or one of the chosen ratio, with a hint when nobody answers', async () => {
		const wide = await ratioOf({ startImageUrl: NOBODY });
		expect(wide.ratio).toBe('16:9');
		expect(wide.hints).toEqual([expect.stringMatching(/could not be read.*16:9/)]);

		const chosen = await ratioOf({ startImageUrl: NOBODY, aspectRatio: '9:16' });
		expect(chosen.ratio).toBe('9:16');
		expect(chosen.hints).toEqual([expect.stringMatching(/could not be read(?!.*16:9)/)]);
	});

	it('is given up when it does not come, and its host is not asked for further ones', async () => {
		const host = await startStuckHost();
		const items = Array.from({ length: 15 }, (_, index) => ({ photo: `${host.url}?${index}` }));
		const running = runOnce({ ...fromUrl, startImageUrl: '={{ $json.photo }}' }, { items });
		await host.reached;
		// Whatever ends the look must outlive the garbage collector.
		collectGarbage();
		const { inputs } = await running;

		expect(await host.left).toBe('left');
		// As many as are looked at side by side.
		expect(host.asked).toHaveLength(10);
		expect(inputs.map(({ aspect_ratio: ratio }) => ratio)).toEqual(Array(15).fill('16:9'));
	});
});
