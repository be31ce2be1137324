/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import execa from 'execa';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { joinClips } from '../../../nodes/Luma/mp4/join';
import { ffmpeg, makeClip, type ClipRecipe } from '../../../support/media/ffmpeg';
import { fileOf, filmOf } from '../../../support/media/mp4File';

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'join-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(folder, `${name}.mp4`);

/** Makes a clip; each recipe once. */
const made = new Map<string, string>();
function clip(recipe: ClipRecipe): string {
	const key = JSON.stringify(recipe);
	const file = made.get(key) ?? inFolder(`clip${made.size}`);
	if (!made.has(key)) makeClip(file, recipe);
	made.set(key, file);
	return file;
}

/** Joins files into one; tells how long it is. */
function joinFiles(files: string[], target: string, leaveOutSound = false): number {
	const clips = files.map((file) => readFileSync(file));
	const { pieces, durationSeconds } = joinClips(clips, { leaveOutSound });
	writeFileSync(target, Buffer.concat(pieces));
	return durationSeconds;
}

/** Decodes a whole file: when each frame is shown, in seconds, and what the decoder makes of it. */
function framesOf(file: string) {
	const decode = ['-i', file, '-map', '0:v', '-fps_mode', 'passthrough'];
	const list = ffmpeg([...decode, '-enc_time_base', '1:1000000', '-f', 'framemd5', '-']);
	const rows = list.split('\n').filter((line) => !line.startsWith('#'));
	const cells = rows.map((row) => row.split(',').map((cell) => cell.trim()));
	return {
		times: cells.map((cell) => Number(cell[2]) / 1_000_000),
		hashes: cells.map((cell) => cell[5]),
	};
}

interface Probed {
	streams: Array<{ duration: string }>;
	packets: Array<Record<'pts_time' | 'dts_time' | 'duration_time', string>>;
}

function secondsOf(file: string): number {
	const entries = 'stream=duration:packet=pts_time,dts_time,duration_time';
	const words = `-v error -select_streams v -show_entries ${entries} -of json`;
	const { stdout } = execa.sync('ffprobe', [...words.split(' '), file]);
	const { streams, packets } = JSON.parse(stdout) as Probed;
	const spanOf = (time: 'pts_time' | 'dts_time') => {
		const starts = packets.map((packet) => Number(packet[time]));
		const ends = packets.map((packet, i) => starts[i] + Number(packet.duration_time));
		return Math.max(...ends) - Math.min(...starts);
	};
	// With frames of different lengths, decoding can take longer than what is shown, or less.
	return Math.max(Number(streams[0].duration), spanOf('pts_time'), spanOf('dts_time'));
}

/** Every frame of every file is in the film: as many, for as long, at its time, and decoded to the same. */
function expectFilm(files: string[], leaveOutSound = false): void {
	const film = inFolder('film');
	const durationSeconds = joinFiles(files, film, leaveOutSound);
	const parts = files.map((file) => ({ ...framesOf(file), seconds: secondsOf(file) }));
	const whole = framesOf(film);

	expect(whole.hashes).toEqual(parts.flatMap(({ hashes }) => hashes));
	let start = 0;
	const expected = parts.flatMap(({ seconds, times }) => {
		start += seconds;
		return times.map((time) => start - seconds + time - times[0]);
	});
	for (const [i, time] of whole.times.entries()) {
		expect(Math.abs(time - expected[i])).toBeLessThan(0.002);
	}
	expect(secondsOf(film)).toBeCloseTo(durationSeconds, 2);
	expect(Math.abs(secondsOf(film) - start)).toBeLessThan(0.002 * files.length);
}

const PLAIN: ClipRecipe = {};
const NO_B_FRAMES: ClipRecipe = { words: '-bf 0' };
const MANY_B_FRAMES: ClipRecipe = { words: '-bf 4 -x264-params b-pyramid=normal:b-adapt=0' };
const BASELINE: ClipRecipe = { words: '-profile:v baseline -preset ultrafast' };
const SLOW: ClipRecipe = { words: '-preset slow -refs 5' };
const timescale = (units: number): ClipRecipe => ({ words: `-video_track_timescale ${units}` });
/** Frame N is shown at this time, in frames. */
const varying = (time: string, words = ''): ClipRecipe => ({
	filter: `setpts='(${time})/(24*TB)'`,
	words: `-fps_mode vfr ${words}`,
});
const DELIMITERS: ClipRecipe = { words: '-x264-params aud=1:keyint=6 -preset slow' };

describe('clips that ffmpeg made', () => {
	it.each<[string, ClipRecipe[]]>([
		['of one kind', [PLAIN, PLAIN, { seconds: 2 }]],
		['with their header first and last', [PLAIN, { words: '-movflags +faststart' }]],
		['with and without B-frames', [NO_B_FRAMES, MANY_B_FRAMES, PLAIN]],
		['with B-frames first', [MANY_B_FRAMES, NO_B_FRAMES]],
		['of other encoder settings', [BASELINE, SLOW, PLAIN, BASELINE]],
		['with delimiters in front of their frames', [DELIMITERS, BASELINE, DELIMITERS]],
		['with key frames only', [{ words: '-g 1' }, PLAIN]],
		['of other timescales', [PLAIN, timescale(600), timescale(90_000)]],
		['of timescales with no common one', [timescale(1_000_003), timescale(999_983), PLAIN]],
		['of other frame rates', [PLAIN, { rate: '25' }, { rate: '30' }, { rate: '30000/1001' }]],
		['of varying frame rate', [varying('N+mod(N,3)/2'), PLAIN, varying('N*N/40', '-bf 0'), PLAIN]],
		['of one frame', [{ words: '-frames:v 1' }, PLAIN, { words: '-frames:v 1' }]],
		['with several key frames', [{ words: '-g 8' }, { words: '-g 5 -refs 1' }]],
	])('%s', (_, recipes) => expectFilm(recipes.map(clip)));

	it('with offsets of 64 bit', () => {
		const files = [PLAIN, { rate: '30' }].map(clip).map((file, i) => {
			const long = inFolder(`long${i}`);
			writeFileSync(long, fileOf({ ...filmOf(readFileSync(file)), isLong: true }));
			return long;
		});
		expectFilm(files);
	});

	it('with sound, which is left out', () => {
		expectFilm([clip({ hasSound: true }), clip(PLAIN), clip({ hasSound: true, seconds: 3 })], true);
	});

	it('that were joined before', () => {
		const film = inFolder('before');
		joinFiles([BASELINE, SLOW].map(clip), film);
		expectFilm([film, clip(PLAIN), film]);
	});

	it('and a film that is copied by ffmpeg afterwards', () => {
		const [film, copy] = [inFolder('original'), inFolder('copy')];
		joinFiles([BASELINE, SLOW, PLAIN].map(clip), film);
		ffmpeg(['-i', film, '-c', 'copy', copy]);
		expect(framesOf(copy).hashes).toEqual(framesOf(film).hashes);
	});

	it('and a jump to every second', () => {
		const film = inFolder('jumps');
		joinFiles([{ seconds: 2, words: '-g 12 -preset ultrafast' }, SLOW].map(clip), film);
		for (const second of [0, 1, 2]) {
			ffmpeg(['-ss', `${second}`, '-i', film, '-f', 'null', '-']);
		}
	});
});

describe("the simulator's clips", () => {
	it.each(['9x16', '3x4', '1x1', '4x3', '16x9', '21x9'])('in %s', (ratio) => {
		const [video, watermarked] = ['mp4', 'watermarked.mp4'].map(
			(end) => `simulator/media/${ratio}.${end}`,
		);
		expectFilm([video, watermarked, video]);
	});
});

const OPEN_GOP = '-x264-params open-gop=1:keyint=12:min-keyint=12:bframes=3:scenecut=0';
const ENCRYPTED = [
	'-encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb',
	'-encryption_kid a7e61c373e219033c21091fa607bf3b8',
];

/** What ffmpeg makes of a clip without encoding it again. */
function copied(recipe: ClipRecipe, before: string, after: string): string {
	const copy = inFolder('copied');
	ffmpeg([...before.split(' '), '-i', clip(recipe), '-c', 'copy', ...after.split(' '), copy]);
	return copy;
}

describe('a clip cannot be joined that', () => {
	const LIMITED = 'is 8 bit 4:2:0 in limited range';
	it.each<[string, () => string]>([
		[
			'is made of pixels of 4:3, the first one is made of square pixels',
			() => clip({ filter: 'setsar=4/3' }),
		],
		[
			`is 10 bit 4:2:2 in limited range, the first one ${LIMITED}`,
			() => clip({ words: '-pix_fmt yuv422p10le' }),
		],
		[
			`is 8 bit 4:4:4 in full range, the first one ${LIMITED}`,
			() => clip({ words: '-pix_fmt yuvj444p' }),
		],
		[
			'is encoded as HEVC, and only H.264 can be joined',
			() => clip({ words: '-c:v libx265 -x265-params log-level=none' }),
		],
		[
			'is a fragmented MP4, as for streaming',
			() => clip({ words: '-movflags frag_keyframe+empty_moov' }),
		],
		['is encrypted', () => clip({ words: ENCRYPTED.join(' ') })],
		[
			'is turned by -90°, the first one is turned by 0°',
			() => copied(PLAIN, '-v error', '-metadata:s:v rotate=90'),
		],
		[
			'has hidden frames, which would be seen in the film',
			() => copied({ seconds: 2 }, '-ss 0.5', '-use_editlist 1'),
		],
		[
			'needs frames from before its beginning',
			() => copied({ seconds: 3, words: OPEN_GOP }, '-ss 1', '-use_editlist 0'),
		],
	])('%s', (message, make) => {
		const files = [clip(PLAIN), make()];
		expect(() => joinFiles(files, inFolder('never'))).toThrow(`This clip ${message}.`);
	});
});
