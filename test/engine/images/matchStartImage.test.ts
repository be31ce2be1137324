import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { LUMA, retryOf, runLuma, type LumaRun } from '../../../support/engine/engine';
import { collectGarbage } from '../../../support/garbage';
import { startMockServer } from '../../../support/mockServer';
import { gif, jpg, png, webp } from '../../../support/media/pictures';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { startMediaHost, startStuckHost } from '../../../support/engine/mediaHost';
import { count, FAST_POLLING, startService } from '../../../support/engine/service';

const store = useBinaryStore();

const fromFile = { operation: 'imageToVideo', startImageSource: 'binary', waitMode: 'none' };
const fromUrl = { operation: 'imageToVideo', waitMode: 'none' };
const NOBODY = 'http://127.0.0.1:9/photo.jpg';

function hintsOf({ data }: LumaRun): string[] {
	const [{ hints = [] }] = data.resultData.runData[LUMA];
	return hints.map(({ message }) => message);
}

async function ratioOf(parameters: IDataObject, picture?: Buffer) {
	const { simulator, url } = await startService();
	const items = picture ? [await store.item(picture)] : undefined;
	// Whoever runs the node by hand gets one more hint.
	const run = await runLuma({ url, items, parameters, mode: 'trigger' });
	const [task] = simulator.tasks.values();
	return { ratio: task?.input.aspect_ratio, simulator, run };
}

describe('a picture from a file', () => {
	it.each([
		['a portrait photo', jpg(4032, 3024, { orientation: 6 }), '3:4'],
		['a turned PNG', png(400, 300, { orientation: 6 }), '3:4'],
		['a turned WebP', webp(1920, 1080, { orientation: 8 }), '9:16'],
		['a screen of a phone', png(1080, 1920), '9:16'],
		['a square', webp(800, 800), '1:1'],
		['a wide picture', jpg(1920, 1080), '16:9'],
	])('gives its ratio to the video: %s', async (_, picture, expected) => {
		const { ratio, run } = await ratioOf(fromFile, picture);

		expect(ratio).toBe(expected);
		expect(hintsOf(run)).toEqual([]);
	});

	it('gives way to a ratio that was chosen, with a hint when much would be cut off', async () => {
		const { ratio, run } = await ratioOf({ ...fromFile, aspectRatio: '16:9' }, png(1080, 1920));

		expect(ratio).toBe('16:9');
		expect(hintsOf(run)).toEqual([expect.stringMatching(/1080×1920.*16:9.*68%/)]);
	});

	it('is named in a hint when it fits none of the ratios', async () => {
		const { ratio, run } = await ratioOf(fromFile, png(4000, 500));

		expect(ratio).toBe('21:9');
		expect(hintsOf(run)).toEqual([expect.stringContaining('4000×500')]);
	});

	it('does not count where Additional Input sets the ratio', async () => {
		const options = { additionalInput: '{ "aspect_ratio": "4:3" }' };
		const { ratio } = await ratioOf({ ...fromFile, options }, png(1080, 1920));

		expect(ratio).toBe('4:3');
	});

	it('shows its ratio in a dry run', async () => {
		const parameters = { ...fromFile, options: { dryRun: true } };
		const { run } = await ratioOf(parameters, png(1080, 1920));

		expect(run.json[0]).toHaveProperty('request.body.input.aspect_ratio', '9:16');
	});

	it.each([
		['is damaged', png().subarray(0, 20), 'damaged'],
		['has no frame', jpg().subarray(0, 20), 'damaged'],
		['has one pixel', png(1, 1), '1×1 pixels'],
		['is one pixel high', png(40_000, 1), '40000×1 pixels'],
		['is an animation', webp(640, 480, { kind: 'animated' }), 'is an animation'],
		['is an SVG drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'is not a JPG'],
		['is a GIF', gif(), 'is not a JPG'],
	])('is rejected before anything is sent when it %s', async (_, picture, message) => {
		const { simulator, run } = await ratioOf(fromFile, picture);

		expect(run.error?.message).toContain(`Start Image`);
		expect(run.error?.message).toContain(message);
		expect(simulator.calls).toEqual([]);
	});
});

describe('a picture on the web', () => {
	it('gives its ratio to the video, and its host never sees the key', async () => {
		const host = await startMediaHost(jpg(1080, 1920, { previewBytes: 786_000 }));
		const { ratio, run } = await ratioOf({ ...fromUrl, startImageUrl: host.url });

		expect(ratio).toBe('9:16');
		expect(hintsOf(run)).toEqual([]);
		expect(JSON.stringify(host.asked)).not.toContain('simulated-key');
	});

	it('is looked at once for many items', async () => {
		const host = await startMediaHost(png(800, 800));
		const { simulator, url } = await startService();
		const parameters = { ...fromUrl, startImageUrl: host.url };
		await runLuma({ url, items: [{}, {}, {}], parameters });

		const ratios = [...simulator.tasks.values()].map(({ input }) => input.aspect_ratio);
		expect(ratios).toEqual(['1:1', '1:1', '1:1']);
		expect(host.asked).toHaveLength(1);
	});

	it('decides as the end image where there is no start image', async () => {
		const host = await startMediaHost(png(800, 800));
		const { ratio } = await ratioOf({
			...fromUrl,
			startImageSource: 'none',
			endImageSource: 'url',
			endImageUrl: host.url,
		});

		expect(ratio).toBe('1:1');
	});

	it('makes a wide video with a hint when nobody answers', async () => {
		const { ratio, run } = await ratioOf({ ...fromUrl, startImageUrl: NOBODY });

		expect(ratio).toBe('16:9');
		expect(hintsOf(run)).toEqual([expect.stringMatching(/could not be read.*16:9/)]);
	});

	it('has a hint when nobody answers, also where a ratio was chosen', async () => {
		const parameters = { ...fromUrl, startImageUrl: NOBODY, aspectRatio: '9:16' };
		const { ratio, run } = await ratioOf(parameters);

		expect(ratio).toBe('9:16');
		expect(hintsOf(run)).toEqual([expect.stringMatching(/could not be read/)]);
		expect(hintsOf(run)).toEqual([expect.not.stringContaining('16:9')]);
	});

	it('is given up when it does not come, and its host is not asked for further ones', async () => {
		const host = await startStuckHost();
		const { simulator, url } = await startService();
		const run = runLuma({
			url,
			items: Array.from({ length: 15 }, (_, index) => ({ photo: `${host.url}?${index}` })),
			parameters: { ...fromUrl, startImageUrl: '={{ $json.photo }}' },
		});
		await host.reached;
		// Whatever ends the look must outlive the garbage collector.
		collectGarbage();
		const { json } = await run;

		expect(await host.left).toBe('left');
		// As many as are looked at side by side.
		expect(host.requests.count).toBe(10);
		expect(json).toHaveLength(15);
		const ratios = [...simulator.tasks.values()].map(({ input }) => input.aspect_ratio);
		expect(new Set(ratios)).toEqual(new Set(['16:9']));
	});

	it.each([
		['an SVG drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"></svg>'), 'SVG'],
		['an animation', webp(640, 480, { kind: 'animated' }), 'is an animation'],
		['a tracking pixel', gif(1, 1), '1×1 pixels'],
	])('is rejected before anything is paid when it is %s', async (_, picture, message) => {
		const host = await startMediaHost(picture);
		const { simulator, run } = await ratioOf({ ...fromUrl, startImageUrl: host.url });

		expect(run.error?.message).toContain(message);
		expect(simulator.calls).toEqual([]);
	});

	it('costs its own item only where On Error is set to continue', async () => {
		const svg = await startMediaHost(Buffer.from('<svg xmlns="x"></svg>'));
		const { simulator, url } = await startService();
		const { json } = await runLuma({
			url,
			items: [{ photo: svg.url }, { photo: NOBODY }],
			parameters: { ...fromUrl, startImageUrl: '={{ $json.photo }}' },
			settings: { onError: 'continueRegularOutput' },
		});

		expect(json).toEqual([
			expect.objectContaining({ error: expect.stringContaining('SVG') }),
			expect.objectContaining({ taskId: expect.any(String) }),
		]);
		expect(simulator.tasks.size).toBe(1);
	});

	it.each([
		'http://localhost:1234/photo.jpg',
		'http://127.0.0.1/photo.jpg',
		'https://192.168.1.20/photo.jpg',
		'http://nas.local/photo.jpg',
		'http://[::1]/photo.jpg',
		'http://169.254.169.254/latest/meta-data',
	])('is rejected in a private network, and nobody is asked: %s', async (startImageUrl) => {
		const { simulator, url } = await startService();
		const { error } = await runLuma({
			url,
			credential: { baseUrl: 'https://piapi.invalid' },
			parameters: { ...fromUrl, startImageUrl },
		});

		expect(error?.message).toMatch(/PiAPI cannot open 'Start Image URL'.*private network/);
		expect(simulator.calls).toEqual([]);
	});
});

it("pays once when a person's retry sees a picture that could not be looked at before", async () => {
	const pictures: Buffer[] = [];
	const host = await startMockServer(() => pictures[0]);
	const { simulator, url } = await startService({ renderSeconds: 2 });
	const parameters = { operation: 'imageToVideo', startImageUrl: `${host.url}/photo.png` };
	const soon = { timeoutMinutes: 0.01, pollIntervalSeconds: 0.1 };
	const first = await runLuma({ url, parameters: { ...parameters, options: soon } });
	expect(first.error?.message).toContain('within the time limit');

	pictures.push(png(800, 800));
	const { json } = await runLuma({
		url,
		parameters: { ...parameters, options: FAST_POLLING },
		resume: retryOf(first),
	});
	await host.close();

	expect(host.received).toHaveLength(2);
	expect(json[0].status).toBe('completed');
	expect(count(simulator, 'create')).toBe(1);
});
