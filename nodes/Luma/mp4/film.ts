import { setsOffset } from './avc';
import { box, ClipError } from './boxes';
import { MAX_TIMESCALE, type Clip } from './clip';
import { emptySamples, writeSamples, type Samples } from './tables';

/** Numbers of 31 bit hold these times together with the latest start of a clip. */
export const MAX_SECONDS = 6 * 60 * 60;
const COMMON_TIMESCALE = 90_000;

/** Clips one after the other. */
export class Film {
	/** Units of time in a second. */
	readonly timescale: number;
	readonly samples: Samples;
	/** Different decoder settings, and where they stand in the table of them. */
	readonly settings: Map<string, number>;
	sizeBytes = 0;
	private readonly runs: Array<{ file: Buffer; start: number; end: number }> = [];
	private frames = 0;

	constructor(private readonly clips: Clip[]) {
		this.timescale = timescaleOf(clips);
		this.samples = emptySamples(framesIn(clips));
		// All clips begin with the same delay, so that one edit list fits them.
		this.samples.start = Math.max(0, ...clips.map((clip) => this.timeIn(clip, clip.samples.start)));
		// All settings are known before the first frame: frames differ where there are several.
		const all = clips.flatMap(({ entries }) => entries.map(({ bytes }) => bytes));
		this.settings = new Map([...new Set(all)].map((bytes, i) => [bytes, i]));
		for (const clip of clips) this.add(clip);
	}

	get seconds(): number {
		return this.samples.length / this.timescale;
	}

	/** The header, and the bytes of all frames. */
	get pieces(): Buffer[] {
		const data = this.runs.map(({ file, start, end }) => file.subarray(start, end));
		return [headerOf(this, this.clips[0].placement), ...data];
	}

	private timeIn(clip: Clip, time: number): number {
		return Math.round((time * this.timescale) / clip.timescale);
	}

	private add(clip: Clip): void {
		const { samples } = this;
		const { samples: own, entries } = clip;
		for (let i = 0; i < own.sizes.length; i++) {
			const frame = this.frames++;
			// Points in time are rounded, never lengths: nothing adds up.
			samples.decoded[frame] = samples.length + this.timeIn(clip, own.decoded[i]);
			const shown = samples.start + this.timeIn(clip, own.shown[i] - own.start);
			samples.shown[frame] = samples.length + shown;
			samples.keys[frame] = own.keys[i];
			samples.entries[frame] = this.settings.get(entries[own.entries[i]].bytes) ?? 0;
			samples.sizes[frame] = this.addFrame(clip, i);
		}
		samples.length += this.timeIn(clip, own.length);
	}

	/**
	 * Adds the bytes of a frame, and returns how many they are.
	 *
	 * With several decoder settings they stand in front of every key frame too: players keep those of the
	 * beginning, and a jump can land on any key frame.
	 */
	private addFrame({ file, samples, entries }: Clip, i: number): number {
		const { sizeBytes } = this;
		let start = samples.offsets[i];
		const end = start + samples.sizes[i];
		if (this.settings.size > 1 && samples.keys[i] === 1) {
			const { parameterSets } = entries[samples.entries[i]];
			const setsAt = start + setsOffset(file.subarray(start, end));
			this.addBytes(file, start, setsAt);
			this.addBytes(parameterSets, 0, parameterSets.length);
			start = setsAt;
		}
		this.addBytes(file, start, end);
		return this.sizeBytes - sizeBytes;
	}

	/** Bytes that follow each other in a file are one piece. */
	private addBytes(file: Buffer, start: number, end: number): void {
		const last = this.runs.at(-1);
		if (last?.file === file && last.end === start) last.end = end;
		else if (end > start) this.runs.push({ file, start, end });
		this.sizeBytes += end - start;
	}
}

export function framesIn(clips: Clip[]): number {
	return clips.reduce((sum, { samples }) => sum + samples.sizes.length, 0);
}

export function secondsOf(clips: Clip[]): number {
	return clips.reduce((sum, { samples, timescale }) => sum + samples.length / timescale, 0);
}

/** One in which all times are whole, unless that is too fine to be read again: then one that fits any rate. */
function timescaleOf(clips: Clip[]): number {
	const starts = clips.map(({ samples, timescale }) => samples.start / timescale);
	const longest = Math.max(0, ...starts) + secondsOf(clips);
	let common = 1;
	for (const { timescale } of clips) {
		common *= timescale / greatestDivisor(common, timescale);
		const isTooFine = common > MAX_TIMESCALE || common * longest >= 2 ** 31;
		if (isTooFine) return COMMON_TIMESCALE;
	}
	return common;
}

function greatestDivisor(a: number, b: number): number {
	return b === 0 ? a : greatestDivisor(b, a % b);
}

const FILE_TYPE = box('ftyp', 'isom\0\0\x02\0isomiso2iso4avc1mp41');
const MOVIE_TIMESCALE = 1000;
const NORMAL_SPEED = 0x10000;
/** Nine numbers: as it is. */
const UNMOVED = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const MAX_BYTES = 2 ** 32 - 2 ** 26;

/**
 * The bytes in front of the frames. They come first so that a film plays while it loads.
 *
 * @param placement how the picture is put on the screen
 */
function headerOf(film: Film, placement: Buffer): Buffer {
	const { timescale, samples, sizeBytes, settings } = film;
	if (sizeBytes > MAX_BYTES) {
		throw new ClipError('The film would have more than 4 GB.', 'Join fewer or shorter clips.');
	}
	const duration = Math.ceil((samples.length * MOVIE_TIMESCALE) / timescale);
	const description = box('stsd', [0, settings.size], [...settings.keys()].join(''));
	const media = box(
		'mdia',
		box('mdhd', [0, 0, 0, timescale, samples.length, 0x55c40000]),
		box('hdlr', [0, 0], 'vide', [0, 0, 0], 'Video\0'),
		box(
			'minf',
			box('vmhd', [1, 0, 0]),
			box('dinf', box('dref', [0, 1], box('url ', [1]))),
			box('stbl', description, ...writeSamples(samples)),
		),
	);
	const track = box(
		'trak',
		box('tkhd', [3, 0, 0, 1, 0, duration, 0, 0, 0, 0], placement),
		box('edts', box('elst', [0, 1, duration, samples.start, NORMAL_SPEED])),
		media,
	);
	const about = [0, 0, 0, MOVIE_TIMESCALE, duration, NORMAL_SPEED, 0x01000000, 0, 0];
	const movie = box('moov', box('mvhd', about, UNMOVED, [0, 0, 0, 0, 0, 0, 2]), track);
	const dataHead = box('mdat');
	dataHead.writeUInt32BE(dataHead.length + sizeBytes);
	const header = Buffer.concat([FILE_TYPE, movie, dataHead]);
	// The table of places is the last one of the header, in front of the head of the data.
	const placesAt = header.length - dataHead.length - samples.sizes.length * 4;
	let place = header.length;
	for (const [i, size] of samples.sizes.entries()) {
		header.writeUInt32BE(place, placesAt + i * 4);
		place += size;
	}
	return header;
}
