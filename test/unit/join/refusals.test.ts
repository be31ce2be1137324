import { describe, expect, it } from '@jest/globals';

import { ClipError } from '../../../nodes/Luma/mp4/boxes';
import { joinClips } from '../../../nodes/Luma/mp4/join';
import { joinBytes } from '../../../support/media/clips';
import {
	BASELINE,
	entryOf,
	fileOf,
	FULL_RANGE,
	mapParts,
	part,
	partsOf,
	u32,
} from '../../../support/media/mp4File';
import type { EntryOptions, Part, TestClip } from '../../../support/media/mp4File';
import { unit } from '../../../support/media/arbitraryClips';
import { simple, simpleFrames, turnedBy90, withTrack } from '../../../support/media/simpleClips';

const FINE = fileOf(simple());

/** What is said of the second clip. */
async function refusalOf(file: Buffer): Promise<string> {
	const outcome = await joinBytes([FINE, file]).catch((error: unknown) => error);
	if (!(outcome instanceof ClipError)) throw new Error(`No refusal: ${String(outcome)}`);
	expect(outcome.clip).toBe(1);
	expect(outcome.remedy).toMatch(/^[A-Z].*\.$/);
	return outcome.message;
}

const of = (change: Partial<TestClip>) => fileOf(simple(change));
const encoded = (options: EntryOptions) => of({ entries: [entryOf(options)] });

/** With other content in one part. */
function changed(type: string, change: (body: Buffer) => Buffer | undefined, file = FINE): Buffer {
	let done = false;
	const result = mapParts(file, (found: Part) => {
		if (found.type !== type) return part(found.type, found.body);
		done = true;
		const body = change(Buffer.from(found.body));
		return body ? part(type, body) : Buffer.alloc(0);
	});
	if (!done) throw new Error(`There is no ${type}.`);
	return result;
}

/** With other numbers of 32 bit in one part. */
const written = (type: string, at: number, ...numbers: number[]) =>
	changed(type, (body) => {
		u32(...numbers).copy(body, at);
		return body;
	});

const edited = (...numbers: number[]) =>
	changed('edts', () => part('elst', u32(0, ...numbers)), of({ mediaTime: 0 }));

describe('clips that do not fit the first one', () => {
	it.each<[string, Buffer]>([
		['is 1080 × 1920, the first one is 320 × 180', encoded({ width: 1080, height: 1920 })],
		['is turned by 90°, the first one is turned by 0°', turnedBy90(Buffer.from(FINE))],
		[
			'is turned by 180° and mirrored, the first one is turned by 0°',
			written('tkhd', 40, -0x10000),
		],
		[
			'is made of pixels of 4:3, the first one is made of square pixels',
			encoded({ more: [part('pasp', u32(4, 3))] }),
		],
		[
			'is 8 bit 4:2:0 in full range, the first one is 8 bit 4:2:0 in limited range',
			encoded({ avcC: FULL_RANGE }),
		],
		['has sound, which cannot be joined', withTrack('soun')],
	])('%s', async (message, file) => {
		expect(await refusalOf(file)).toBe(`This clip ${message}.`);
	});

	it('says it of pixels only where they differ', async () => {
		const square = encoded({ more: [part('pasp', u32(8, 8))] });
		await expect(joinBytes([FINE, square])).resolves.toBeDefined();
	});

	it.each<[string, Buffer]>([
		['no closed key frame', unit(0x41, Buffer.alloc(3))],
		['only remarks', Buffer.concat([unit(9, Buffer.alloc(1)), unit(6, Buffer.alloc(3))])],
		['nothing', Buffer.alloc(0)],
		['a length that leads out of it', u32(2 ** 32 - 1, 0x06000000)],
		[
			'a thousand remarks',
			Buffer.concat([
				...Array.from({ length: 1000 }, () => unit(6, Buffer.alloc(1))),
				unit(0x65, Buffer.alloc(1)),
			]),
		],
	])('begins with %s', async (_, bytes) => {
		const frames = simpleFrames(2).map((frame, i) => (i === 0 ? { ...frame, bytes } : frame));
		expect(await refusalOf(of({ frames }))).toBe(
			'This clip needs frames from before its beginning.',
		);
		// The first clip may: it is shown as it is.
		await expect(joinBytes([of({ frames }), FINE])).resolves.toBeDefined();
	});

	it('begins with a frame that is not said to be a key frame', async () => {
		const frames = simpleFrames(2, { isKey: false });
		expect(await refusalOf(of({ frames }))).toContain('needs frames from before its beginning');
	});

	it('reads the key frame behind sets and remarks', async () => {
		const bytes = Buffer.concat([9, 7, 8, 6, 0x65].map((type) => unit(type, Buffer.alloc(2))));
		const frames = simpleFrames(2).map((frame, i) => (i === 0 ? { ...frame, bytes } : frame));
		await expect(joinBytes([FINE, of({ frames })])).resolves.toBeDefined();
	});
});

describe('clips of other kinds', () => {
	const CUTS = 'has cuts or another speed, which only a video editor can keep';
	const moov = (change: (parts: Buffer) => Buffer) => changed('moov', change);
	it.each<[string, Buffer]>([
		['is encoded as HEVC, and only H.264 can be joined', encoded({ type: 'hvc1' })],
		['is encoded as dvh1, and only H.264 can be joined', encoded({ type: 'dvh1' })],
		['is encrypted', encoded({ type: 'encv' })],
		['is encrypted', encoded({ more: [part('sinf')] })],
		[
			'has 2 video tracks',
			moov((body) =>
				Buffer.concat([body, partsOf(body).map((found) => part(found.type, found.body))[1]]),
			),
		],
		[
			'has no video tracks',
			changed('hdlr', (body) =>
				Buffer.concat([body.subarray(0, 8), Buffer.from('soun'), body.subarray(12)]),
			),
		],
		['has a compressed header', moov((body) => Buffer.concat([body, part('cmov')]))],
		['is a fragmented MP4, as for streaming', moov((body) => Buffer.concat([body, part('mvex')]))],
		['is a fragmented MP4, as for streaming', Buffer.concat([FINE, part('moof')])],
		['has a compact table', changed('stbl', (body) => Buffer.concat([body, part('stz2')]))],
		[
			'has its frames in another file',
			changed('dinf', () => part('dref', u32(0, 1), part('url ', u32(0)))),
		],
		['has frames with short lengths', encoded({ avcC: BASELINE.replace('ffe1', 'fde1') })],
		[CUTS, edited(2, 1000, 0, 0x10000, 2000, 1, 0x10000)],
		['has hidden frames, which would be seen in the film', edited(1, 3000, -1, 0x10000)],
		['has hidden frames, which would be seen in the film', edited(1, 3000, 1, 0x10000)],
		['has hidden frames, which would be seen in the film', edited(1, 1900, 0, 0x10000)],
		[CUTS, edited(1, 3000, 0, 0x20000)],
	])('%s', async (message, file) => {
		expect(await refusalOf(file)).toBe(`This clip ${message}.`);
	});

	it.each<[string, Buffer]>([
		['shows all', edited(1, 3000, 0, 0x10000)],
		['was rounded', edited(1, 2000, 0, 0x10000)],
		['has no length of its own', edited(1, 0, 0, 0x10000)],
		['is empty', edited(0)],
	])('takes an edit list that %s', async (_, file) => {
		const { durationSeconds } = await joinBytes([FINE, file]);
		expect(durationSeconds).toBe(6);
	});

	it.each(['<!DOCTYPE html><html><body>Not found</body></html>', '{"error":1}', 'ftyp', ''])(
		'no MP4: %s',
		async (text) => {
			expect(await refusalOf(Buffer.from(text))).toBe('This file is no MP4 video.');
		},
	);

	it('more than 6 hours, alone or together', async () => {
		const longer = of({ frames: simpleFrames(1, { duration: 21_601 }) });
		expect(await refusalOf(longer)).toBe('The film would be longer than 6 hours.');
		const long = of({ frames: simpleFrames(1, { duration: 12_000 }) });
		await expect(joinBytes([long, long])).rejects.toThrow('The film would be longer than 6 hours.');
	});
});

describe('damaged clips', () => {
	const table = (type: string, ...numbers: number[]) => changed(type, () => u32(...numbers));
	it.each<[string, Buffer]>([
		['chunks outside of the file', table('stco', 0, 3, 8, 8, 2 ** 31)],
		['a table that promises more than it holds', table('stco', 0, 1_000_000, 8)],
		['a table that promises more than it holds', table('stts', 0, 1_000_000, 1, 1)],
		['a table that promises more than it holds', table('stsz', 0, 0, 1_000_000, 1, 1)],
		['a table that promises more than it holds', table('stco', 0)],
		['a table that ends too early', table('stts', 0, 1, 2, 1)],
		['a table that ends too early', table('stsc', 0, 1, 1, 0, 1)],
		['frames larger than the file', table('stsz', 0, 1, 2 ** 32 - 1)],
		['frames larger than the file', table('stsz', 0, 0, 2, 500, 2 ** 32 - 1)],
		['no frames', table('stsz', 0, 0, 0)],
		['a short list of sizes', table('stsz', 0)],
		['no place of its first frame', table('stsc', 0, 1, 2, 1, 1)],
		['no place of its first frame', table('stsc', 0, 0)],
		['a key frame that is missing', table('stss', 0, 1, 0)],
		['a key frame that is missing', table('stss', 0, 1, 4)],
		['no settings of its decoder', table('stsc', 0, 1, 1, 1, 2)],
		['no settings of its decoder', table('stsc', 0, 1, 1, 1, 0)],
		['no settings of its decoder', table('stsd', 0, 0)],
		[
			'no settings of its decoder',
			changed('stsd', () => Buffer.concat([u32(0, 1), part('avc1', u32(1))])),
		],
		['no settings of its decoder', encoded({ avcC: '0142c00c' })],
		['no settings of its decoder', encoded({ avcC: '0142c00cffe000' })],
		['settings of its decoder that are cut short', encoded({ avcC: '0142c00cffe10017' })],
		['settings of its decoder that are cut short', encoded({ avcC: '0142c00cffe10003674200' })],
		['settings of its decoder that are cut short', encoded({ avcC: '0142c00cffe100036742000102' })],
		['a unit of time that cannot be', written('mdhd', 12, 0)],
		['a unit of time that cannot be', written('mdhd', 12, 2 ** 26 + 1)],
		['a unit of time that cannot be', written('mvhd', 12, 0)],
		['frames that are not shown', table('stts', 0, 1, 3, 0)],
		[
			'a first frame that is shown much too late',
			of({ frames: simpleFrames(2, { delay: 3_601 }) }),
		],
		['no list of sizes', changed('stsz', () => undefined)],
		['no header of its track', changed('tkhd', () => undefined)],
		['a short header of its track', changed('tkhd', (body) => body.subarray(0, 80))],
		['a short header of its media', changed('mdhd', (body) => body.subarray(0, 14))],
		['two lists of times', changed('stbl', (body) => Buffer.concat([body, part('stts')]))],
		['two headers', Buffer.concat([FINE, part('moov')])],
		['an edit list that is cut short', edited(1, 3000)],
		[
			'a part that is larger than the whole',
			changed('stbl', (body) => Buffer.concat([body, u32(9, 0)])),
		],
		['a size that cannot be', changed('stbl', (body) => Buffer.concat([body, u32(0, 0)]))],
		['a size that cannot be', changed('stbl', (body) => Buffer.concat([body, u32(7, 0)]))],
		['a size that cannot be', changed('stbl', (body) => Buffer.concat([body, u32(1, 0, 0, 15)]))],
		[
			'a part that is larger than the whole',
			changed('stbl', (body) => Buffer.concat([body, u32(1, 0, 2 ** 31, 0)])),
		],
		[
			'too many parts',
			changed('stbl', (body) =>
				Buffer.concat([body, ...Array.from({ length: 1000 }, () => part('free'))]),
			),
		],
		['too many parts', Buffer.concat([FINE, ...Array.from({ length: 1000 }, () => part('free'))])],
	])('%s (%#)', async (_, file) => {
		expect(await refusalOf(file)).toContain('This clip is damaged');
	});

	it('has more frames than anybody watches', async () => {
		const many = changed(
			'stsz',
			() => u32(0, 1, 2_000_001),
			Buffer.concat([FINE, part('free', Buffer.alloc(2_000_001))]),
		);
		expect(await refusalOf(many)).toBe('There are more than 2,000,000 frames.');
	});

	it('reads no more clips when there are too many frames', async () => {
		const file = changed(
			'stsz',
			() => u32(0, 1, 1_500_000),
			Buffer.concat([FINE, part('free', Buffer.alloc(1_500_000))]),
		);
		const long = changed(
			'stts',
			() => u32(0, 2, 1_499_999, 0, 1, 1),
			changed('stsc', () => u32(0, 1, 1, 1_500_000, 1), file),
		);
		await expect(joinBytes([long])).resolves.toBeDefined();
		let opened = 0;
		const files = new Proxy([long, long, long, long, long], {
			get: (target, name) => {
				if (/^\d$/.test(String(name))) opened += 1;
				return Reflect.get(target, name) as unknown;
			},
		});
		expect(() => joinClips(files)).toThrow('There are more than 2,000,000 frames.');
		expect(opened).toBe(2);
	});

	it.each([
		['a size of 2^63', Buffer.concat([FINE, u32(1), Buffer.from('mdat'), u32(2 ** 31, 0)])],
		['no header', part('ftyp', u32(1))],
	])('%s', async (_, file) => {
		expect(await refusalOf(file)).toBe('This clip is cut short: its end is missing.');
	});

	it('takes zeros at the end of the file and of a list', async () => {
		const padded = Buffer.concat([
			changed('stbl', (body) => Buffer.concat([body, u32(0)])),
			Buffer.alloc(100),
		]);
		await expect(joinBytes([FINE, padded])).resolves.toBeDefined();
	});

	it('takes a last part that goes to the end of the file', async () => {
		const headerFirst = fileOf(simple(), { isHeaderFirst: true });
		headerFirst.writeUInt32BE(0, headerFirst.lastIndexOf('mdat') - 4);
		await expect(joinBytes([FINE, headerFirst])).resolves.toBeDefined();
	});
});
