/**
 * MP4 files for tests, written and read in the plainest way, and by nothing of what is tested.
 */

const CONTAINERS = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

export interface Part {
	type: string;
	body: Buffer;
}

export function partsOf(bytes: Buffer): Part[] {
	const parts: Part[] = [];
	for (let at = 0; at < bytes.length; ) {
		const isLong = bytes.readUInt32BE(at) === 1;
		const size = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : bytes.readUInt32BE(at);
		const type = bytes.toString('latin1', at + 4, at + 8);
		parts.push({ type, body: bytes.subarray(at + (isLong ? 16 : 8), at + size) });
		at += size;
	}
	return parts;
}

export function part(type: string, ...contents: Buffer[]): Buffer {
	const body = Buffer.concat(contents);
	const head = Buffer.alloc(8);
	head.writeUInt32BE(8 + body.length);
	head.write(type, 4, 'latin1');
	return Buffer.concat([head, body]);
}

/** The same file with something done to every part, the innermost first. */
export function mapParts(bytes: Buffer, change: (part: Part) => Buffer): Buffer {
	return Buffer.concat(
		partsOf(bytes).map(({ type, body }) =>
			change({ type, body: CONTAINERS.includes(type) ? mapParts(body, change) : body }),
		),
	);
}

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

export interface TestClip {
	timescale: number;
	frames: TestFrame[];
	/** One for each decoder setting. */
	entries: Buffer[];
	/** When the video begins to be shown; without it there is no edit list. */
	mediaTime?: number;
}

/** A joined file, as far as joined files go. */
export interface ReadFilm extends TestClip {
	mediaTime: number;
	/** As said for the track, in its own units, and for all of it in milliseconds. */
	duration: number;
	milliseconds: number[];
	/** How the picture is put on the screen. */
	placement: string;
}

/** How a file of the same content is written: all of them say the same. */
export interface Layout {
	/** Frames in each part of the data, over and over. */
	framesPerChunk?: number[];
	/** Each chunk in an `mdat` of its own. */
	hasManyDataParts?: boolean;
	hasLongSizes?: boolean;
	hasLongOffsets?: boolean;
	isHeaderFirst?: boolean;
	/** A run for each frame, even where two have the same value. */
	hasLongTables?: boolean;
	/** Nonsense between the parts. */
	filler?: Buffer;
	/** Times of 64 bit in all headers. */
	hasLongTimes?: boolean;
}

export function u32(...numbers: number[]): Buffer {
	const bytes = Buffer.alloc(numbers.length * 4);
	for (const [i, number] of numbers.entries()) bytes.writeUInt32BE(number >>> 0, i * 4);
	return bytes;
}

function u64(number: number): Buffer {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64BE(BigInt(number));
	return bytes;
}

/** Decoder settings of a picture of 320 × 180 as x264 writes them: baseline and high profile. */
export const BASELINE =
	'0142c00cffe100176742c00cda05067e7c0440000003004000000c03c50aa801000468ce0fc8';
export const HIGH =
	'0164000cffe1001a6764000cacd941419f9f011000000300100000030300f142996001000468ef8fcbfdf8f800';

/** As long as the first one, with another picture parameter set. */
export const OTHER_BASELINE = BASELINE.replace('0fc8', '0fc9');
export const FULL_RANGE =
	'0164000cffe100196764000cacd941419f9f016c800000030080000018078a14cb01000668ebe3cb22c0fdf8f800';

export interface EntryOptions {
	avcC?: string;
	type?: string;
	width?: number;
	height?: number;
	encoder?: string;
	/** Which place the frames lie in, from 1. */
	place?: number;
	/** Parts behind the settings. */
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
	return part(type, head, part('avcC', Buffer.from(avcC, 'hex')), ...more);
}

/** A matrix that changes nothing, and a size. */
export const PLACEMENT = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000, 320 << 16, 180 << 16);

/** A whole file. */
export function fileOf(clip: TestClip, layout: Layout = {}): Buffer {
	const { filler = Buffer.alloc(0), hasLongSizes = false, hasManyDataParts = false } = layout;
	const chunks = chunksOf(clip.frames, layout.framesPerChunk);
	const between = filler.length > 0 ? part('free', filler) : filler;
	const headBytes = hasLongSizes ? 16 : 8;
	const dataPart = (content: Buffer) => {
		if (!hasLongSizes) return part('mdat', content);
		return Buffer.concat([u32(1), Buffer.from('mdat'), u64(headBytes + content.length), content]);
	};
	const contents = chunks.map((frames) => Buffer.concat(frames.map(({ bytes }) => bytes)));
	const data = hasManyDataParts
		? Buffer.concat(contents.flatMap((content) => [dataPart(content), between]))
		: dataPart(Buffer.concat(contents));

	const gap = hasManyDataParts ? between.length + headBytes : 0;
	const header = (start: number) => {
		let end = start + headBytes - gap;
		const offsets = contents.map(({ length }) => {
			const offset = end + gap;
			end = offset + length;
			return offset;
		});
		return headerOf(clip, chunks, offsets, layout);
	};
	const first = Buffer.concat([part('ftyp', Buffer.from('isom'), u32(0x200)), between]);
	if (!layout.isHeaderFirst) return Buffer.concat([first, data, header(first.length)]);
	return Buffer.concat([first, header(first.length + header(0).length), data]);
}

/** Frames that lie one behind the other and have the same settings. */
function chunksOf(frames: TestFrame[], framesPerChunk = [1]): TestFrame[][] {
	const chunks: TestFrame[][] = [];
	for (let at = 0; at < frames.length; at += chunks[chunks.length - 1].length) {
		const chunk = frames.slice(at, at + framesPerChunk[chunks.length % framesPerChunk.length]);
		const end = chunk.findIndex(({ entry }) => entry !== chunk[0].entry);
		chunks.push(end === -1 ? chunk : chunk.slice(0, end));
	}
	return chunks;
}

/** A table of runs, or one entry for each value. */
function runs(values: number[], isLong = false): Buffer {
	const entries: Array<[number, number]> = [];
	for (const value of values) {
		const last = entries.at(-1);
		if (last && last[1] === value && !isLong) last[0] += 1;
		else entries.push([1, value]);
	}
	return u32(entries.length, ...entries.flat());
}

function headerOf(
	clip: TestClip,
	chunks: TestFrame[][],
	offsets: number[],
	layout: Layout,
): Buffer {
	const { frames, timescale, entries, mediaTime } = clip;
	const { hasLongTables, hasLongOffsets, hasLongTimes } = layout;
	const durations = frames.map((frame) => frame.duration);
	const duration = durations.reduce((sum, units) => sum + units, 0);
	const time = (number: number) => (hasLongTimes ? u64(number) : u32(number));
	const version = u32(hasLongTimes ? 0x01000000 : 0);
	const begun = Buffer.concat([version, time(0), time(0)]);
	const delays = frames.map(({ delay }) => delay);
	const keys = frames.flatMap(({ isKey }, i) => (isKey ? [i + 1] : []));
	const isKeyed = keys.length < frames.length;
	const toChunk = chunks.flatMap((chunk, i) => [i + 1, chunk.length, chunk[0].entry + 1]);
	const offsetTable = hasLongOffsets
		? part('co64', u32(0, offsets.length), ...offsets.map(u64))
		: part('stco', u32(0, offsets.length, ...offsets));
	const tables = [
		part('stsd', u32(0, entries.length), ...entries),
		part('stts', u32(0), runs(durations, hasLongTables)),
		...(delays.some(Boolean) ? [part('ctts', u32(0), runs(delays, hasLongTables))] : []),
		...(isKeyed ? [part('stss', u32(0, keys.length, ...keys))] : []),
		part('stsc', u32(0, chunks.length, ...toChunk)),
		part('stsz', u32(0, 0, frames.length, ...frames.map(({ bytes }) => bytes.length))),
		offsetTable,
	];
	const movieUnits = Math.ceil((duration * 1000) / timescale);
	const edit = Buffer.concat([version, u32(1), time(movieUnits), time(mediaTime ?? 0), u32(65536)]);
	return part(
		'moov',
		part('mvhd', begun, u32(1000), time(movieUnits), u32(0x10000), Buffer.alloc(76)),
		part(
			'trak',
			part('tkhd', begun, u32(1, 0), time(movieUnits), u32(0, 0, 0, 0), PLACEMENT),
			...(mediaTime === undefined ? [] : [part('edts', part('elst', edit))]),
			part(
				'mdia',
				part('mdhd', begun, u32(timescale), time(duration), u32(0)),
				part('hdlr', u32(0, 0), Buffer.from('vide'), u32(0, 0, 0), Buffer.from('\0')),
				part(
					'minf',
					part('vmhd', u32(1, 0, 0)),
					part('dinf', part('dref', u32(0, 1), part('url ', u32(1)))),
					part('stbl', ...tables),
				),
			),
		),
	);
}

/** The content of the part that is found by following these types. */
export function bodyAt(bytes: Buffer, ...path: string[]): Buffer {
	const [type, ...rest] = path;
	const found = partsOf(bytes).find((candidate) => candidate.type === type);
	if (!found) throw new Error(`There is no ${type}.`);
	return rest.length === 0 ? found.body : bodyAt(found.body, ...rest);
}

const numbersIn = (bytes: Buffer): number[] =>
	Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32BE(i * 4));

/** Each value as often as its run says. */
const unroll = (numbers: number[]): number[] =>
	numbers.flatMap((count, i) => (i % 2 === 0 ? Array<number>(count).fill(numbers[i + 1]) : []));

/** Reads a joined file back. */
export function filmOf(bytes: Buffer): ReadFilm {
	const track = bodyAt(bytes, 'moov', 'trak');
	const media = bodyAt(track, 'mdia');
	const [header, trackHeader] = [bodyAt(bytes, 'moov', 'mvhd'), bodyAt(track, 'tkhd')];
	const edit = bodyAt(track, 'edts', 'elst');
	const tables = bodyAt(media, 'minf', 'stbl');
	return {
		timescale: bodyAt(media, 'mdhd').readUInt32BE(12),
		duration: bodyAt(media, 'mdhd').readUInt32BE(16),
		milliseconds: [header.readUInt32BE(16), trackHeader.readUInt32BE(20), edit.readUInt32BE(8)],
		placement: trackHeader.toString('hex', 40),
		frames: framesOf(bytes, tables),
		entries: partsOf(bodyAt(tables, 'stsd').subarray(8)).map(({ type, body }) => part(type, body)),
		mediaTime: edit.readInt32BE(12),
	};
}

function framesOf(bytes: Buffer, tables: Buffer): TestFrame[] {
	const has = (type: string) => partsOf(tables).some((candidate) => candidate.type === type);
	const numbers = (type: string) => numbersIn(bodyAt(tables, type).subarray(8));
	const sizes = numbers('stsz').slice(1);
	const durations = unroll(numbers('stts'));
	const areSigned = has('ctts') && bodyAt(tables, 'ctts')[0] === 1;
	const delays = has('ctts') ? unroll(numbers('ctts')) : sizes.map(() => 0);
	const keys = has('stss') ? numbers('stss') : sizes.map((_, i) => i + 1);
	const chunkRuns = numbers('stsc');
	const starts = chunkRuns.filter((_, i) => i % 3 === 0);
	const offsetOf = has('co64')
		? (chunk: number) => Number(bodyAt(tables, 'co64').readBigUInt64BE(8 + chunk * 8))
		: (chunk: number) => bodyAt(tables, 'stco').readUInt32BE(8 + chunk * 4);
	const frames: TestFrame[] = [];
	for (let chunk = 0; frames.length < sizes.length; chunk++) {
		const run = starts.findLastIndex((start) => start <= chunk + 1);
		for (let i = 0, at = offsetOf(chunk); i < chunkRuns[run * 3 + 1]; i++) {
			const index = frames.length;
			frames.push({
				bytes: bytes.subarray(at, at + sizes[index]),
				duration: durations[index],
				delay: areSigned ? delays[index] : delays[index] >>> 0,
				isKey: keys.includes(index + 1),
				entry: chunkRuns[run * 3 + 2] - 1,
			});
			at += sizes[index];
		}
	}
	return frames;
}
