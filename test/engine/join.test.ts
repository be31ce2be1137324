import { describe, expect, it } from '@jest/globals';
import { NodeHelpers, type IDataObject } from 'n8n-workflow';

import { Luma } from '../../nodes/Luma/Luma.node';
import { node, startLuma } from '../../support/engine/engine';
import { entryOf, filmOf, simple, simpleFrames, unit } from '../../support/media/mp4File';
import { askTool } from '../../support/engine/agent';
import { useBinaryStore } from '../../support/engine/binaryData';
import { startMediaHost, startStuckHost } from '../../support/engine/mediaHost';
import { CONTINUE, runOnce } from '../../support/engine/runOnce';
import { startService } from '../../support/engine/service';

const store = useBinaryStore('filesystem');

const MB = 1024 * 1024;

type More = NonNullable<Parameters<typeof runOnce>[1]>;

/** A clip of three frames whose bytes tell it apart. */
function clip(mark: number, change: Parameters<typeof simple>[0] = {}): Buffer {
	const frames = simpleFrames(3).map((frame) => ({
		...frame,
		bytes: unit(frame.isKey ? 0x65 : 0x41, Buffer.from([mark])),
	}));
	return simple({ frames, ...change });
}

const marksIn = (film: Buffer) => filmOf(film).frames.map(({ bytes }) => bytes[5]);
const UPRIGHT = clip(9, { entries: [entryOf({ width: 180, height: 320 })] });

/** Links to clips, and how often each was asked for. */
async function hosted(...clips: Buffer[]) {
	const hosts = await Promise.all(clips.map(async (bytes) => await startMediaHost(bytes)));
	return {
		items: hosts.map(({ url }, i) => ({ videoUrl: url, taskId: `task-${i}` })),
		asked: () => hosts.map(({ asked }) => asked.length),
	};
}

/** PiAPI is asked nothing, whatever becomes of it. */
async function join(items: More['items'], parameters: IDataObject = {}, more: More = {}) {
	const run = await runOnce({ operation: 'join', ...parameters }, { items, ...more });
	expect(run.calls).toEqual([]);
	return run;
}

describe('the clips of all items become one video', () => {
	it('in the order of the items, with what is known of it, and paired to all of them', async () => {
		const { items, asked } = await hosted(clip(3), clip(1), clip(2));
		const run = await join(items);

		expect(run.error).toBeUndefined();
		expect(run.items).toHaveLength(1);
		const [{ json, binary, pairedItem }] = run.items;
		const film = await store.bytesOf(binary?.data);
		expect(marksIn(film)).toEqual([3, 3, 3, 1, 1, 1, 2, 2, 2]);
		expect(json).toEqual({
			clips: 3,
			duration: 9,
			width: 320,
			height: 180,
			sizeBytes: film.length,
			taskIds: ['task-0', 'task-1', 'task-2'],
		});
		expect(binary?.data).toMatchObject({ fileName: 'luma-film.mp4', mimeType: 'video/mp4' });
		expect(pairedItem).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(asked()).toEqual([1, 1, 1]);
		expect(run.hints).toEqual([]);
	});

	it('of which a single one is given on as it is, with a hint', async () => {
		const { items } = await hosted(clip(1));
		const run = await join(items);

		expect(await store.bytesOf(run.items[0].binary?.data)).toEqual(clip(1));
		expect(run.hints).toEqual([expect.stringContaining('only one clip')]);
	});

	it('without their sound, if somebody wants that', async () => {
		const { items } = await hosted(simple({ otherTracks: ['soun'] }), clip(1));
		const refused = await join(items);
		expect(refused.error?.description).toContain("'Leave Out Sound'");
		const { json } = await join(items, { options: { leaveOutSound: true } });
		expect(json[0].clips).toBe(2);
	});

	it('without the items that have no video, which a hint names', async () => {
		const { items } = await hosted(clip(1), clip(2));
		const [first, second] = items;
		const run = await join([{ error: 'not made' }, first, { videoUrl: null }, second], {
			options: { leaveOutItems: true },
		});

		expect(marksIn(await store.bytesOf(run.items[0].binary?.data))).toEqual([1, 1, 1, 2, 2, 2]);
		expect(run.items[0].pairedItem).toEqual([{ item: 1 }, { item: 3 }]);
		expect(run.json[0].taskIds).toEqual(['task-0', 'task-1']);
		expect(run.hints).toEqual([expect.stringMatching(/no video.* \[items 0, 2\]$/)]);
	});
});

describe.each(['filesystem', 'default'] as const)('in the binary data mode “%s”', (mode) => {
	const files = useBinaryStore(mode);

	it('the clips come from files, and the video has a field and a name of its own', async () => {
		const items = [
			await files.itemOf({ film: clip(1) }),
			await files.itemOf({ film: clip(3), clip: clip(2) }),
		];
		const run = await join(items, {
			videosFrom: 'binary',
			videoBinaryProperty: 'clip',
			binaryProperty: 'reel',
			options: { fileName: 'four seasons.mp4' },
		});

		const { reel } = run.items[0].binary ?? {};
		const film = await files.bytesOf(reel);
		expect(marksIn(film)).toEqual([1, 1, 1, 2, 2, 2]);
		expect(reel?.fileName).toBe('four seasons.mp4');
		expect(run.json[0]).toMatchObject({ taskIds: [], sizeBytes: film.length });
	});
});

describe('what cannot be joined is said', () => {
	it.each<[string, Buffer, RegExp]>([
		['another size', UPRIGHT, /180 × 320, the first one is 320 × 180/],
		['no MP4', Buffer.from(`\x1a\x45\xdf\xa3webm${' '.repeat(99)}`, 'latin1'), /no MP4/],
		['a page', Buffer.from(`<!DOCTYPE html>${' '.repeat(99)}`), /does not lead to a file/],
		['a clip cut short', clip(2).subarray(0, 300), /cut short/],
	])('%s', async (_, other, message) => {
		const { items, asked } = await hosted(clip(1), other, clip(3));
		const { error } = await join(items);

		expect(error?.message).toMatch(message);
		expect(error?.message).toMatch(/ \[item 1\]$/);
		expect(error?.context.itemIndex).toBe(1);
		expect(error?.description).not.toBe('');
		expect(asked().every((count) => count <= 1)).toBe(true);
	});

	it.each<[string, IDataObject, IDataObject, RegExp]>([
		['no link', { videoUrl: '' }, {}, /^'Video URL' is empty \[item 1\]$/],
		['a link that is none', { videoUrl: 'clip.mp4' }, {}, /is not a web address: “clip.mp4”/],
		['no file', {}, { videosFrom: 'binary' }, /^'Input Binary Field \(Video\)' finds no file/],
		['another source', {}, { videosFrom: 'disk' }, /^'Videos From' cannot be “disk”/],
		['no field', {}, { binaryProperty: ' ' }, /^'Put Output File in Field' is empty/],
		['a size', {}, { options: { maxSizeMb: 'much' } }, /^'Max Size \(MB\)' cannot be “much”/],
	])('%s, before anything is downloaded', async (_, second, parameters, message) => {
		const { items, asked } = await hosted(clip(1));
		const [first] = items;
		const { error } = await join([first, second], parameters);

		expect(error?.message).toMatch(message);
		expect(asked()).toEqual([0]);
	});

	it('items that all have no video, even where those are left out', async () => {
		const { error } = await join([{}, {}], { options: { leaveOutItems: true } });
		expect(error?.message).toBe('No item has a video');
	});

	it('more bytes than the limit, however they come, without reading on', async () => {
		const large = Buffer.concat([clip(1), Buffer.alloc(0.6 * MB)]);
		const options = { maxSizeMb: 1 };
		const { items, asked } = await hosted(large, large, large);
		const linked = await join(items, { options });
		expect(linked.error?.message).toBe('The clips have more than 1 MB together [item 1]');
		expect(linked.error?.description).toContain("'Max Size (MB)'");
		expect(asked()).toEqual([1, 1, 0]);

		const files = [await store.itemOf({ data: large }), await store.itemOf({ data: large })];
		const given = await join(files, { videosFrom: 'binary', options });
		expect(given.error?.message).toBe('The clips have more than 1 MB together [item 1]');

		// n8n knows how large a file is: it is not read to find out.
		const noted = await store.item(clip(1));
		noted.binary!.data.bytes = 2 * MB;
		const told = await join([noted, {}], { videosFrom: 'binary', options });
		expect(told.error?.message).toContain('finds no file');
		const alone = await join([noted], { videosFrom: 'binary', options });
		expect(alone.error?.message).toBe('The clips have more than 1 MB together');
	});

	it('a link that has expired, by its link', async () => {
		const made = await runOnce({}, { service: { linksExpireAfterSeconds: 0 } });
		const { error } = await join(made.json);
		expect(error?.message).toContain('does not work any more');
		expect(error?.message).toContain(String(made.json[0].videoUrl).slice(0, 60));
	});

	it('as one item where On Error is set to continue, on the output for it', async () => {
		const { items } = await hosted(clip(1), UPRIGHT);
		const continued = await join(items, {}, CONTINUE);
		expect(continued.json).toEqual([
			{
				error: expect.stringContaining('180 × 320'),
				whatToDo: expect.stringContaining('aspect ratio'),
			},
		]);
		expect(continued.items[0].pairedItem).toEqual([{ item: 0 }, { item: 1 }]);

		const divided = await join(items, {}, { settings: { onError: 'continueErrorOutput' } });
		expect(divided.items).toEqual([]);
		expect(divided.errorItems.map(({ json }) => json)).toMatchObject(continued.json);
	});

	it('nothing when somebody stops it: the download ends', async () => {
		const { url } = await startService();
		const host = await startStuckHost();
		const items = [{ videoUrl: host.url }, { videoUrl: host.url }];
		const run = startLuma({ url, items, parameters: { operation: 'join' } });
		await host.reached;
		run.stop();
		expect(await host.left).toBe('left');
		expect((await run.done).items).toEqual([]);
		expect(host.asked).toHaveLength(1);
	});
});

describe('an agent, which gets no files from its tools,', () => {
	it.each([
		['luma', true],
		['lumaTool', false],
	])('is not offered it: %s', (name, isOffered) => {
		const description = { ...new Luma().description, name };
		const own = { resource: 'video' };
		const luma = node({ name: 'Luma', type: name, parameters: own });
		const field = description.properties.find(
			(each) =>
				each.name === 'operation' && NodeHelpers.displayParameter(own, each, luma, description),
		);
		const shown = (field?.options ?? []).filter((option) =>
			NodeHelpers.displayParameter(own, option as never, luma, description),
		);
		expect(shown.some((option) => 'value' in option && option.value === 'join')).toBe(isOffered);
	});

	it('is told so', async () => {
		const { url } = await startService();
		const { answers } = await askTool({ url, parameters: { operation: 'join' } });
		expect(answers[0]).toMatch(/no files/);
	});
});
