import { expect, it } from '@jest/globals';
import { array, assert, asyncProperty, tuple } from 'fast-check';

import { joinClips } from '../../../nodes/Luma/mp4/join';
import { joinBytes } from '../../../support/media/clips';
import { bodyAt, entryOf, fileOf, filmOf, HIGH, part } from '../../../support/media/mp4File';
import { partsOf, PLACEMENT, type TestClip } from '../../../support/media/mp4File';
import { clip, layout, unit } from '../../../support/media/arbitraryClips';
import { simple, simpleFrames, turnedBy90, withTrack } from '../../../support/media/simpleClips';

const twoOrMore = array(tuple(clip, layout), { minLength: 2, maxLength: 4 });

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
	const [{ body }] = partsOf(entry);
	return bodyAt(body.subarray(78), 'avcC').toString('hex');
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

it('keeps every frame of every clip: its bytes, its order, its decoder settings, its key frames', async () => {
	await assert(
		asyncProperty(twoOrMore, async (clips) => {
			const { bytes, sizeBytes } = await joinBytes(clips.map(([made, how]) => fileOf(made, how)));
			expect(bytes.length).toBe(sizeBytes);
			const film = filmOf(bytes);
			const parts = clips.flatMap(([made]) =>
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
			expect(film.placement).toBe(PLACEMENT.toString('hex'));
			// All frames lie in the same file.
			for (const entry of film.entries) expect(entry.readUInt16BE(8 + 6)).toBe(1);
			const all = new Set(clips.flatMap(([made]) => made.entries.map(settings)));
			expect(film.entries.map(settings).sort()).toEqual([...all].sort());
		}),
	);
});

it('shows every frame at its time', async () => {
	await assert(
		asyncProperty(twoOrMore, async (clips) => {
			const joined = await joinBytes(clips.map(([made, how]) => fileOf(made, how)));
			const film = filmOf(joined.bytes);
			const { shown, first } = timesOf(film);
			const length = film.frames.reduce((sum, { duration }) => sum + duration, 0) / film.timescale;
			// A rounded time is off by half a unit, and each clip's length is rounded once.
			const tolerance = (2 + clips.length) / film.timescale;

			let start = 0;
			const expected = clips.flatMap(([made]) => {
				const times = timesOf(made);
				start += times.length;
				return times.shown.map((time) => start - times.length + time);
			});
			for (const [i, time] of shown.entries()) {
				expect(Math.abs(time - expected[i])).toBeLessThanOrEqual(tolerance);
			}
			expect(Math.abs(length - start)).toBeLessThanOrEqual(tolerance);
			expect(Math.abs(joined.durationSeconds - start)).toBeLessThanOrEqual(tolerance);
			expect(film.frames.every(({ duration }) => duration >= 0)).toBe(true);
			expect(film.duration / film.timescale).toBe(joined.durationSeconds);
			const milliseconds = Math.ceil((film.duration * 1000) / film.timescale);
			expect(film.milliseconds).toEqual([milliseconds, milliseconds, milliseconds]);
			expect(film.mediaTime).toBeGreaterThanOrEqual(0);
			// The first frame is shown when the edit list begins.
			expect(film.mediaTime / film.timescale).toBe(first);
		}),
	);
});

it('keeps times exactly where clips have a common unit of time', async () => {
	const frames = simpleFrames(3, { duration: 1001 });
	const clips = [
		simple({ timescale: 30_000, frames }),
		simple({ timescale: 24_000, frames }),
		simple({ timescale: 25, frames: simpleFrames(3) }),
	];
	const film = filmOf((await joinBytes(clips.map((made) => fileOf(made)))).bytes);
	expect(film.timescale).toBe(120_000);
	expect(film.frames.map(({ duration }) => duration)).toEqual([
		...[4004, 4004, 4004],
		...[5005, 5005, 5005],
		...[4800, 4800, 4800],
	]);
});

it('rounds points in time, not lengths, where there is no common unit', async () => {
	const frames = simpleFrames(1000, { duration: 33_333 });
	const clips = [999_983, 1_000_003].map((timescale) => simple({ timescale, frames }));
	const film = filmOf((await joinBytes(clips.map((made) => fileOf(made)))).bytes);
	const sum = film.frames.reduce((total, { duration }) => total + duration, 0);
	const seconds = 33_333_000 / 999_983 + 33_333_000 / 1_000_003;
	expect(film.timescale).toBe(90_000);
	expect(Math.abs(sum - seconds * 90_000)).toBeLessThanOrEqual(1);
});

it('has room for long delays', async () => {
	const timescale = 1_000_003;
	const delayed = (...delays: number[]) =>
		delays.map((delay) => simpleFrames(1, { duration: timescale, delay: delay * timescale })[0]);
	const clips = [delayed(1000, 1000), delayed(-1000, 1000)];
	const files = clips.map((frames) => fileOf(simple({ timescale, frames })));
	const film = filmOf((await joinBytes(files)).bytes);
	expect(film.mediaTime / film.timescale).toBe(1000);
	const delays = film.frames.map(({ delay }) => delay / film.timescale);
	expect(delays).toEqual([1000, 1000, 1000, 3000]);
});

it('tells clips apart whose frames lie one behind the other by chance', async () => {
	const first = fileOf(simple());
	const filler = Buffer.alloc(filmData(first).end - filmData(first).start - 8);
	const second = fileOf(simple(), { filler });
	expect(filmData(second).start).toBe(filmData(first).end);
	const { pieces } = await joinBytes([first, second]);
	expect(pieces).toHaveLength(3);
});

function filmData(file: Buffer): { start: number; end: number } {
	const start = file.indexOf('mdat') + 4;
	return { start, end: start - 8 + file.readUInt32BE(start - 8) };
}

const largeFrames = (count: number, bytes: number) =>
	simpleFrames(count).map((frame) => ({
		...frame,
		bytes: unit(frame.isKey ? 0x65 : 0x41, Buffer.alloc(bytes)),
	}));

it('copies no bytes of a clip, and hands them on in few pieces', async () => {
	const files = [fileOf(simple({ frames: largeFrames(60, 100_000) })), fileOf(simple())];
	const [header, ...pieces] = joinClips(files).pieces;
	expect(header.length).toBeLessThan(5_000);
	expect(pieces.map(({ buffer }) => buffer)).toEqual(files.map(({ buffer }) => buffer));
});

it('writes no film of more than 4 GB', () => {
	const file = fileOf(simple({ frames: largeFrames(2, 50_000_000) }));
	const films = (count: number) => joinClips(Array.from({ length: count }, () => file));
	expect(films(40).sizeBytes).toBeGreaterThan(4_000_000_000);
	expect(() => films(43)).toThrow('The film would have more than 4 GB.');
});

it('gives one clip through', async () => {
	const file = fileOf(simple());
	const { bytes, hints, durationSeconds, sizeBytes } = await joinBytes([file]);
	expect(bytes.equals(file)).toBe(true);
	expect([durationSeconds, sizeBytes]).toEqual([3, file.length]);
	const text = 'There was only one clip, so it was given on as it is.';
	expect(hints).toEqual([{ clips: [0], text }]);
});

it('hints at different frame rates, and not at those that differ by a hair', async () => {
	const at = (timescale: number, duration: number) =>
		fileOf(simple({ timescale, frames: simpleFrames(30, { duration }) }));
	expect((await joinBytes([at(24, 1), at(24_000, 1001)])).hints).toEqual([]);
	expect((await joinBytes([at(24, 1), at(30, 1), at(24, 1)])).hints).toEqual([
		{
			clips: [0, 1, 2],
			text: 'The clips have different frame rates (24, 30 a second). Players show all frames; a tool that encodes the film again may leave some out.',
		},
	]);
});

it('hints at content credentials and other tracks, which are left out', async () => {
	const credentials = Buffer.from('d8fec3d61b0e483c92975828877ec481', 'hex');
	const signed = Buffer.concat([fileOf(simple()), part('uuid', credentials, Buffer.alloc(9))]);
	const other = Buffer.concat([fileOf(simple()), part('uuid', Buffer.alloc(16))]);
	expect((await joinBytes([fileOf(simple()), signed, other])).hints).toEqual([
		{
			clips: [1],
			text: 'Content credentials were left out, since they do not hold for a joined file.',
		},
	]);
	expect((await joinBytes([withTrack('text'), fileOf(simple())])).hints).toEqual([
		{
			clips: [0],
			text: 'Only the video was joined: other tracks, such as subtitles, were left out.',
		},
	]);
});

it('leaves sound out when asked to, of a single clip too', async () => {
	const withSound = withTrack('soun');
	await expect(joinBytes([withSound, withSound])).rejects.toThrow(
		'This clip has sound, which cannot be joined.',
	);
	const { bytes, hints } = await joinBytes([withSound], { leaveOutSound: true });
	expect(bytes.includes('soun')).toBe(false);
	expect(filmOf(bytes).frames).toHaveLength(3);
	expect(hints).toEqual([]);
	expect((await joinBytes([withSound])).bytes.equals(withSound)).toBe(true);
});

it('keeps what a second encoder set, and how the picture is turned', async () => {
	const turned = turnedBy90(fileOf(simple()));
	const other = turnedBy90(fileOf(simple({ entries: [entryOf({ avcC: HIGH })] })));
	const { bytes, ...film } = await joinBytes([turned, other]);
	expect(film).toMatchObject({ width: 180, height: 320, durationSeconds: 6, hints: [] });
	const place = (file: Buffer) => bodyAt(file, 'moov', 'trak', 'tkhd').subarray(40);
	expect(place(bytes).equals(place(turned))).toBe(true);
});
