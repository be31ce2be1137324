import { describe, expect, it } from '@jest/globals';
import { assert, asyncProperty, constantFrom, integer } from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { LUMA, runLuma, type LumaRun } from '../../../support/engine/engine';
import { gif, jpg, png, webp } from '../../../support/media/pictures';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { startMediaHost, startStuckHost } from '../../../support/engine/mediaHost';
import { FAST_POLLING, PROMPT, startService } from '../../../support/engine/service';

const store = useBinaryStore();

const fromFile = { operation: 'imageToVideo', startImageSource: 'binary', waitMode: 'none' };
const fromUrl = { operation: 'imageToVideo', waitMode: 'none' };
const CONTINUE = { onError: 'continueRegularOutput' } as const;

function hintsOf({ data }: LumaRun): string[] {
	const [{ hints = [] }] = data.resultData.runData[LUMA];
	return hints.map(({ message }) => message);
}

async function runFile(picture: Buffer) {
	const { simulator, url } = await startService();
	const items = [await store.item(picture)];
	const run = await runLuma({ url, items, parameters: fromFile, mode: 'trigger' });
	return { ...run, calls: simulator.calls };
}

async function runLink(startImageUrl: string, own: IDataObject = {}) {
	const { simulator, url } = await startService();
	const parameters = { ...fromUrl, startImageUrl, ...own };
	const run = await runLuma({ url, parameters, mode: 'trigger' });
	const [task] = simulator.tasks.values();
	return { run, error: run.error, calls: simulator.calls, ratio: task?.input.aspect_ratio };
}

const half = (picture: Buffer) => picture.subarray(0, picture.length / 2);

const HALVES: Array<[string, Buffer]> = [
	['JPEG', half(jpg())],
	['JPEG with a preview', half(jpg(1080, 1920, { previewBytes: 60_000 }))],
	['PNG', half(png())],
	['WebP', half(webp())],
];
const ANIMATIONS: Array<[string, Buffer]> = [
	['PNG', png(640, 480, { frames: 2 })],
	['WebP', webp(640, 480, { kind: 'animated' })],
];
/** What people have in place of a JPG, PNG or WebP image, with the word that they know it by. */
const OTHERS: Array<[string, Buffer]> = [
	['HEIC', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
	['AVIF', Buffer.from('\0\0\0\x20ftypavif\0\0\0\0avifmif1', 'latin1')],
	['BMP', Buffer.from('BM\x36\x10\0\0\0\0\0\0\x36\0\0\0', 'latin1')],
	['PDF', Buffer.from('%PDF-1.7\n')],
	['video', Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2', 'latin1')],
	['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
	['web page', Buffer.from('<!doctype html><title>My photo</title>')],
	['login page', Buffer.from('<html><title>Sign in</title>')],
];

describe('a file', () => {
	it.each(HALVES)('is refused as damaged when it is half a %s', async (_, picture) => {
		const { error, calls } = await runFile(picture);

		expect(error?.message).toMatch(/'Start Image' is damaged/);
		expect(calls).toEqual([]);
	});

	it.each(ANIMATIONS)('is refused when it is an animated %s', async (_, picture) => {
		const { error, calls } = await runFile(picture);

		expect(error?.message).toContain('is an animation');
		expect(calls).toEqual([]);
	});

	it.each([...OTHERS, ['GIF', gif()] as const])(
		'is refused by what it is: %s',
		async (name, picture) => {
			const { error, calls } = await runFile(picture);

			expect(error?.message).toContain(name);
			expect(calls).toEqual([]);
		},
	);
});

describe('a link', () => {
	it.each([...HALVES, ['GIF', half(gif())] as const])(
		'is refused as damaged when it leads to half a %s',
		async (_, picture) => {
			const { error, calls } = await runLink((await startMediaHost(picture)).url);

			expect(error?.message).toMatch(/'Start Image' is damaged/);
			expect(calls).toEqual([]);
		},
	);

	it.each([...ANIMATIONS, ['GIF', gif(640, 480, { frames: 2 })] as const])(
		'is refused when it leads to an animated %s',
		async (_, picture) => {
			const { error, calls } = await runLink((await startMediaHost(picture)).url);

			expect(error?.message).toContain('is an animation');
			expect(calls).toEqual([]);
		},
	);

	it.each(OTHERS)('is refused by what it leads to: %s', async (name, picture) => {
		const { error, calls } = await runLink((await startMediaHost(picture)).url);

		expect(error?.message).toContain(name);
		expect(calls).toEqual([]);
	});

	it('is refused when it leads to nothing at all', async () => {
		const { error, calls } = await runLink((await startMediaHost(Buffer.alloc(0))).url);

		expect(error?.message).toContain('empty');
		expect(calls).toEqual([]);
	});

	it('to a page says how a link to the image itself looks', async () => {
		const page = await startMediaHost(Buffer.from('<html><body>Preview</body></html>'));
		const { error } = await runLink(page.url);

		for (const form of ['drive.google.com/uc?export=download&id=', 'dl=1', 'download=1']) {
			expect(error?.description).toContain(form);
		}
	});

	it.each([401, 403, 404, 410])('is refused when its host answers %s', async (status) => {
		const { error, calls } = await runLink((await startMediaHost(png(), status)).url);

		expect(error?.message).toContain(`cannot be opened at its link (HTTP ${status})`);
		expect(error?.description).toContain('private browser window');
		expect(calls).toEqual([]);
	});

	it.each([408, 429, 500, 503])('is sent with a hint when its host answers %s', async (status) => {
		const { run, ratio } = await runLink((await startMediaHost(png(), status)).url);

		expect(ratio).toBe('16:9');
		expect(hintsOf(run)).toEqual([expect.stringContaining(`HTTP ${status}`)]);
	});

	it('is sent with a hint, and the ratio that is known, when the rest does not arrive', async () => {
		const host = await startStuckHost(half(jpg(1080, 1920)));
		const { run, ratio } = await runLink(host.url);

		expect(ratio).toBe('9:16');
		expect(hintsOf(run)).toEqual([expect.stringContaining('5 seconds')]);
	}, 30_000);

	it('is sent with a hint when the connection breaks off', async () => {
		const { simulator, url } = await startService({
			faults: [{ route: 'media', effect: { kind: 'cutOff' } }],
		});
		const first = await runLuma({ url, parameters: { prompt: PROMPT, options: FAST_POLLING } });
		const parameters = { ...fromUrl, startImageUrl: first.json[0].lastFrameUrl as string };
		const run = await runLuma({ url, parameters, mode: 'trigger' });

		expect(hintsOf(run)).toEqual([expect.stringContaining('could not be read')]);
		expect(simulator.tasks.size).toBe(2);
	});

	it('is sent with a hint when its size does not come within 2 MB', async () => {
		const photo = jpg(1080, 1920, { previewBytes: 3_000_000 });
		const { run, ratio } = await runLink((await startMediaHost(photo)).url);

		expect(ratio).toBe('16:9');
		expect(hintsOf(run)).toEqual([expect.stringContaining('2 MB')]);
	});

	it('is not refused for what comes after 2 MB', async () => {
		const withoutEnd = jpg(1080, 1920).subarray(0, -2);
		const photo = Buffer.concat([withoutEnd, Buffer.alloc(2_500_000)]);
		const { run, ratio } = await runLink((await startMediaHost(photo)).url);

		expect(ratio).toBe('9:16');
		expect(hintsOf(run)).toEqual([]);
	});

	it('is not read on when it can be no image', async () => {
		const host = await startStuckHost(Buffer.alloc(20_000, '<html>'));
		const { error } = await runLink(host.url);

		expect(error?.message).toContain('is a web page');
		expect(await host.left).toBe('left');
	});

	it.each([
		[
			'https://drive.google.com/file/d/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW/view?usp=sharing',
			'Google Drive',
			'https://drive.google.com/uc?export=download&id=1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW',
		],
		[
			'https://drive.google.com/open?id=1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW',
			'Google Drive',
			'https://drive.google.com/uc?export=download&id=1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW',
		],
		['https://www.dropbox.com/scl/fi/a1b2c3/cat.jpg?rlkey=x&dl=0', 'Dropbox', 'dl=1'],
		['https://www.dropbox.com/s/a1b2c3/cat.jpg', 'Dropbox', 'dl=1'],
		['https://1drv.ms/i/s!AbCdEf', 'OneDrive', 'download=1'],
		['https://onedrive.live.com/?cid=1&id=1%212', 'OneDrive', 'download=1'],
		['https://example-my.sharepoint.com/:i:/g/personal/x/E1?e=2', 'OneDrive', 'download=1'],
	])('of a share service is refused with its direct form: %s', async (link, service, direct) => {
		const { error, calls } = await runLink(link);

		expect(error?.message).toMatch(`'Start Image URL' is a share link of ${service}`);
		expect(error?.description).toContain(direct);
		expect(calls).toEqual([]);
	});

	it('that is refused costs its own item only where On Error is set to continue', async () => {
		const broken = await startMediaHost(half(png()));
		const whole = await startMediaHost(png(800, 800));
		const { simulator, url } = await startService();
		const { json } = await runLuma({
			url,
			items: [{ photo: broken.url }, { photo: whole.url }],
			parameters: { ...fromUrl, startImageUrl: '={{ $json.photo }}' },
			settings: CONTINUE,
		});

		expect(json[0].error).toContain("'Start Image' is damaged");
		expect(json[1].taskId).toEqual(expect.any(String));
		expect(simulator.tasks.size).toBe(1);
	});
});

it('pays for complete pictures only, wherever one was cut off', async () => {
	const makers = constantFrom(
		(side: number) => png(side, side),
		(side: number) => jpg(side, side),
		(side: number) => webp(side, side),
		(side: number) => webp(side, side, { kind: 'lossless' }),
	);
	const numbers = integer({ min: 1, max: 2 ** 20 });
	await assert(
		asyncProperty(makers, integer({ min: 32, max: 400 }), numbers, async (make, side, cut) => {
			const whole = make(side);
			const part = whole.subarray(0, 16 + (cut % (whole.length - 16)));
			const [sound, damaged] = [await runFile(whole), await runFile(part)];

			expect(sound.json[0]).toHaveProperty('taskId');
			expect(damaged.error?.message).toContain('is damaged');
			expect(damaged.calls).toEqual([]);
		}),
		{ numRuns: 25 },
	);
}, 60_000);
