import {
	bodyIfAny,
	bodyOf,
	box,
	ClipError,
	damaged,
	entriesOf,
	uint32,
	unsupported,
} from './boxes';
import type { Box, Pieces } from './boxes';

/** The frames of a track in the order of decoding; each list has a value for each frame. */
export interface Samples {
	count: number;
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
		count,
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
	readKeys(samples, tables);
	placeSamples(samples, tables, entryCount);
	for (let i = 0; i < samples.count; i++) {
		if (samples.offsets[i] + samples.sizes[i] > fileSize) {
			throw damaged('its tables point outside of the file');
		}
	}
	return samples;
}

function readSizes(tables: Box[], fileSize: number): Samples {
	if (tables.some((table) => table.type === 'stz2')) throw unsupported('has a compact table');
	const body = bodyOf(tables, 'stsz', 12);
	const size = body.readUInt32BE(4);
	const count = body.readUInt32BE(8);
	if (count === 0) throw damaged('it has no frames');
	// Frames of one size need no table, so their number can say anything.
	if (count * size > fileSize) throw damaged('its frames are larger than the file');
	const table = size === 0 ? entriesOf(body, 4, 8) : undefined;
	const samples = emptySamples(count);
	let sum = 0;
	for (let i = 0; i < count; i++) {
		samples.sizes[i] = table ? table.readUInt32BE(i * 4) : size;
		sum += samples.sizes[i];
	}
	if (sum > fileSize) throw damaged('its frames are larger than the file');
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
function readKeys(samples: Samples, tables: Box[]): void {
	const body = bodyIfAny(tables, 'stss');
	if (!body) samples.keys.fill(1);
	const numbers = body ? entriesOf(body, 4) : Buffer.alloc(0);
	for (let at = 0; at < numbers.length; at += 4) {
		const number = numbers.readUInt32BE(at);
		if (number < 1 || number > samples.count) throw damaged('a key frame is missing');
		samples.keys[number - 1] = 1;
	}
}

/** Frames lie in chunks; from one chunk on, each has so many frames with these decoder settings. */
function placeSamples(samples: Samples, tables: Box[], entryCount: number): void {
	const isLong = tables.some(({ type }) => type === 'co64');
	const width = isLong ? 8 : 4;
	const chunks = entriesOf(bodyOf(tables, isLong ? 'co64' : 'stco'), width);
	const runs = entriesOf(bodyOf(tables, 'stsc'), 12);
	const chunkCount = chunks.length / width;
	let sample = 0;
	let run = -12;
	for (let chunk = 0; chunk < chunkCount && sample < samples.count; chunk++) {
		const next = run + 12;
		if (next < runs.length && runs.readUInt32BE(next) === chunk + 1) run = next;
		if (run < 0) throw damaged('its first frame is missing');
		const at = chunk * width;
		let offset = isLong ? Number(chunks.readBigUInt64BE(at)) : chunks.readUInt32BE(at);
		const entry = runs.readUInt32BE(run + 8) - 1;
		if (entry < 0 || entry >= entryCount) throw damaged('the settings of its decoder are missing');
		const end = Math.min(sample + runs.readUInt32BE(run + 4), samples.count);
		for (; sample < end; sample++) {
			samples.offsets[sample] = offset;
			samples.entries[sample] = entry;
			offset += samples.sizes[sample];
		}
	}
	if (sample < samples.count) throw damaged('one of its tables ends too early');
}

/** Tables that are written before it is known where the frames will lie. */
export interface WrittenTables {
	pieces: Pieces;
	/** Tells where the frames begin in the file. */
	place(dataOffset: number): void;
}

/**
 * Writes the tables of a track, without its decoder settings. Each frame is a chunk of its own.
 *
 * @param samples with offsets from where the first one lies
 * @param isLong whether the file is larger than numbers of 32 bit can tell
 */
export function writeSamples(samples: Samples, isLong: boolean): WrittenTables {
	const width = isLong ? 8 : 4;
	const offsets = Buffer.alloc(samples.count * width);
	const isDelayed = samples.delays.some((delay) => delay !== 0);
	const isEarly = samples.delays.some((delay) => delay < 0);
	const hasKeyTable = samples.keys.includes(0);
	const pieces = [
		...box('stts', table(0, runsOf(samples.durations), 2)),
		...(isDelayed ? box('ctts', table(isEarly ? 1 : 0, runsOf(samples.delays), 2)) : []),
		...(hasKeyTable ? box('stss', table(0, keyNumbers(samples.keys), 1)) : []),
		...box('stsc', table(0, entryRuns(samples.entries), 3)),
		...box('stsz', uint32([0, 0, samples.count]), uint32(samples.sizes)),
		...box(isLong ? 'co64' : 'stco', uint32([0, samples.count]), offsets),
	];
	const place = (dataOffset: number) => {
		for (let i = 0; i < samples.count; i++) {
			const offset = dataOffset + samples.offsets[i];
			if (isLong) offsets.writeBigUInt64BE(BigInt(offset), i * width);
			else offsets.writeUInt32BE(offset, i * width);
		}
	};
	return { pieces, place };
}

function table(version: number, numbers: number[], width: number): Pieces {
	return [uint32([version << 24, numbers.length / width]), uint32(numbers)];
}

function runsOf(values: Uint32Array | Int32Array): number[] {
	const runs: number[] = [];
	let from = 0;
	for (let i = 1; i <= values.length; i++) {
		if (values[i] === values[from]) continue;
		runs.push(i - from, values[from]);
		from = i;
	}
	return runs;
}

function keyNumbers(keys: Uint8Array): number[] {
	const numbers: number[] = [];
	for (let i = 0; i < keys.length; i++) if (keys[i] === 1) numbers.push(i + 1);
	return numbers;
}

function entryRuns(entries: Uint32Array): number[] {
	const runs: number[] = [];
	for (let i = 0; i < entries.length; i++) {
		if (i === 0 || entries[i] !== entries[i - 1]) runs.push(i + 1, 1, entries[i] + 1);
	}
	return runs;
}
