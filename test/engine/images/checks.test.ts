import { describe, expect, it } from '@jest/globals';

import { useBinaryStore } from '../../../support/engine/binaryData';
import { startMediaHost, startHost, startStuckHost } from '../../../support/engine/mediaHost';
import { CONTINUE, runOnce, SEEN } from '../../../support/engine/runOnce';
import { gif, jpg, png, webp } from '../../../support/media/pictures';

const store = useBinaryStore();

const fromUrl = { operation: 'imageToVideo', waitMode: 'none' };

async function runFile(picture: Buffer) {
	const items = [await store.item(picture)];
	return await runOnce({ ...fromUrl, startImageSource: 'binary' }, { items, ...SEEN });
}

async function runLink(startImageUrl: string) {
	return await runOnce({ ...fromUrl, startImageUrl }, SEEN);
}

const runPicture = async (...answer: Parameters<typeof startMediaHost>) =>
	await runLink((await startMediaHost(...answer)).url);

const half = (picture: Buffer) => picture.subarray(0, picture.length / 2);
const latin1 = (text: string) => Buffer.from(text, 'latin1');

// All kinds of files, and wherever they are cut off: test/unit/images/formats.test.ts.
const REFUSED: Array<[string, Buffer, string]> = [
	['half a JPEG with a preview', half(jpg(1080, 1920, { previews: 1 })), 'is damaged'],
	['half a WebP', half(webp()), 'is damaged'],
	['an animated PNG', png(640, 480, { isAnimated: true }), 'is an animation'],
	['a line', png(40_000, 31), '40000×31 pixels'],
	['a photo of a phone', latin1('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'HEIC'],
	['a web page', latin1('<!doctype html><title>My photo</title>'), 'web page'],
	['nothing at all', Buffer.alloc(0), 'empty'],
];

describe.each<[string, typeof runFile, typeof REFUSED]>([
	['a file', runFile, [['a GIF', gif(), 'GIF']]],
	['a link', runPicture, [['half a GIF', half(gif()), 'is damaged']]],
])('%s', (_, runOf, own) => {
	it.each([...REFUSED, ...own])(
		'is refused before anything is paid where it has %s',
		async (__, picture, message) => {
			const { error, calls } = await runOf(picture);

			expect(error?.message).toContain("'Start Image'");
			expect(error?.message).toContain(message);
			expect(calls).toEqual([]);
		},
	);

	it('is taken where its picture is complete and not too small', async () => {
		const { json } = await runOf(png(32, 32));
		expect(json[0]).toHaveProperty('taskId');
	});
});

describe('a link', () => {
	it('to a page says how a link to the image itself looks', async () => {
		const { error } = await runPicture(Buffer.from('<html><body>Preview</body></html>'));

		for (const form of ['drive.google.com/uc?export=download&id=', 'dl=1', 'download=1']) {
			expect(error?.description).toContain(form);
		}
	});

	it.each([401, 403, 404, 410])('is refused when its host answers %s', async (status) => {
		const { error, calls } = await runPicture(png(), status);

		expect(error?.message).toContain(`cannot be opened at its link (HTTP ${status})`);
		expect(error?.description).toContain('private browser window');
		expect(calls).toEqual([]);
	});

	it.each([408, 429, 500, 503])('is sent with a hint when its host answers %s', async (status) => {
		const { inputs, hints } = await runPicture(png(), status);

		expect(inputs[0].aspect_ratio).toBe('16:9');
		expect(hints).toEqual([expect.stringContaining(`HTTP ${status}`)]);
	});

	it('is sent with a hint when its size does not come within 2 MB', async () => {
		const { inputs, hints } = await runPicture(jpg(1080, 1920, { previews: 50 }));

		expect(inputs[0].aspect_ratio).toBe('16:9');
		expect(hints).toEqual([expect.stringContaining('2 MB')]);
	});

	it('is sent when only what comes after 2 MB is missing', async () => {
		const whole = jpg(1080, 1920);
		const cut = Buffer.concat([whole.subarray(0, -2), Buffer.alloc(2_500_000)]);
		const { inputs, hints } = await runPicture(cut);

		expect(inputs[0].aspect_ratio).toBe('9:16');
		expect(hints).toEqual([]);
	});

	it.each([
		['the rest', '9:16', () => startStuckHost(half(jpg(1080, 1920)))],
		['anything', '16:9', async () => await startHost('', 'nothing')],
	])('is sent with a hint when %s does not arrive, and %s', async (_, ratio, start) => {
		const { inputs, hints } = await runLink((await start()).url);

		expect(inputs[0].aspect_ratio).toBe(ratio);
		expect(hints).toEqual([expect.stringContaining('5 seconds')]);
	});

	it('is sent with a hint when the connection breaks off', async () => {
		const faults = [{ route: 'media', effect: { kind: 'cutOff' } } as const];
		const first = await runOnce({}, { service: { faults } });
		const startImageUrl = first.json[0].lastFrameUrl;
		const { tasks, hints } = await first.execute({ ...fromUrl, startImageUrl }, SEEN);

		expect(hints).toEqual([expect.stringContaining('could not be read')]);
		expect(tasks).toHaveLength(2);
	});

	it('is not read on when it can be no image', async () => {
		const host = await startStuckHost(Buffer.alloc(20_000, '<html>'));
		const { error } = await runLink(host.url);

		expect(error?.message).toContain('is a web page');
		expect(await host.left).toBe('left');
	});

	it('of a share service is refused with its direct form', async () => {
		const { error, calls } = await runLink('https://www.dropbox.com/s/a1b2c3/cat.jpg');

		expect(error?.message).toMatch(/'Start Image URL' is a share link of Dropbox/);
		expect(error?.description).toContain('dl=1');
		expect(calls).toEqual([]);
	});

	it('that is refused costs its own item only where On Error is set to continue', async () => {
		const hosts = await Promise.all(
			[half(png()), png(800, 800)].map((body) => startMediaHost(body)),
		);
		const parameters = { ...fromUrl, startImageUrl: '={{ $json.url }}' };
		const items = hosts.map(({ url }) => ({ url }));
		const { json, tasks } = await runOnce(parameters, { items, ...CONTINUE });

		expect(json[0].error).toContain("'Start Image' is damaged");
		expect(json[1].taskId).toBe(tasks[0].taskId);
		expect(tasks).toHaveLength(1);
	});

	it('into a private network is refused, and nobody is asked', async () => {
		const startImageUrl = 'http://nas.local/photo.jpg';
		const credential = { baseUrl: 'https://piapi.invalid' };
		const { error } = await runOnce({ ...fromUrl, startImageUrl }, { credential });

		expect(error?.message).toMatch(/PiAPI cannot open 'Start Image URL'.*private network/);
	});
});
