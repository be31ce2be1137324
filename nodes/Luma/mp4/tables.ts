import {
	bodyIfAny,
	bodyOf,
	box,
	ClipError,
	damaged,
	entriesOf,
	uint32,
	unsupported,
	type Box,
} from './boxes';

/** The frames of a track in the order of decoding; each list has a value for each frame. */
export interface Samples {
	/** Where its bytes are in the file. */
	offsets: Float64Array;
	sizes: Uint32Array;
	/** Time until the next one is decoded. */
	durations: Uint32Array;
	/** Time from when it is decoded until it is shown. */
	delays: Int32Array;
	/** 1 where decoding can begin. */
	keys: Uint8Array;
	/** Which of the track's decoder settings it needs, from 0. */
	entries: Uint32Array;
}

/** Hours of film at any rate. */
const MAX_SAMPLES = 2_000_000;

/** Bounds the memory that hostile files can ask for. */
export function checkCount(count: number): void {
	if (count <= MAX_SAMPLES) return;
	throw new ClipError('There are more than 2,000,000 frames.', 'Join fewer or shorter clips.');
}

export function emptySamples(count: number): Samples {
	checkCount(count);
	return {
		offsets: new Float64Array(count),
		sizes: new Uint32Array(count),
		durations: new Uint32Array(count),
		delays: new Int32Array(count),
		keys: new Uint8Array(count),
		entries: new Uint32Array(count),
	};
}

/**
 * Reads the tables of a track.
 *
 * @param tables the boxes in `stbl`
 * @param entryCount how many decoder settings the track has
 */
export function readSamples(tables: Box[], fileSize: number, entryCount: number): Samples {
	const samples = readSizes(tables, fileSize);
	fillRuns(samples.durations, entriesOf(bodyOf(tables, 'stts'), 8));
	const delays = bodyIfAny(tables, 'ctts');
	// Signed in version 0 too: programs write negative numbers there.
	if (delays) fillRuns(samples.delays, entriesOf(delays, 8));
	readKeys(samples.keys, tables);
	placeSamples(samples, tables, entryCount);
	if (samples.offsets.some((offset, i) => offset + samples.sizes[i] > fileSize)) {
		throw damaged('its tables point outside of the file');
	}
	return samples;
}

function readSizes(tables: Box[], fileSize: number): Samples {
	if (tables.some((table) => table.type === 'stz2')) throw unsupported('has a compact table');
	const body = bodyOf(tables, 'stsz', 12);
	const [size, count] = [body.readUInt32BE(4), body.readUInt32BE(8)];
	if (count === 0) throw damaged('it has no frames');
	// Frames of one size need no table, so their number can say anything.
	const table = size === 0 ? entriesOf(body, 4, 8) : undefined;
	const isTooLarge = () => damaged('its frames are larger than the file');
	if (count * size > fileSize) throw isTooLarge();
	const samples = emptySamples(count);
	const sizes = samples.sizes.fill(size);
	if (table) sizes.forEach((_, i) => (sizes[i] = table.readUInt32BE(i * 4)));
	if (sizes.reduce((sum, each) => sum + each, 0) > fileSize) throw isTooLarge();
	return samples;
}

/** A table of runs: so many frames have this value. */
function fillRuns(values: Uint32Array | Int32Array, runs: Buffer): void {
	let from = 0;
	for (let at = 0; at < runs.length && from < values.length; at += 8) {
		const to = Math.min(from + runs.readUInt32BE(at), values.length);
		values.fill(runs.readInt32BE(at + 4), from, to);
		from = to;
	}
	if (from < values.length) throw damaged('one of its tables ends too early');
}

/** Without a table decoding can begin at every frame. */
function readKeys(keys: Uint8Array, tables: Box[]): void {
	const body = bodyIfAny(tables, 'stss');
	if (!body) return void keys.fill(1);
	const numbers = entriesOf(body, 4);
	for (let at = 0; at < numbers.length; at += 4) {
		const number = numbers.readUInt32BE(at);
		if (number < 1 || number > keys.length) throw damaged('a key frame is missing');
		keys[number - 1] = 1;
	}
}

/** Frames lie in chunks; from one chunk on, each has so many frames with these decoder settings. */
function placeSamples({ offsets, sizes, entries }: Samples, tables: Box[], entryCount: number) {
	const isLong = tables.some(({ type }) => type === 'co64');
	const width = isLong ? 8 : 4;
	const chunks = entriesOf(bodyOf(tables, isLong ? 'co64' : 'stco'), width);
	const runs = entriesOf(bodyOf(tables, 'stsc'), 12);
	let sample = 0;
	let run = -12;
	for (let at = 0; at < chunks.length && sample < sizes.length; at += width) {
		const next = run + 12;
		if (next < runs.length && runs.readUInt32BE(next) === at / width + 1) run = next;
		if (run < 0) throw damaged('its first frame is missing');
		let offset = isLong ? Number(chunks.readBigUInt64BE(at)) : chunks.readUInt32BE(at);
		const entry = runs.readUInt32BE(run + 8) - 1;
		if (entry < 0 || entry >= entryCount) throw damaged('the settings of its decoder are missing');
		const end = Math.min(sample + runs.readUInt32BE(run + 4), sizes.length);
		for (; sample < end; sample++) {
			offsets[sample] = offset;
			entries[sample] = entry;
			offset += sizes[sample];
		}
	}
	if (sample < sizes.length) throw damaged('one of its tables ends too early');
}

/**
 * Writes the tables of a track, without its decoder settings. Each frame is a chunk of its own.
 *
 * @param samples with offsets from where the first one lies
 * @param dataAt where that is in the file
 */
export function writeSamples(samples: Samples, dataAt: number): Buffer[] {
	const { offsets, sizes, durations, delays, keys, entries } = samples;
	const keyNumbers: number[] = [];
	keys.forEach((isKey, i) => isKey && keyNumbers.push(i + 1));
	const entryRuns: number[] = [];
	entries.forEach((entry, i) => entry !== entries[i - 1] && entryRuns.push(i + 1, 1, entry + 1));
	const isEarly = delays.some((delay) => delay < 0);
	return [
		table('stts', runsOf(durations), { width: 2 }),
		...(delays.some(Boolean)
			? [table('ctts', runsOf(delays), { width: 2, version: isEarly ? 1 : 0 })]
			: []),
		...(keys.includes(0) ? [table('stss', keyNumbers, { width: 1 })] : []),
		table('stsc', entryRuns, { width: 3 }),
		box('stsz', uint32([0, 0, sizes.length]), uint32(sizes)),
		table(
			'stco',
			offsets.map((offset) => dataAt + offset),
			{ width: 1 },
		),
	];
}

/** @param width numbers of an entry */
function table(
	type: string,
	numbers: ArrayLike<number>,
	{ width, version = 0 }: { width: number; version?: number },
): Buffer {
	return box(type, uint32([version << 24, numbers.length / width]), uint32(numbers));
}

function runsOf(values: ArrayLike<number>): number[] {
	const runs: number[] = [];
	for (let i = 0; i < values.length; i++) {
		if (i > 0 && values[i] === values[i - 1]) runs[runs.length - 2] += 1;
		else runs.push(1, values[i]);
	}
	return runs;
}
