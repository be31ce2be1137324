import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { FaultEffect, Simulator } from '../../../simulator';
import { picture, useBinaryStore } from '../../../support/engine/binaryData';
import { CONTINUE, READY_IN_A_LATER_TRY, runOnce, SHORT } from '../../../support/engine/runOnce';
import { count } from '../../../support/engine/service';

const MB = 1024 * 1024;
const fromFile: IDataObject = { operation: 'imageToVideo', startImageSource: 'binary' };
const LAST = { endImageSource: 'binary', endImageBinaryProperty: 'last' };

function uploads(simulator: Simulator): IDataObject[] {
	const calls = simulator.calls.filter(({ route }) => route === 'upload');
	return calls.map(({ body }) => body as IDataObject);
}

describe.each(['default', 'filesystem'] as const)('in the binary data mode “%s”', (mode) => {
	const store = useBinaryStore(mode);

	it('uploads a file of the item and creates the video from its URL', async () => {
		const bytes = picture.png();
		const items = [await store.item(bytes, { fileName: 'Mein Foto (1).jpeg' })];
		const { json, error, simulator, inputs } = await runOnce(fromFile, { items });

		expect(error).toBeUndefined();
		expect(json[0].status).toBe('completed');
		const [sent] = uploads(simulator);
		expect(sent.file_name).toBe('Mein-Foto-1-.png');
		expect(Buffer.from(String(sent.file_data), 'base64')).toEqual(bytes);
		expect(inputs[0].start_image).toMatch(/\/media\/uploads\/.+\.png$/);
	});

	it('takes start and end from two files of the item', async () => {
		const items = [await store.itemOf({ data: picture.jpg('first'), last: picture.webp('last') })];
		const { simulator, inputs } = await runOnce({ ...fromFile, ...LAST }, { items });

		expect(inputs[0].start_image).toMatch(/\.jpg$/);
		expect(inputs[0].end_image).toMatch(/\.webp$/);
		expect(count(simulator, 'upload')).toBe(2);
	});

	it('uploads the same picture once for many items, and all pictures before the first create', async () => {
		const marks = [...'aababa'];
		const items = await Promise.all(marks.map(async (mark) => await store.item(picture.jpg(mark))));
		const { json, calls, inputs } = await runOnce(fromFile, { items });

		expect(json).toHaveLength(6);
		const routes = calls.map(({ route }) => route);
		expect(routes.slice(0, 3)).toEqual(['upload', 'upload', 'create']);
		expect(routes.filter((route) => route === 'upload')).toHaveLength(2);
		expect(new Set(inputs.map(({ start_image: address }) => address)).size).toBe(2);
	});

	it('refuses what is no picture by its content, whatever its name, and sends nothing', async () => {
		const items = await Promise.all(
			Array.from({ length: 19 }, async () => await store.item(picture.jpg())),
		);
		items.push(await store.item(Buffer.from('GIF89a and so on'), { fileName: 'cat.jpg' }));
		const { error, calls } = await runOnce(fromFile, { items });

		expect(error?.message).toBe(
			"'Start Image' is not a JPG, PNG or WebP image, going by the content of “cat.jpg” [item 19]",
		);
		expect(error?.context.itemIndex).toBe(19);
		expect(calls).toEqual([]);
	});

	it.each([
		[10 * MB, undefined],
		[10 * MB + 1, "'Start Image' has 10.0 MB, but PiAPI takes up to 10 MB"],
	])('takes 10 MB, and no more: %d', async (size, message) => {
		const bytes = Buffer.alloc(size);
		picture.jpg().copy(bytes);
		const { error, calls } = await runOnce(fromFile, { items: [await store.item(bytes)] });

		expect(error?.message).toBe(message);
		expect(calls.length > 0).toBe(message === undefined);
	});
});

describe('an image from a file', () => {
	const store = useBinaryStore();

	it('goes by the size that n8n noted down, without reading a file that is too large', async () => {
		const item = await store.item(picture.jpg());
		item.binary!.data.bytes = 64 * MB;
		const { error, calls } = await runOnce(fromFile, { items: [item] });

		expect(error?.message).toContain("'Start Image' has 64.0 MB");
		expect(calls).toEqual([]);
	});

	it('names the field, the item and the files that it does have when the property is wrong', async () => {
		const items = [
			await store.item(picture.jpg()),
			await store.itemOf({ photo: picture.jpg(), logo: picture.png() }),
		];
		const { error, calls } = await runOnce(fromFile, { items });

		expect(error?.message).toBe("'Start Image' finds no file in the binary field “data” [item 1]");
		expect(error?.description).toContain('one that this item has: photo, logo');
		expect(calls).toEqual([]);
	});

	it('takes the only file of an item, whatever its field is called, but not for both images', async () => {
		const items = [await store.itemOf({ photo: picture.jpg() })];
		const { error, inputs } = await runOnce(fromFile, { items });
		expect(error).toBeUndefined();
		expect(inputs[0].start_image).toMatch(/\.jpg$/);

		const both = await runOnce(
			{ ...fromFile, ...LAST },
			{ items: [await store.item(picture.jpg())] },
		);
		expect(both.error?.message).toBe("'End Image' finds no file in the binary field “last”");
		expect(both.calls).toEqual([]);
	});

	it('says what to connect when the item has no files at all', async () => {
		const end = { startImageSource: 'none', endImageSource: 'binary' };
		const { error } = await runOnce({ ...fromFile, ...end });

		expect(error?.message).toBe("'End Image' finds no file in the binary field “data”");
		expect(error?.description).toContain('this item has no files');
	});

	it('gives a long or strange name a form that PiAPI takes', async () => {
		const items = [
			await store.item(picture.jpg('1'), { fileName: `${'x'.repeat(300)}.png` }),
			await store.item(picture.jpg('2'), { fileName: '写真.jpg' }),
		];
		const { simulator } = await runOnce(fromFile, { items });

		const names = uploads(simulator).map(({ file_name: name }) => String(name));
		expect(names.map((name) => name.length <= 128 && name.endsWith('.jpg'))).toEqual([true, true]);
		expect(names).toContain('image.jpg');
	});

	it('shows the request in a dry run without uploading anything', async () => {
		const items = [await store.item(picture.jpg())];
		const dry = { ...fromFile, options: { dryRun: true } };
		const { json, simulator } = await runOnce(dry, { items });

		expect(json[0]).toHaveProperty(
			'request.body.input.start_image',
			expect.stringMatching(/^\(link to .+\.jpg after its upload\)$/),
		);
		expect(count(simulator, 'upload')).toBe(0);
	});
});

describe('an upload that PiAPI does not take', () => {
	const store = useBinaryStore();
	const failing = (effect: FaultEffect, call = 1) => ({
		faults: [{ route: 'upload' as const, calls: [call], effect }],
	});

	it('says which plan is needed and the way out', async () => {
		const items = [await store.item(picture.jpg())];
		const { error, inputs } = await runOnce(fromFile, { items, service: { plan: 'free' } });

		expect(error?.message).toBe('Your PiAPI plan does not include uploading images');
		expect(error?.description).toContain('Creator plan');
		expect(error?.description).toContain('host the image elsewhere');
		expect(inputs).toEqual([]);
	});

	it('quotes PiAPI and creates no task for any item', async () => {
		const body = { code: 400, message: 'file is broken' };
		const service = failing({ kind: 'answer', status: 400, body }, 2);
		const items = [await store.item(picture.jpg('1')), await store.item(picture.jpg('2'))];
		const { error, inputs } = await runOnce(fromFile, { items, service });

		expect(error?.message).toBe('PiAPI did not accept the image file [item 1]');
		expect(error?.description).toContain('file is broken');
		expect(inputs).toEqual([]);
	});

	it('costs only its own item when On Error is set to continue', async () => {
		const items = [await store.item(picture.jpg('1')), await store.item(picture.jpg('2'))];
		const { json, inputs } = await runOnce(
			{ ...fromFile, options: { maxConcurrency: 1 } },
			{ items, service: failing({ kind: 'answer', status: 400 }), ...CONTINUE },
		);

		expect(json[0].error).toContain('PiAPI did not accept the image file');
		expect(json[1].status).toBe('completed');
		expect(inputs).toHaveLength(1);
	});

	it('is tried again when it only met a hiccup', async () => {
		const service = failing({ kind: 'html', status: 502 });
		const items = [await store.item(picture.jpg())];
		const { error, simulator } = await runOnce(fromFile, { items, service });

		expect(error).toBeUndefined();
		expect(count(simulator, 'upload')).toBe(2);
	});

	it('is not repeated for a video that an earlier try created', async () => {
		const { json, simulator, inputs } = await runOnce(
			{ ...fromFile, options: SHORT },
			{
				items: [await store.item(picture.jpg())],
				service: READY_IN_A_LATER_TRY,
				settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			},
		);

		expect(json[0].status).toBe('completed');
		expect(count(simulator, 'upload')).toBe(1);
		expect(inputs).toHaveLength(1);
	});

	it('sends the key to no upload address that is not safe for it', async () => {
		const { error, calls } = await runOnce(fromFile, {
			items: [await store.item(picture.jpg())],
			credential: { uploadBaseUrl: 'http://upload.example.com' },
		});

		expect(error?.message).toBe('The PiAPI credential needs a correction');
		expect(error?.description).toContain("'Upload URL': http://upload.example.com would send");
		expect(calls).toEqual([]);
	});
});
