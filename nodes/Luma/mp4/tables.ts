import { box, ClipError, damaged, partAt, partIfAny, type Box } from './boxes';

/** The frames of a track in the order of decoding; each list has a value for each frame. */
export type Samples = ReturnType<typeof emptySamples>;

export function emptySamples(count: number) {
	checkCount(count);
	return {
		/** Where its bytes are. */
		offsets: new Float64Array(count),
		sizes: new Uint32Array(count),
		/** When it is decoded, and when it is shown. */
		decoded: new Float64Array(count),
		shown: new Float64Array(count),
		/** 1 where decoding can begin. */
		keys: new Uint8Array(count),
		/** Which of the track's decoder settings it needs, from 0. */
		entries: new Uint32Array(count),
		/** When the first one is shown, and how long all of them are. */
		start: 0,
		length: 0,
	};
}

/** Hours of film at any rate; bounds the memory that hostile files can ask for. */
const MAX_SAMPLES = 2_000_000;

export function checkCount(count: number): void {
	if (count <= MAX_SAMPLES) return;
	throw new ClipError('There are more than 2,000,000 frames.', 'Join fewer or shorter clips.');
}

/** How many numbers of 32 bit an entry of each table has. */
const WIDTHS = { stsz: 1, stts: 2, ctts: 2, stss: 1, stsc: 3, stco: 1, co64: 2 };
type Table = keyof typeof WIDTHS;

/** The numbers of a table behind their count; undefined where it is missing. */
function numbersIn(tables: Box[], type: Table, countAt = 4): Uint32Array | undefined {
	const table = partIfAny(tables, type);
	if (!table) return undefined;
	const count = table.readUInt32BE(countAt);
	const numbers = table.subarray(countAt + 4);
	if (count * WIDTHS[type] * 4 > numbers.length) throw damaged();
	checkCount(count);
	return new Uint32Array(count * WIDTHS[type]).map((_, i) => numbers.readUInt32BE(i * 4));
}

/**
 * Reads the tables of a track. What they do not tell of a frame is NaN, and so is what follows from it.
 *
 * @param tables the boxes in `stbl`
 */
export function readSamples(tables: Box[], fileSize: number): Samples {
	const table = partAt(tables, 'stsz');
	const [size, count] = [table.readUInt32BE(4), table.readUInt32BE(8)];
	// Frames of one size need no table, so their number can say anything.
	const sizes = size === 0 ? numbersIn(tables, 'stsz', 8) : [];
	if (size * count > fileSize) throw damaged();
	const samples = emptySamples(count);
	samples.sizes.fill(size);
	samples.sizes.set(sizes ?? []);
	const keys = numbersIn(tables, 'stss') ?? samples.sizes.map((_, i) => i + 1);
	for (const number of keys) samples.keys[number - 1] = 1;
	readTimes(samples, tables);
	readPlaces(samples, tables);

	const isInside = samples.offsets.every((offset, i) => offset + samples.sizes[i] <= fileSize);
	const isOnce = samples.sizes.reduce((sum, each) => sum + each, 0) <= fileSize;
	const isKeyed = keys.every((number) => number >= 1 && number <= count);
	if (isInside && isOnce && isKeyed && samples.length > 0) return samples;
	throw damaged();
}

function readTimes(samples: Samples, tables: Box[]): void {
	const { decoded, shown } = samples;
	const durations = unrolled(decoded.length, numbersIn(tables, 'stts'));
	const delays = unrolled(decoded.length, numbersIn(tables, 'ctts') ?? [decoded.length, 0]);
	let time = 0;
	let end = -Infinity;
	for (const [i, duration] of durations.entries()) {
		decoded[i] = time;
		// Signed in version 0 too: programs write negative numbers there.
		shown[i] = time + (delays[i] < 2 ** 31 ? delays[i] : delays[i] - 2 ** 32);
		end = Math.max(end, shown[i] + duration);
		time += duration;
	}
	samples.start = shown.reduce((first, at) => Math.min(first, at), Infinity);
	// With frames of different lengths the sum can be shorter than what is shown.
	samples.length = Math.max(time, end - samples.start);
}

/** The values in runs of a count and a value. */
function unrolled(count: number, runs: ArrayLike<number> = []): Float64Array {
	const values = new Float64Array(count).fill(NaN);
	let from = 0;
	for (let run = 0; run < runs.length; run += 2) {
		values.fill(runs[run + 1], from, from + runs[run]);
		from += runs[run];
	}
	return values;
}

/** Frames lie in chunks; from one chunk on, each has so many frames with these decoder settings. */
function readPlaces({ offsets, sizes, entries }: Samples, tables: Box[]): void {
	const chunks = numbersIn(tables, 'stco') ?? longOffsets(numbersIn(tables, 'co64'));
	const runs = numbersIn(tables, 'stsc') ?? [];
	offsets.fill(NaN);
	let frame = 0;
	let run = -3;
	for (const [chunk, start] of chunks.entries()) {
		if (runs[run + 3] === chunk + 1) run += 3;
		const end = Math.min(frame + (runs[run + 1] ?? 0), sizes.length);
		let offset = start;
		for (; frame < end; frame++) {
			offsets[frame] = offset;
			entries[frame] = runs[run + 2] - 1;
			offset += sizes[frame];
		}
	}
}

function longOffsets(halves: ArrayLike<number> = []): Float64Array {
	const offsets = new Float64Array(halves.length / 2);
	return offsets.map((_, i) => halves[i * 2] * 2 ** 32 + halves[i * 2 + 1]);
}

/**
 * Writes the tables of a track, without its decoder settings. Each frame is a chunk of its own; where they
 * lie is the last table, to be filled in when that is known.
 */
export function writeSamples(samples: Samples): Buffer[] {
	const { sizes, decoded, shown, keys, entries, length } = samples;
	const durations = decoded.map((time, i) => (decoded[i + 1] ?? length) - time);
	const delays = shown.map((time, i) => time - decoded[i]);
	const version = delays.some((delay) => delay < 0) ? 1 : 0;
	const pairs = (values: Float64Array) =>
		runsOf(values).flatMap(({ count, value }) => [count, value]);
	const keyNumbers = [...keys.keys()].filter((i) => keys[i] === 1).map((i) => i + 1);
	const settings = runsOf(entries).flatMap(({ from, value }) => [from + 1, 1, value + 1]);
	return [
		table('stts', pairs(durations)),
		...(delays.some(Boolean) ? [table('ctts', pairs(delays), version)] : []),
		...(keys.includes(0) ? [table('stss', keyNumbers)] : []),
		table('stsc', settings),
		box('stsz', [0, 0, sizes.length], sizes),
		table('stco', new Uint32Array(sizes.length)),
	];
}

function table(type: Table, numbers: ArrayLike<number>, version = 0): Buffer {
	return box(type, [version << 24, numbers.length / WIDTHS[type]], numbers);
}

/** Frames one after the other that have the same value. */
function runsOf(values: Float64Array | Uint32Array) {
	const runs: Array<{ from: number; count: number; value: number }> = [];
	for (const [from, value] of values.entries()) {
		const last = runs.at(-1);
		if (last?.value === value) last.count += 1;
		else runs.push({ from, count: 1, value });
	}
	return runs;
}
