import { box, boxesIn, partAt } from '../../nodes/Luma/mp4/boxes';
import { readSamples } from '../../nodes/Luma/mp4/tables';

/** A frame as a test describes it. Times are in units of the clip's timescale. */
export interface TestFrame {
	bytes: Buffer;
	duration: number;
	/** From when it is decoded until it is shown. */
	delay: number;
	isKey: boolean;
	/** Which of the decoder settings it needs, from 0. */
	entry: number;
}

/** A clip, and how its file is written. */
export interface TestClip {
	timescale: number;
	frames: TestFrame[];
	/** One for each decoder setting. */
	entries: Buffer[];
	/** How the picture is put on the screen. */
	placement?: number[];
	/** Kinds of further tracks, of which nothing else is said. */
	otherTracks?: string[];
	/** At most so many frames lie one behind the other. */
	framesPerChunk?: number;
	/** Nonsense in front of each chunk. */
	filler?: Buffer;
	/** Sizes, places and times have 64 bit. */
	isLong?: boolean;
}

/** A unit of a frame: its length, its type and anything. */
export function unit(type: number, content: Uint8Array): Buffer {
	const head = Buffer.from([0, 0, 0, 0, type]);
	head.writeUInt32BE(1 + content.length);
	return Buffer.concat([head, content]);
}

/** Frames of one clip, a second each. */
export const simpleFrames = (count: number, frame: Partial<TestFrame> = {}): TestFrame[] =>
	Array.from({ length: count }, (_, i) => ({
		bytes: unit(i === 0 ? 0x65 : 0x41, Buffer.from([i])),
		duration: 1,
		delay: 0,
		isKey: i === 0,
		entry: 0,
		...frame,
	}));

/** A file with three frames of a second, as far as nothing else is said. */
export const simple = (change: Partial<TestClip> = {}): Buffer =>
	fileOf({ timescale: 1, frames: simpleFrames(3), entries: [entryOf()], ...change });

/** Decoder settings of a picture of 320 × 180 as x264 writes them: baseline and high profile. */
export const BASELINE =
	'0142c00cffe100176742c00cda05067e7c0440000003004000000c03c50aa801000468ce0fc8';
export const HIGH =
	'0164000cffe1001a6764000cacd941419f9f011000000300100000030300f142996001000468ef8fcbfdf8f800';

export interface EntryOptions {
	avcC?: string;
	type?: string;
	width?: number;
	height?: number;
	encoder?: string;
	/** Which place the frames lie in, from 1. */
	place?: number;
	/** Boxes behind the settings. */
	more?: Buffer[];
}

/** An entry of the table of decoder settings. */
export function entryOf(options: EntryOptions = {}): Buffer {
	const { avcC = BASELINE, type = 'avc1', width = 320, height = 180, more = [] } = options;
	const { encoder = '', place = 1 } = options;
	const head = Buffer.alloc(78);
	head.writeUInt16BE(place, 6);
	head.writeUInt16BE(width, 24);
	head.writeUInt16BE(height, 26);
	head.write(encoder, 43);
	return box(type, head, box('avcC', Buffer.from(avcC, 'hex')), ...more);
}

/** A matrix with these four numbers, and a size. */
export const placed = (...matrix: [number, number, number, number]): number[] => {
	const [a, b, c, d] = matrix.map((number) => number * 0x10000);
	return [a, b, 0, c, d, 0, 0, 0, 0x40000000, 320 << 16, 180 << 16];
};

/** A whole file, written in the plainest way: a run for each frame, and an entry for each chunk. */
export function fileOf(clip: TestClip): Buffer {
	const { frames, framesPerChunk = 1, filler = Buffer.alloc(0), isLong = false } = clip;
	const chunks: TestFrame[][] = [];
	for (const frame of frames) {
		const last = chunks.at(-1);
		const fits = last && last.length < framesPerChunk && last[0].entry === frame.entry;
		if (fits) last.push(frame);
		else chunks.push([frame]);
	}
	const type = box('ftyp', 'isom', [0x200]);
	let end = type.length + (isLong ? 16 : 8);
	const offsets = chunks.map((chunk) => {
		const offset = end + filler.length;
		end = chunk.reduce((sum, { bytes }) => sum + bytes.length, offset);
		return offset;
	});
	const contents = chunks.flatMap((chunk) => [filler, ...chunk.map(({ bytes }) => bytes)]);
	const data = box('mdat', isLong ? [0, end - type.length] : [], ...contents);
	if (isLong) data.writeUInt32BE(1);
	return Buffer.concat([type, data, headerOf(clip, chunks, offsets)]);
}

function headerOf(clip: TestClip, chunks: TestFrame[][], offsets: number[]): Buffer {
	const { frames, timescale, placement = placed(1, 0, 0, 1), otherTracks = [], isLong } = clip;
	const wide = (...numbers: number[]) =>
		isLong ? numbers.flatMap((number) => [number / 2 ** 32, number]) : numbers;
	const head = [isLong ? 1 << 24 : 0, ...wide(0, 0)];
	const duration = frames.reduce((sum, frame) => sum + frame.duration, 0);
	const milliseconds = Math.ceil((duration * 1000) / timescale);
	const handler = (kind: string) => box('hdlr', [0, 0], kind, [0, 0, 0]);
	return box(
		'moov',
		box('mvhd', head, [1000], wide(milliseconds), [0x10000], Buffer.alloc(76)),
		box(
			'trak',
			box('tkhd', head, [1, 0], wide(milliseconds), [0, 0, 0, 0], placement),
			box(
				'mdia',
				box('mdhd', head, [timescale], wide(duration), [0]),
				handler('vide'),
				box(
					'minf',
					box('dinf', box('dref', [0, 1], box('url ', [1]))),
					box(
						'stbl',
						...tablesOf(clip, chunks),
						box(isLong ? 'co64' : 'stco', [0, offsets.length], wide(...offsets)),
					),
				),
			),
		),
		...otherTracks.map((kind) => box('trak', box('mdia', handler(kind)))),
	);
}

function tablesOf({ frames, entries }: TestClip, chunks: TestFrame[][]): Buffer[] {
	const keys = frames.flatMap(({ isKey }, i) => (isKey ? [i + 1] : []));
	const count = frames.length;
	const runs = (of: (frame: TestFrame) => number) => [count, ...frames.flatMap((f) => [1, of(f)])];
	return [
		box('stsd', [0, entries.length], ...entries),
		box('stts', [0, ...runs(({ duration }) => duration)]),
		...(frames.some(({ delay }) => delay) ? [box('ctts', [0, ...runs(({ delay }) => delay)])] : []),
		...(keys.length < count ? [box('stss', [0, keys.length, ...keys])] : []),
		box('stsc', [0, chunks.length], ...chunks.map((c, i) => [i + 1, c.length, c[0].entry + 1])),
		box('stsz', [0, 0, count, ...frames.map(({ bytes }) => bytes.length)]),
	];
}

/** The content of the box at this path, such as `moov.mvhd`. */
export const partOf = (file: Buffer, path: string): Buffer => partAt(boxesIn(file), path);

/**
 * Reads a file back with what reads clips. Tests compare that with what the files of `fileOf` were made of, so
 * it can be trusted with joined files.
 */
export function filmOf(file: Buffer): TestClip {
	const tables = boxesIn(partOf(file, 'moov.trak.mdia.minf.stbl'));
	const { offsets, sizes, decoded, shown, keys, entries } = readSamples(tables, file.length);
	const durations = partAt(tables, 'stts');
	// The value of the last run is that of the last frame.
	const lastUnits = durations.readUInt32BE(durations.length - 4);
	const settings = boxesIn(partAt(tables, 'stsd').subarray(8));
	return {
		timescale: partOf(file, 'moov.trak.mdia.mdhd').readUInt32BE(12),
		entries: settings.map(({ type, body }) => box(type, body)),
		frames: Array.from(offsets, (offset, i) => ({
			bytes: file.subarray(offset, offset + sizes[i]),
			duration: (decoded[i + 1] ?? decoded[i] + lastUnits) - decoded[i],
			delay: shown[i] - decoded[i],
			isKey: keys[i] === 1,
			entry: entries[i],
		})),
	};
}
