import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Simulator } from '../../../simulator';
import { picture, useBinaryStore } from '../../../support/engine/binaryData';
import { runLuma } from '../../../support/engine/engine';
import { FAST_POLLING, count, startService } from '../../../support/engine/service';

const fromFile: IDataObject = {
	operation: 'imageToVideo',
	startImageSource: 'binary',
	options: FAST_POLLING,
};

function bodies(simulator: Simulator, route: 'upload' | 'create'): IDataObject[] {
	return simulator.calls
		.filter((call) => call.route === route)
		.map(({ body }) => body as IDataObject);
}

function inputs(simulator: Simulator): IDataObject[] {
	return bodies(simulator, 'create').map(({ input }) => input as IDataObject);
}

describe.each(['default', 'filesystem'] as const)('in the binary data mode “%s”', (mode) => {
	const store = useBinaryStore(mode);

	it('uploads a file of the item and creates the video from its URL', async () => {
		const { simulator, url } = await startService();
		const bytes = picture.png();
		const { json, error } = await runLuma({
			url,
			items: [await store.item(bytes, { fileName: 'Mein Foto (1).jpeg' })],
			parameters: fromFile,
		});

		expect(error).toBeUndefined();
		expect(json[0].status).toBe('completed');
		const [sent] = bodies(simulator, 'upload');
		expect(sent.file_name).toBe('Mein-Foto-1-.png');
		expect(Buffer.from(String(sent.file_data), 'base64')).toEqual(bytes);
		expect(inputs(simulator)[0].start_image).toMatch(/\/media\/uploads\/.+\.png$/);
	});

	it('takes start and end from two files of the item', async () => {
		const { simulator, url } = await startService();
		const item = await store.itemOf({ data: picture.jpg('first'), last: picture.webp('last') });
		await runLuma({
			url,
			items: [item],
			parameters: { ...fromFile, endImageSource: 'binary', endImageBinaryProperty: 'last' },
		});

		const [input] = inputs(simulator);
		expect(input.start_image).toMatch(/\.jpg$/);
		expect(input.end_image).toMatch(/\.webp$/);
		expect(count(simulator, 'upload')).toBe(2);
	});

	it('uploads the same picture once for many items, and all pictures before the first create', async () => {
		const { simulator, url } = await startService();
		const contents = ['a', 'a', 'b', 'a', 'b', 'a'];
		const items = await Promise.all(
			contents.map(async (mark) => await store.item(picture.jpg(mark))),
		);
		const { json } = await runLuma({ url, items, parameters: fromFile });

		expect(json).toHaveLength(6);
		expect(simulator.calls.slice(0, 3).map(({ route }) => route)).toEqual([
			'upload',
			'upload',
			'create',
		]);
		expect(count(simulator, 'upload')).toBe(2);
		expect(new Set(inputs(simulator).map(({ start_image: address }) => address)).size).toBe(2);
	});

	it('refuses what is no picture by its content, whatever its name, and sends nothing', async () => {
		const { simulator, url } = await startService();
		const items = await Promise.all(
			Array.from({ length: 20 }, async (_, index) =>
				index === 19
					? await store.item(Buffer.from('GIF89a and so on'), { fileName: 'cat.jpg' })
					: await store.item(picture.jpg()),
			),
		);
		const { error } = await runLuma({ url, items, parameters: fromFile });

		expect(error?.message).toBe(
			"'Start Image' is not a JPG, PNG or WebP image, going by the content of “cat.jpg” [item 19]",
		);
		expect(error?.context.itemIndex).toBe(19);
		expect(simulator.calls).toEqual([]);
	});

	it('refuses a picture above 10 MB before any request', async () => {
		const { simulator, url } = await startService();
		const large = Buffer.concat([picture.jpg(), Buffer.alloc(10 * 1024 * 1024)]);
		const { error } = await runLuma({
			url,
			items: [await store.item(large)],
			parameters: fromFile,
		});

		expect(error?.message).toBe("'Start Image' has 10.0 MB, but PiAPI takes up to 10 MB");
		expect(simulator.calls).toEqual([]);
	});
});

describe('an image from a file', () => {
	const store = useBinaryStore();

	it('takes a picture of exactly 10 MB', async () => {
		const { url } = await startService();
		const start = picture.jpg();
		const bytes = Buffer.concat([start, Buffer.alloc(10 * 1024 * 1024 - start.length)]);
		const { error } = await runLuma({
			url,
			items: [await store.item(bytes)],
			parameters: fromFile,
		});

		expect(error).toBeUndefined();
	});

	it('goes by the size that n8n noted down, without reading a file that is too large', async () => {
		const { simulator, url } = await startService();
		const item = await store.item(picture.jpg());
		item.binary!.data.bytes = 64 * 1024 * 1024;
		const { error } = await runLuma({ url, items: [item], parameters: fromFile });

		expect(error?.message).toContain("'Start Image' has 64.0 MB");
		expect(simulator.calls).toEqual([]);
	});

	it('refuses an empty file', async () => {
		const { url } = await startService();
		const item = await store.item(Buffer.alloc(0));
		const { error } = await runLuma({ url, items: [item], parameters: fromFile });

		expect(error?.message).toBe("'Start Image' is an empty file");
	});

	it('names the field, the item and the files that it does have when the property is wrong', async () => {
		const { simulator, url } = await startService();
		const item = await store.itemOf({ photo: picture.jpg(), logo: picture.png() });
		const { error } = await runLuma({
			url,
			items: [await store.item(picture.jpg()), item],
			parameters: { ...fromFile, startImageBinaryProperty: 'data' },
		});

		expect(error?.message).toBe("'Start Image' finds no file in the binary field “data” [item 1]");
		expect(error?.description).toContain('one that this item has: photo, logo');
		expect(simulator.calls).toEqual([]);
	});

	it('takes the only file of an item, whatever its field is called', async () => {
		const { simulator, url } = await startService();
		const item = await store.itemOf({ photo: picture.jpg() });
		const { error } = await runLuma({ url, items: [item], parameters: fromFile });

		expect(error).toBeUndefined();
		expect(inputs(simulator)[0].start_image).toMatch(/\.jpg$/);
	});

	it('does not take the only file of an item for both images', async () => {
		const { simulator, url } = await startService();
		const { error } = await runLuma({
			url,
			items: [await store.item(picture.jpg())],
			parameters: { ...fromFile, endImageSource: 'binary', endImageBinaryProperty: 'last' },
		});

		expect(error?.message).toBe("'End Image' finds no file in the binary field “last”");
		expect(simulator.calls).toEqual([]);
	});

	it('says what to connect when the item has no files at all', async () => {
		const { url } = await startService();
		const { error } = await runLuma({
			url,
			parameters: { ...fromFile, startImageSource: 'none', endImageSource: 'binary' },
		});

		expect(error?.message).toBe("'End Image' finds no file in the binary field “data”");
		expect(error?.description).toContain('this item has no files');
	});

	it('gives a long or strange name a form that PiAPI takes', async () => {
		const { simulator, url } = await startService();
		const items = [
			await store.item(picture.jpg('1'), { fileName: `${'x'.repeat(300)}.png` }),
			await store.item(picture.jpg('2'), { fileName: '写真.jpg' }),
		];
		await runLuma({ url, items, parameters: fromFile });

		const names = bodies(simulator, 'upload').map(({ file_name: name }) => String(name));
		expect(names.map((name) => name.length <= 128 && name.endsWith('.jpg'))).toEqual([true, true]);
		expect(names).toContain('image.jpg');
	});

	it('shows the request in a dry run without uploading anything', async () => {
		const { simulator, url } = await startService();
		const { json } = await runLuma({
			url,
			items: [await store.item(picture.jpg())],
			parameters: { ...fromFile, options: { dryRun: true } },
		});

		expect(json[0]).toHaveProperty(
			'request.body.input.start_image',
			expect.stringMatching(/^\(link to .+\.jpg after its upload\)$/),
		);
		expect(count(simulator, 'upload')).toBe(0);
	});
});

describe('an upload that PiAPI does not take', () => {
	const store = useBinaryStore();

	it('says which plan is needed and the way out', async () => {
		const { simulator, url } = await startService({ plan: 'free' });
		const { error } = await runLuma({
			url,
			items: [await store.item(picture.jpg())],
			parameters: fromFile,
		});

		expect(error?.message).toBe('Your PiAPI plan does not include uploading images');
		expect(error?.description).toContain('Creator plan');
		expect(error?.description).toContain('host the image elsewhere');
		expect(count(simulator, 'create')).toBe(0);
	});

	it('quotes PiAPI and creates no task for any item', async () => {
		const { simulator, url } = await startService({
			faults: [
				{
					route: 'upload',
					calls: [2],
					effect: { kind: 'answer', status: 400, body: { code: 400, message: 'file is broken' } },
				},
			],
		});
		const items = [await store.item(picture.jpg('1')), await store.item(picture.jpg('2'))];
		const { error } = await runLuma({ url, items, parameters: fromFile });

		expect(error?.message).toBe('PiAPI did not accept the image file [item 1]');
		expect(error?.description).toContain('file is broken');
		expect(count(simulator, 'create')).toBe(0);
	});

	it('costs only its own item when On Error is set to continue', async () => {
		const { simulator, url } = await startService({
			faults: [{ route: 'upload', effect: { kind: 'answer', status: 400 } }],
		});
		const items = [await store.item(picture.jpg('1')), await store.item(picture.jpg('2'))];
		const { json } = await runLuma({
			url,
			items,
			parameters: { ...fromFile, options: { ...FAST_POLLING, maxConcurrency: 1 } },
			settings: { onError: 'continueRegularOutput' },
		});

		expect(json[0].error).toContain('PiAPI did not accept the image file');
		expect(json[1].status).toBe('completed');
		expect(count(simulator, 'create')).toBe(1);
	});

	it('is tried again when it only met a hiccup', async () => {
		const { simulator, url } = await startService({
			faults: [{ route: 'upload', effect: { kind: 'html', status: 502 } }],
		});
		const { error } = await runLuma({
			url,
			items: [await store.item(picture.jpg())],
			parameters: fromFile,
		});

		expect(error).toBeUndefined();
		expect(count(simulator, 'upload')).toBe(2);
	});

	it('is not repeated for a video that an earlier try created', async () => {
		const { simulator, url } = await startService({ renderSeconds: 1 });
		const { json } = await runLuma({
			url,
			items: [await store.item(picture.jpg())],
			parameters: { ...fromFile, options: { ...FAST_POLLING, timeoutMinutes: 0.01 } },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});

		expect(json[0].status).toBe('completed');
		expect(count(simulator, 'upload')).toBe(1);
		expect(count(simulator, 'create')).toBe(1);
	});

	it('sends the key to no upload address that is not safe for it', async () => {
		const { simulator, url } = await startService();
		const { error } = await runLuma({
			url,
			items: [await store.item(picture.jpg())],
			credential: { uploadBaseUrl: 'http://upload.example.com' },
			parameters: fromFile,
		});

		expect(error?.message).toBe('The PiAPI credential needs a correction');
		expect(error?.description).toContain("'Upload URL': http://upload.example.com would send");
		expect(simulator.calls).toEqual([]);
	});
});
