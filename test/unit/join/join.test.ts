import { describe, expect, it } from '@jest/globals';
import { array, assert, property } from 'fast-check';

import { box, boxesIn, partAt, partIfAny } from '../../../nodes/Luma/mp4/boxes';
import { joinClips } from '../../../nodes/Luma/mp4/join';
import { clip } from '../../../support/media/arbitraryClips';
import {
	entryOf,
	fileOf,
	filmOf,
	HIGH,
	partOf,
	placed,
	simple,
	simpleFrames,
	unit,
	type TestClip,
} from '../../../support/media/mp4File';

const twoOrMore = array(clip, { minLength: 2, maxLength: 4 });

const joined = (...files: Buffer[]) => Buffer.concat(joinClips(files).pieces);
const filmFrom = (...files: Buffer[]) => filmOf(joined(...files));

/** How the picture is put on the screen. */
const placementIn = (file: Buffer) => partOf(file, 'moov.trak.tkhd').subarray(40);

/** In the order of decoding, when each frame is shown; and when the next clip begins. */
function timesOf({ frames, timescale }: TestClip) {
	let decoded = 0;
	const shown = frames.map(({ duration, delay }) => {
		decoded += duration;
		return decoded - duration + delay;
	});
	const first = shown.reduce((a, b) => Math.min(a, b));
	const ends = frames.map(({ duration }, i) => shown[i] + duration - first);
	const length = Math.max(decoded, ...ends);
	return {
		shown: shown.map((time) => (time - first) / timescale),
		first: first / timescale,
		length: length / timescale,
	};
}

/** Without what differs in every clip and means nothing. */
function settings(entry: Buffer): string {
	const [{ body }] = boxesIn(entry);
	return partAt(boxesIn(body.subarray(78)), 'avcC').toString('hex');
}

/** The units in a frame. */
function unitsOf(frame: Buffer): string[] {
	const units: string[] = [];
	for (let at = 0; at < frame.length; at += 4 + frame.readUInt32BE(at)) {
		units.push(frame.toString('hex', at + 4, at + 4 + frame.readUInt32BE(at)));
	}
	return units;
}

const isParameterSet = (hex: string) => hex.startsWith('67') || hex.startsWith('68');

it('keeps every frame of every clip: its bytes, its order, its decoder settings, its key frames', () => {
	assert(
		property(twoOrMore, (clips) => {
			const { pieces, sizeBytes } = joinClips(clips.map(fileOf));
			const bytes = Buffer.concat(pieces);
			expect(bytes.length).toBe(sizeBytes);
			const film = filmOf(bytes);
			const parts = clips.flatMap((made) =>
				made.frames.map((frame) => ({ ...frame, settings: settings(made.entries[frame.entry]) })),
			);

			expect(film.frames).toHaveLength(parts.length);
			for (const [i, frame] of film.frames.entries()) {
				expect(frame.isKey).toBe(parts[i].isKey);
				expect(settings(film.entries[frame.entry])).toBe(parts[i].settings);
				const units = unitsOf(frame.bytes);
				expect(units.filter((hex) => !isParameterSet(hex))).toEqual(unitsOf(parts[i].bytes));
				const sets = units.filter(isParameterSet);
				const isMarked = film.entries.length > 1 && frame.isKey;
				expect(sets).toHaveLength(isMarked ? 2 : 0);
				if (isMarked) expect(parts[i].settings).toContain(sets[0]);
				if (isMarked) expect(units[0].startsWith('09')).toBe(parts[i].bytes[4] === 9);
			}
			expect(placementIn(bytes)).toEqual(placementIn(simple()));
			// All frames lie in the same file.
			for (const entry of film.entries) expect(entry.readUInt16BE(8 + 6)).toBe(1);
			const all = new Set(clips.flatMap((made) => made.entries.map(settings)));
			expect(film.entries.map(settings).sort()).toEqual([...all].sort());
		}),
	);
});

it('shows every frame at its time', () => {
	assert(
		property(twoOrMore, (clips) => {
			const { pieces, durationSeconds } = joinClips(clips.map(fileOf));
			const file = Buffer.concat(pieces);
			const film = filmOf(file);
			const { shown, first } = timesOf(film);
			const units = film.frames.reduce((sum, { duration }) => sum + duration, 0);
			// A rounded time is off by half a unit, and each clip's length is rounded once.
			const tolerance = (2 + clips.length) / film.timescale;

			let start = 0;
			const expected = clips.flatMap((made) => {
				const times = timesOf(made);
				start += times.length;
				return times.shown.map((time) => start - times.length + time);
			});
			for (const [i, time] of shown.entries()) {
				expect(Math.abs(time - expected[i])).toBeLessThanOrEqual(tolerance);
			}
			expect(Math.abs(durationSeconds - start)).toBeLessThanOrEqual(tolerance);
			expect(film.frames.every(({ duration }) => duration >= 0)).toBe(true);
			expect(units / film.timescale).toBe(durationSeconds);

			// Only a table of version 1 has delays below zero.
			const tables = boxesIn(partOf(file, 'moov.trak.mdia.minf.stbl'));
			const isSigned = partIfAny(tables, 'ctts')?.[0] === 1;
			expect(isSigned).toBe(film.frames.some(({ delay }) => delay < 0));

			// All headers say the same, and the first frame is shown when the edit list begins.
			const milliseconds = Math.ceil((units * 1000) / film.timescale);
			const edit = partOf(file, 'moov.trak.edts.elst');
			expect(partOf(file, 'moov.trak.mdia.mdhd').readUInt32BE(16)).toBe(units);
			expect(partOf(file, 'moov.mvhd').readUInt32BE(16)).toBe(milliseconds);
			expect(partOf(file, 'moov.trak.tkhd').readUInt32BE(20)).toBe(milliseconds);
			expect(edit.readUInt32BE(8)).toBe(milliseconds);
			expect(edit.readInt32BE(12)).toBe(Math.round(first * film.timescale));
		}),
	);
});

it('keeps times exactly where clips have a common unit of time', () => {
	const frames = simpleFrames(3, { duration: 1001 });
	const film = filmFrom(
		simple({ timescale: 30_000, frames }),
		simple({ timescale: 24_000, frames }),
		simple({ timescale: 25, frames: simpleFrames(3) }),
	);
	expect(film.timescale).toBe(120_000);
	expect(film.frames.map(({ duration }) => duration)).toEqual([
		...[4004, 4004, 4004],
		...[5005, 5005, 5005],
		...[4800, 4800, 4800],
	]);
});

it('rounds points in time, not lengths, where there is no common unit', () => {
	const frames = simpleFrames(1000, { duration: 33_333 });
	const timescales = [999_983, 1_000_003];
	const film = filmFrom(...timescales.map((timescale) => simple({ timescale, frames })));
	const sum = film.frames.reduce((total, { duration }) => total + duration, 0);
	const seconds = 33_333_000 / 999_983 + 33_333_000 / 1_000_003;
	expect(film.timescale).toBe(90_000);
	expect(Math.abs(sum - seconds * 90_000)).toBeLessThanOrEqual(1);
});

it('makes films that can be joined again, however fine the times of short clips are', () => {
	const timescales = [1_000_003, 12_288];
	const clips = timescales.map((timescale) => simple({ timescale, frames: simpleFrames(3) }));
	const film = joined(...clips);
	expect(filmFrom(film, film).frames).toHaveLength(12);
});

it('has room for long delays', () => {
	const timescale = 1_000_003;
	const delayed = (...delays: number[]) =>
		delays.map((delay) => simpleFrames(1, { duration: timescale, delay: delay * timescale })[0]);
	const clips = [delayed(1000, 1000), delayed(-1000, 1000)];
	const film = filmFrom(...clips.map((frames) => simple({ timescale, frames })));
	const delays = film.frames.map(({ delay }) => delay / film.timescale);
	expect(delays).toEqual([1000, 1000, 1000, 3000]);
});

it('tells clips apart whose frames lie one behind the other by chance', () => {
	const first = simple();
	const [{ bytes }] = simpleFrames(1);
	const second = simple({ framesPerChunk: 3, filler: Buffer.alloc(3 * bytes.length) });
	const [, ...pieces] = joinClips([first, second]).pieces;
	expect(pieces.map(({ length }) => length)).toEqual([3 * bytes.length, 3 * bytes.length]);
	const [ends, begins] = [first.indexOf('moov') - 4, second.indexOf(bytes)];
	expect(begins).toBe(ends);
});

const largeFrames = (count: number, bytes: number) =>
	simpleFrames(count).map((frame) => ({
		...frame,
		bytes: unit(frame.isKey ? 0x65 : 0x41, Buffer.alloc(bytes)),
	}));

it('copies no bytes of a clip, and hands them on in few pieces', () => {
	const files = [simple({ frames: largeFrames(60, 100_000) }), simple()];
	const [header, ...pieces] = joinClips(files).pieces;
	expect(header.length).toBeLessThan(5_000);
	expect(pieces.map(({ buffer }) => buffer)).toEqual(files.map(({ buffer }) => buffer));
});

it('writes no film of more than 4 GB', () => {
	const file = simple({ frames: largeFrames(2, 50_000_000) });
	const films = (count: number) => joinClips(Array.from({ length: count }, () => file));
	expect(films(40).sizeBytes).toBeGreaterThan(4_000_000_000);
	expect(() => films(43)).toThrow('The film would have more than 4 GB.');
});

it('gives one clip through', () => {
	const { pieces, ...film } = joinClips([simple()]);
	expect(pieces).toEqual([simple()]);
	expect(film).toMatchObject({ durationSeconds: 3, sizeBytes: simple().length });
});

describe('hints', () => {
	const at = (timescale: number, duration: number) =>
		simple({ timescale, frames: simpleFrames(30, { duration }) });
	const withClaims = (id: string) =>
		Buffer.concat([simple(), box('uuid', Buffer.from(id, 'hex'), Buffer.alloc(9))]);
	const signed = withClaims('d8fec3d61b0e483c92975828877ec481');

	it.each<[string, Buffer[], number[], RegExp]>([
		['a single clip', [simple()], [0], /only one clip/],
		['different frame rates', [at(24, 1), at(30, 1), at(24, 1)], [0, 1, 2], /\(24, 30 a second\)/],
		['content credentials', [simple(), signed], [1], /^Content credentials were left out/],
		['other tracks', [simple({ otherTracks: ['text'] }), simple()], [0], /subtitles, were left/],
	])('name the clips with %s', (_, files, clips, text) => {
		expect(joinClips(files).hints).toEqual([{ clips, text: expect.stringMatching(text) }]);
	});

	it('say nothing of frame rates that differ by a hair, or of other claims', () => {
		expect(joinClips([at(24, 1), at(24_000, 1001)]).hints).toEqual([]);
		expect(joinClips([simple(), withClaims('00'.repeat(16))]).hints).toEqual([]);
	});
});

it('leaves sound out when asked to, of a single clip too', () => {
	const withSound = simple({ otherTracks: ['soun'] });
	const { pieces, hints } = joinClips([withSound], { leaveOutSound: true });
	const film = Buffer.concat(pieces);
	expect(film.includes('soun')).toBe(false);
	expect(filmOf(film).frames).toHaveLength(3);
	expect(hints).toEqual([]);
	expect(joined(withSound)).toEqual(withSound);
});

it('keeps what a second encoder set, and how the picture is turned', () => {
	const placement = placed(0, 1, -1, 0);
	const turned = simple({ placement });
	const files = [turned, simple({ placement, entries: [entryOf({ avcC: HIGH })] })];
	const { pieces, ...film } = joinClips(files);
	expect(film).toMatchObject({ width: 180, height: 320, durationSeconds: 6, hints: [] });
	expect(placementIn(Buffer.concat(pieces))).toEqual(placementIn(turned));
});
