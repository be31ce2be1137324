import { setsOffset } from './avc';
import { box, bytesIn, ClipError, uint32, type Pieces } from './boxes';
import { MAX_SECONDS, type Clip, type Entry } from './clip';
import { emptySamples, writeSamples, type Samples } from './tables';

/** Bytes of one of the clips. */
export interface Slice {
	clip: number;
	offset: number;
	length: number;
}

/** Clips one after the other. */
export interface Film {
	/** Units of time in a second. */
	timescale: number;
	/** Where all frames lie behind the header, and when they are shown. */
	samples: Samples;
	/** Different ones only. */
	entries: Entry[];
	/** What lies behind the header. */
	slices: Array<Slice | Buffer>;
	/** When the first frame is shown. */
	start: number;
	length: number;
	/** Of all slices. */
	sizeBytes: number;
}

/** Puts the frames of all clips into one list. */
export async function filmOf(clips: Clip[]): Promise<Film> {
	const timescale = timescaleOf(clips);
	const starts = clips.map((clip) => Math.round((clip.start * timescale) / clip.timescale));
	const film: Film = {
		timescale,
		samples: emptySamples(clips.reduce((sum, { samples }) => sum + samples.count, 0)),
		entries: [],
		slices: [],
		start: Math.max(0, ...starts),
		length: 0,
		sizeBytes: 0,
	};
	// All settings are known before the first frame: frames differ where there are several.
	const entryIndexes = clips.map((clip) => clip.entries.map((entry) => indexOf(film, entry)));
	let count = 0;
	for (const [i, clip] of clips.entries()) {
		addTimes(film, clip, count);
		for (let j = 0; j < clip.samples.count; j++) {
			film.samples.entries[count + j] = entryIndexes[i][clip.samples.entries[j]];
		}
		await addFrames(film, clip, i, count);
		count += clip.samples.count;
	}
	return film;
}

/** Clips of one model have the same settings, which are kept once. */
function indexOf({ entries }: Film, entry: Entry): number {
	const index = entries.findIndex(({ bytes }) => bytes.equals(entry.bytes));
	return index === -1 ? entries.push(entry) - 1 : index;
}

const COMMON_TIMESCALE = 90_000;

/** One in which all times are whole; where numbers of 31 bit do not reach, one that fits any rate. */
function timescaleOf(clips: Clip[]): number {
	const seconds = clips.reduce((sum, clip) => sum + clip.length / clip.timescale, 0);
	if (seconds > MAX_SECONDS) {
		throw new ClipError('The film would be longer than 6 hours.', 'Join fewer clips.');
	}
	const maxDelay = Math.max(...clips.map((clip) => clip.maxDelay / clip.timescale));
	const longest = Math.max(seconds, 3 * maxDelay);
	let timescale = 1;
	for (const clip of clips) {
		timescale *= clip.timescale / greatestDivisor(timescale, clip.timescale);
		if (timescale * longest >= 2 ** 31) return COMMON_TIMESCALE;
	}
	return timescale;
}

function greatestDivisor(a: number, b: number): number {
	return b === 0 ? a : greatestDivisor(b, a % b);
}

/** All clips begin with the same delay, so that one edit list fits them. */
function addTimes(film: Film, clip: Clip, from: number): void {
	const { count, durations, delays, keys } = clip.samples;
	const factor = film.timescale / clip.timescale;
	const length = Math.round(clip.length * factor);
	let decoded = 0;
	for (let i = 0; i < count; i++) {
		// Points in time are rounded, never lengths: nothing adds up.
		const at = Math.round(decoded * factor);
		const shown = Math.round((decoded + delays[i] - clip.start) * factor);
		decoded += durations[i];
		const next = i + 1 < count ? Math.round(decoded * factor) : length;
		film.samples.durations[from + i] = next - at;
		film.samples.delays[from + i] = shown + film.start - at;
	}
	film.samples.keys.set(keys, from);
	film.length += length;
}

/**
 * Adds the bytes of all frames. With several decoder settings they stand in front of every key frame
 * too, since players keep those of the beginning, and a jump can land on any key frame.
 */
async function addFrames(film: Film, clip: Clip, index: number, from: number): Promise<void> {
	const { count, offsets, sizes, keys } = clip.samples;
	for (let i = 0; i < count; i++) {
		const before = film.sizeBytes;
		const end = offsets[i] + sizes[i];
		let offset = offsets[i];
		if (film.entries.length > 1 && keys[i] === 1) {
			const length = await setsOffset(clip.source, { offset, size: sizes[i] });
			addSlice(film, { clip: index, offset, length });
			const { parameterSets } = film.entries[film.samples.entries[from + i]];
			film.slices.push(parameterSets);
			film.sizeBytes += parameterSets.length;
			offset += length;
		}
		addSlice(film, { clip: index, offset, length: end - offset });
		film.samples.offsets[from + i] = before;
		film.samples.sizes[from + i] = film.sizeBytes - before;
	}
}

/** So much is read at once. */
const SLICE_BYTES = 1024 * 1024;

function addSlice(film: Film, slice: Slice): void {
	film.sizeBytes += slice.length;
	const last = film.slices.at(-1);
	const continues =
		last !== undefined &&
		'clip' in last &&
		last.clip === slice.clip &&
		last.offset + last.length === slice.offset &&
		last.length + slice.length <= SLICE_BYTES;
	if (continues) last.length += slice.length;
	else if (slice.length > 0) film.slices.push(slice);
}

const FILE_TYPE = box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2iso4avc1mp41', 'latin1'));
const MOVIE_TIMESCALE = 1000;
const NORMAL_SPEED = 0x10000;
/** Nine numbers: as it is. */
const UNMOVED = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const MAX_UINT32 = 2 ** 32 - 1;
const MAX_HEADER_BYTES = 2 ** 26;

/**
 * The bytes in front of the frames. They come first so that a film plays while it loads.
 *
 * @param placement how the picture is put on the screen
 */
export function headerOf(film: Film, placement: Buffer): Buffer {
	const { timescale, samples, length, start, sizeBytes } = film;
	const tables = writeSamples(samples, sizeBytes + MAX_HEADER_BYTES > MAX_UINT32);
	const duration = Math.ceil((length * MOVIE_TIMESCALE) / timescale);
	const entries = film.entries.map(({ bytes }) => bytes);
	const media = box(
		'mdia',
		box('mdhd', uint32([0, 0, 0, timescale, length, 0x55c40000])),
		box('hdlr', uint32([0, 0]), Buffer.from('vide'), uint32([0, 0, 0]), Buffer.from('Video\0')),
		box(
			'minf',
			box('vmhd', uint32([1, 0, 0])),
			box('dinf', box('dref', uint32([0, 1]), box('url ', uint32([1])))),
			box('stbl', box('stsd', uint32([0, entries.length]), entries), tables.pieces),
		),
	);
	const movie = box(
		'moov',
		box(
			'mvhd',
			uint32([0, 0, 0, MOVIE_TIMESCALE, duration, NORMAL_SPEED, 0x01000000, 0, 0]),
			uint32([...UNMOVED, 0, 0, 0, 0, 0, 0, 2]),
		),
		box(
			'trak',
			box('tkhd', uint32([3, 0, 0, 1, 0, duration, 0, 0, 0, 0]), placement),
			box('edts', box('elst', uint32([0, 1, duration, start, NORMAL_SPEED]))),
			media,
		),
	);
	const pieces: Pieces = [...FILE_TYPE, ...movie, mediaHead(sizeBytes)];
	tables.place(bytesIn(pieces));
	return Buffer.concat(pieces);
}

/** The head of the box with the frames. */
function mediaHead(sizeBytes: number): Buffer {
	const type = Buffer.from('mdat');
	if (8 + sizeBytes <= MAX_UINT32) return Buffer.concat([uint32([8 + sizeBytes]), type]);
	const size = 16 + sizeBytes;
	return Buffer.concat([uint32([1]), type, uint32([Math.floor(size / 2 ** 32), size])]);
}
