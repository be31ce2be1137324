import { setsOffset } from './avc';
import { box, ClipError, uint32 } from './boxes';
import { MAX_SECONDS, type Clip, type Entry } from './clip';
import { emptySamples, writeSamples, type Samples } from './tables';

/** Clips one after the other. */
export interface Film {
	/** Units of time in a second. */
	timescale: number;
	/** Where all frames lie behind the header, and when they are shown. */
	samples: Samples;
	/** Different ones only. */
	entries: Entry[];
	/** What lies behind the header, and how much it is. */
	pieces: Buffer[];
	sizeBytes: number;
	/** When the first frame is shown. */
	start: number;
	length: number;
}

/** Puts the frames of all clips into one list. */
export function filmOf(clips: Clip[]): Film {
	const timescale = timescaleOf(clips);
	const starts = clips.map((clip) => Math.round((clip.start * timescale) / clip.timescale));
	const film: Film = {
		timescale,
		samples: emptySamples(clips.reduce((sum, { samples }) => sum + samples.sizes.length, 0)),
		entries: [],
		pieces: [],
		sizeBytes: 0,
		start: Math.max(0, ...starts),
		length: 0,
	};
	// All settings are known before the first frame: frames differ where there are several.
	const entryIndexes = clips.map((clip) => clip.entries.map((entry) => indexOf(film, entry)));
	let from = 0;
	for (const [i, clip] of clips.entries()) {
		film.samples.keys.set(clip.samples.keys, from);
		film.samples.entries.set(
			clip.samples.entries.map((entry) => entryIndexes[i][entry]),
			from,
		);
		addTimes(film, clip, from);
		addBytes(film, clip, from);
		from += clip.samples.sizes.length;
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
	const { durations, delays } = clip.samples;
	const factor = film.timescale / clip.timescale;
	const length = Math.round(clip.length * factor);
	let decoded = 0;
	for (let i = 0; i < durations.length; i++) {
		// Points in time are rounded, never lengths: nothing adds up.
		const at = Math.round(decoded * factor);
		const shown = Math.round((decoded + delays[i] - clip.start) * factor);
		decoded += durations[i];
		const next = i + 1 < durations.length ? Math.round(decoded * factor) : length;
		film.samples.durations[from + i] = next - at;
		film.samples.delays[from + i] = shown + film.start - at;
	}
	film.length += length;
}

/**
 * Adds the bytes of all frames; those that follow each other are one piece. With several decoder settings
 * they stand in front of every key frame too: players keep those of the beginning, and a jump can land
 * on any key frame.
 */
function addBytes(film: Film, { file, samples }: Clip, from: number): void {
	let [start, end] = [0, 0];
	const endPiece = () => {
		if (end > start) film.pieces.push(file.subarray(start, end));
		start = end;
	};
	for (const [i, offset] of samples.offsets.entries()) {
		const frame = file.subarray(offset, offset + samples.sizes[i]);
		let size = frame.length;
		if (offset !== end) endPiece();
		if (offset !== end) start = offset;
		if (film.entries.length > 1 && samples.keys[i] === 1) {
			end = offset + setsOffset(frame);
			endPiece();
			const { parameterSets } = film.entries[film.samples.entries[from + i]];
			film.pieces.push(parameterSets);
			size += parameterSets.length;
		}
		end = offset + frame.length;
		film.samples.offsets[from + i] = film.sizeBytes;
		film.samples.sizes[from + i] = size;
		film.sizeBytes += size;
	}
	endPiece();
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
 * @param dataAt where the frames begin; how long the header is does not depend on it
 */
export function headerOf(film: Film, placement: Buffer, dataAt?: number): Buffer {
	const { timescale, samples, length, start, sizeBytes } = film;
	if (sizeBytes + MAX_HEADER_BYTES > MAX_UINT32) {
		throw new ClipError('The film would have more than 4 GB.', 'Join fewer or shorter clips.');
	}
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
			box(
				'stbl',
				box('stsd', uint32([0, entries.length]), ...entries),
				...writeSamples(samples, dataAt ?? 0),
			),
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
	const mediaHead = [uint32([8 + sizeBytes]), Buffer.from('mdat')];
	const header = Buffer.concat([FILE_TYPE, movie, ...mediaHead]);
	return dataAt === undefined ? headerOf(film, placement, header.length) : header;
}
