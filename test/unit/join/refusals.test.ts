import { describe, expect, it } from '@jest/globals';

import { box, boxesIn, ClipError } from '../../../nodes/Luma/mp4/boxes';
import { joinClips } from '../../../nodes/Luma/mp4/join';
import {
	BASELINE,
	entryOf,
	placed,
	simple,
	simpleFrames,
	unit,
	type EntryOptions,
} from '../../../support/media/mp4File';

const FINE = simple();

/** What is said of the second clip. */
function refusalOf(file: Buffer): string {
	try {
		joinClips([FINE, file]);
	} catch (error) {
		expect(error).toBeInstanceOf(ClipError);
		const { clip, remedy, message } = error as ClipError;
		expect(clip).toBe(1);
		expect(remedy).toMatch(/^[A-Z].*\.$/);
		return message;
	}
	return 'No refusal.';
}

const encoded = (options: EntryOptions) => simple({ entries: [entryOf(options)] });
const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');

const CONTAINERS = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

/** With something in place of the boxes of one type. */
function replaced(wanted: string, make: (body: Buffer) => Buffer[], file = FINE): Buffer {
	const boxes = boxesIn(file).flatMap(({ type, body }) => {
		if (type === wanted) return make(Buffer.from(body));
		return box(type, CONTAINERS.includes(type) ? replaced(wanted, make, body) : body);
	});
	return Buffer.concat(boxes);
}

/** With other content in one box. */
const changed = (type: string, change: (body: Buffer) => Buffer | number[], file = FINE) =>
	replaced(type, (body) => [box(type, change(body))], file);
const table = (type: string, ...numbers: number[]) => changed(type, () => numbers);
const added = (type: string, ...more: Buffer[]) =>
	changed(type, (body) => Buffer.concat([body, ...more]));

/** With another number of 32 bit in one box. */
const written = (type: string, at: number, number: number) =>
	changed(type, (body) => {
		body.writeUInt32BE(number, at);
		return body;
	});

const edited = (...edits: number[]) => added('trak', box('edts', box('elst', edits)));
const begun = (...units: Buffer[]) => {
	const [first, ...frames] = simpleFrames(3);
	return simple({ frames: [{ ...first, bytes: Buffer.concat(units) }, ...frames] });
};
const remarks = (count: number) => Array<Buffer>(count).fill(unit(6, Buffer.alloc(1)));

describe('clips that do not fit the first one', () => {
	it.each<[string, Buffer]>([
		['is 1080 × 1920, the first one is 320 × 180', encoded({ width: 1080, height: 1920 })],
		['is turned by 90°, the first one is turned by 0°', simple({ placement: placed(0, 1, -1, 0) })],
		[
			'is turned by 180° and mirrored, the first one is turned by 0°',
			simple({ placement: placed(-1, 0, 0, 1) }),
		],
		[
			'is made of pixels of 4:3, the first one is made of square pixels',
			encoded({ more: [box('pasp', [4, 3])] }),
		],
		['has sound, which cannot be joined', simple({ otherTracks: ['soun'] })],
	])('%s', (message, file) => {
		expect(refusalOf(file)).toBe(`This clip ${message}.`);
	});

	it.each<[string, Buffer]>([
		['no closed key frame', begun(unit(0x41, Buffer.alloc(3)))],
		['only remarks', begun(unit(9, Buffer.alloc(1)), ...remarks(1))],
		['nothing', begun()],
		['a length that leads out of it', begun(hex('ffffffff 06000000'))],
		['a thousand remarks', begun(...remarks(1000), unit(0x65, Buffer.alloc(1)))],
		['no frame that is said to be a key frame', table('stss', 0, 0)],
	])('begins with %s', (_, file) => {
		expect(refusalOf(file)).toBe('This clip needs frames from before its beginning.');
		// The first clip may: it is shown as it is.
		expect(joinClips([file, FINE]).durationSeconds).toBe(6);
	});
});

describe('clips of other kinds', () => {
	const CUTS = 'has cuts or another speed, which only a video editor can keep';
	const HIDDEN = 'has hidden frames, which would be seen in the film';
	const FRAGMENTED = 'is a fragmented MP4, as for streaming';
	it.each<[string, Buffer]>([
		['is encoded as HEVC, and only H.264 can be joined', encoded({ type: 'hvc1' })],
		['is encoded as dvh1, and only H.264 can be joined', encoded({ type: 'dvh1' })],
		['is encrypted', encoded({ type: 'encv' })],
		['is encrypted', encoded({ more: [box('sinf')] })],
		['has 2 video tracks', simple({ otherTracks: ['vide'] })],
		['has no video tracks', replaced('trak', () => [])],
		['has a compressed header', added('moov', box('cmov'))],
		[FRAGMENTED, added('moov', box('mvex'))],
		[FRAGMENTED, Buffer.concat([FINE, box('moof')])],
		['has a compact table', added('stbl', box('stz2'))],
		[
			'has its frames in another file',
			changed('dinf', () => box('dref', [0, 1], box('url ', [0]))),
		],
		['has frames with short lengths', encoded({ avcC: BASELINE.replace('ffe1', 'fde1') })],
		[CUTS, edited(0, 2, 1000, 0, 0x10000, 2000, 1, 0x10000)],
		[CUTS, edited(0, 1, 3000, 0, 0x20000)],
		[HIDDEN, edited(0, 1, 3000, -1, 0x10000)],
		[HIDDEN, edited(0, 1, 3000, 1, 0x10000)],
		[HIDDEN, edited(0, 1, 1900, 0, 0x10000)],
		[HIDDEN, edited(1 << 24, 1, 0, 1900, 0, 0, 0x10000)],
	])('%s', (message, file) => {
		expect(refusalOf(file)).toBe(`This clip ${message}.`);
	});

	it.each(['<!DOCTYPE html><html><body>Not found</body></html>', '{"error":1}', 'ftyp', ''])(
		'no MP4: %s',
		(text) => {
			expect(refusalOf(Buffer.from(text))).toBe('This file is no MP4 video.');
		},
	);

	it('more than 6 hours, alone or together', () => {
		const lasting = (duration: number) => simple({ frames: simpleFrames(1, { duration }) });
		expect(refusalOf(lasting(21_601))).toBe('The film would be longer than 6 hours.');
		const long = lasting(12_000);
		expect(() => joinClips([long, long])).toThrow('The film would be longer than 6 hours.');
	});
});

describe('damaged clips', () => {
	const REQUIRED = ['mvhd', 'mdhd', 'tkhd', 'hdlr', 'dinf', 'stsd', 'stsz', 'stts', 'stsc', 'stco'];
	it.each(REQUIRED)('without %s, or with two of it', (type) => {
		expect(refusalOf(replaced(type, () => []))).toContain('This clip is damaged');
		const twice = replaced(type, (body) => [box(type, body), box(type, body)]);
		expect(refusalOf(twice)).toContain('This clip is damaged');
	});

	it.each([
		...['stsd', 'stsz', 'stts', 'stsc', 'stco', 'stss'].map((type) => [type, Infinity]),
		...[
			['tkhd', 84],
			['mdhd', 16],
			['mvhd', 16],
		],
	] as Array<[string, number]>)('in which %s is cut short, wherever', (type, needed) => {
		let full = Infinity;
		for (let length = 0; length < Math.min(full, needed); length++) {
			const cut = changed(type, (body) => {
				full = body.length;
				return body.subarray(0, length);
			});
			expect(refusalOf(cut)).toContain('This clip is damaged');
		}
	});

	it('in which the settings of the decoder are cut short, wherever', () => {
		for (let digits = 0; digits < BASELINE.length; digits += 2) {
			const cut = encoded({ avcC: BASELINE.slice(0, digits) });
			expect(refusalOf(cut)).toContain('This clip is damaged');
		}
	});

	const manyParts = Array.from({ length: 1000 }, () => box('free'));
	it.each<[string, Buffer]>([
		['chunks outside of the file', table('stco', 0, 3, 8, 8, 2 ** 31)],
		['a table that ends too early', table('stts', 0, 1, 2, 1)],
		['a table that ends too early', table('stsc', 0, 1, 1, 0, 1)],
		['frames larger than the file', table('stsz', 0, 1, 2 ** 32 - 1)],
		['frames larger than the file', table('stsz', 0, 0, 2, 500, 2 ** 32 - 1)],
		['no frames', table('stsz', 0, 0, 0)],
		['no place of its first frame', table('stsc', 0, 1, 2, 1, 1)],
		['no place of its first frame', table('stsc', 0, 0)],
		['a key frame that is missing', table('stss', 0, 1, 0)],
		['a key frame that is missing', table('stss', 0, 1, 4)],
		['no settings of its decoder', table('stsc', 0, 1, 1, 1, 2)],
		['no settings of its decoder', table('stsc', 0, 1, 1, 1, 0)],
		['no settings of its decoder', table('stsd', 0, 0)],
		['no settings of its decoder', encoded({ avcC: '0142c00cffe000' })],
		['settings that say too little', encoded({ avcC: '0142c00cffe1000367420000' })],
		['a unit of time that cannot be', written('mdhd', 12, 0)],
		['a unit of time that cannot be', written('mdhd', 12, 2 ** 26 + 1)],
		['a unit of time that cannot be', written('mvhd', 12, 0)],
		['frames that are not shown', table('stts', 0, 1, 3, 0)],
		['a first frame that is much too late', simple({ frames: simpleFrames(2, { delay: 3_601 }) })],
		['two headers', Buffer.concat([FINE, box('moov')])],
		['an edit list that is cut short', edited(0, 1, 3000)],
		['a part that is larger than the whole', added('stbl', hex('00000009 00000000'))],
		[
			'a part that is larger than the whole',
			added('stbl', hex('00000001 66726565 80000000 00000000')),
		],
		['a size that cannot be', added('stbl', hex('00000000 00000000'))],
		['a size that cannot be', added('stbl', hex('00000007 00000000'))],
		['a size that cannot be', added('stbl', hex('00000001 66726565 00000000 0000000f'))],
		['too many parts', added('stbl', ...manyParts)],
		['too many parts', Buffer.concat([FINE, ...manyParts])],
	])('%s (%#)', (_, file) => {
		expect(refusalOf(file)).toContain('This clip is damaged');
	});

	/** With so many frames of one byte. */
	const manyFrames = (count: number) =>
		changed('stsz', () => [0, 1, count], Buffer.concat([FINE, box('free', Buffer.alloc(count))]));

	it('has more frames than anybody watches', () => {
		expect(refusalOf(manyFrames(2_000_001))).toBe('There are more than 2,000,000 frames.');
	});

	it('reads no more clips when there are too many frames', () => {
		const places = changed('stsc', () => [0, 1, 1, 1_500_000, 1], manyFrames(1_500_000));
		const long = changed('stts', () => [0, 2, 1_499_999, 0, 1, 1], places);
		expect(joinClips([long]).durationSeconds).toBe(1);
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
		['a size of 2^63', Buffer.concat([FINE, hex('00000001 6d646174 80000000 00000000')])],
		['no header', box('ftyp', [1])],
	])('%s', (_, file) => {
		expect(refusalOf(file)).toBe('This clip is cut short: its end is missing.');
	});
});

describe('what is strange and fine', () => {
	const keyFrame = [9, 7, 8, 6, 0x65].map((type) => unit(type, Buffer.alloc(2)));
	it.each<[string, Buffer]>([
		['pixels that are square in another way', encoded({ more: [box('pasp', [8, 8])] })],
		['a key frame behind sets and remarks', begun(...keyFrame)],
		['an edit list that shows all', edited(0, 1, 3000, 0, 0x10000)],
		['one in times of 64 bit', edited(1 << 24, 1, 0, 3000, 0, 0, 0x10000)],
		['one that was rounded', edited(0, 1, 2000, 0, 0x10000)],
		['one without a length of its own', edited(0, 1, 0, 0, 0x10000)],
		['one that is empty', edited(0, 0)],
		['zeros at the end of a list', added('stbl', Buffer.alloc(4))],
		['zeros at the end of the file', Buffer.concat([FINE, Buffer.alloc(100)])],
	])('%s', (_, file) => {
		expect(joinClips([FINE, file]).durationSeconds).toBe(6);
	});

	it('a last part that goes to the end of the file', () => {
		const film = Buffer.concat(joinClips([FINE, FINE]).pieces);
		film.writeUInt32BE(0, film.lastIndexOf('mdat') - 4);
		expect(joinClips([FINE, film]).durationSeconds).toBe(9);
	});
});
