/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { joinFiles } from '../../../support/media/clips';
import { factsOf, ffmpeg, makeClip, type ClipRecipe } from '../../../support/media/ffmpeg';
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

/** Every frame of every file is in the film: as many, for as long, at its time, and decoded to the same. */
async function expectFilm(files: string[], leaveOutSound = false): Promise<void> {
	const film = inFolder('film');
	const joined = await joinFiles(files, film, { leaveOutSound });
	const parts = files.map(factsOf);
	const whole = factsOf(film);

	expect(whole.frames).toBe(parts.reduce((sum, { frames }) => sum + frames, 0));
	expect(whole.hashes).toEqual(parts.flatMap(({ hashes }) => hashes));
	expect(whole.seconds).toBeCloseTo(joined.durationSeconds, 2);
	let start = 0;
	const expected = parts.flatMap(({ seconds, times }) => {
		start += seconds;
		return times.map((time) => start - seconds + time - times[0]);
	});
	for (const [i, time] of whole.times.entries()) {
		expect(Math.abs(time - expected[i])).toBeLessThan(0.002);
	}
	expect(Math.abs(whole.seconds - start)).toBeLessThan(0.002 * files.length);
}

const PLAIN: ClipRecipe = {};
const NO_B_FRAMES: ClipRecipe = { words: '-bf 0' };
const MANY_B_FRAMES: ClipRecipe = { words: '-bf 4 -x264-params b-pyramid=normal:b-adapt=0' };
const BASELINE: ClipRecipe = { words: '-profile:v baseline -preset ultrafast' };
const SLOW: ClipRecipe = { words: '-preset slow -refs 5' };
const DELIMITERS: ClipRecipe = { words: '-x264-params aud=1:keyint=6 -preset slow' };

const SETS: Record<string, ClipRecipe[]> = {
	'of one kind': [PLAIN, PLAIN, { seconds: 2 }],
	'with their header first and last': [PLAIN, { words: '-movflags +faststart' }],
	'with and without B-frames': [NO_B_FRAMES, MANY_B_FRAMES, PLAIN],
	'with B-frames first': [MANY_B_FRAMES, NO_B_FRAMES],
	'of other encoder settings': [BASELINE, SLOW, PLAIN, BASELINE],
	'with delimiters in front of their frames': [DELIMITERS, BASELINE, DELIMITERS],
	'with key frames only': [{ words: '-g 1' }, PLAIN],
	'of other timescales': [
		PLAIN,
		{ words: '-video_track_timescale 600' },
		{ words: '-video_track_timescale 90000' },
	],
	'of timescales with no common one': [
		{ words: '-video_track_timescale 1000003' },
		{ words: '-video_track_timescale 999983' },
		PLAIN,
	],
	'of other frame rates': [PLAIN, { rate: '25' }, { rate: '30' }, { rate: '30000/1001' }],
	'of varying frame rate': [
		{ filter: "setpts='(N+mod(N,3)/2)/(24*TB)'", words: '-fps_mode vfr' },
		PLAIN,
		{ filter: "setpts='(N*N/40)/(24*TB)'", words: '-fps_mode vfr -bf 0' },
		PLAIN,
	],
	'of one frame': [{ words: '-frames:v 1' }, PLAIN, { words: '-frames:v 1' }],
	'with several key frames': [
		{ seconds: 2, words: '-g 8' },
		{ seconds: 2, words: '-g 5 -refs 1' },
	],
};

describe('clips that ffmpeg made', () => {
	it.each(Object.keys(SETS))('%s', async (name) => {
		await expectFilm(SETS[name].map(clip));
	});

	it('with offsets of 64 bit', async () => {
		const files = [PLAIN, { rate: '30' }].map(clip).map((file, i) => {
			const long = inFolder(`long${i}`);
			writeFileSync(long, fileOf(filmOf(readFileSync(file)), { hasLongOffsets: true }));
			return long;
		});
		await expectFilm(files);
	});

	it('with sound, which is left out', async () => {
		await expectFilm(
			[clip({ hasSound: true }), clip(PLAIN), clip({ hasSound: true, seconds: 3 })],
			true,
		);
	});

	it('that were joined before', async () => {
		const film = inFolder('before');
		await joinFiles([BASELINE, SLOW].map(clip), film);
		await expectFilm([film, clip(PLAIN), film]);
	});

	it('and a film that is copied by ffmpeg afterwards', async () => {
		const [film, copy] = [inFolder('original'), inFolder('copy')];
		await joinFiles([BASELINE, SLOW, PLAIN].map(clip), film);
		ffmpeg(['-i', film, '-c', 'copy', copy]);
		expect(factsOf(copy).hashes).toEqual(factsOf(film).hashes);
	});

	it('and a jump to every second', async () => {
		const film = inFolder('jumps');
		await joinFiles([{ seconds: 2, words: '-g 12 -preset ultrafast' }, SLOW].map(clip), film);
		for (const second of [0, 1, 2]) {
			ffmpeg(['-ss', `${second}`, '-i', film, '-f', 'null', '-']);
		}
	});
});

describe("the simulator's clips", () => {
	it.each(['9x16', '3x4', '1x1', '4x3', '16x9', '21x9'])('in %s', async (ratio) => {
		const [video, watermarked] = ['mp4', 'watermarked.mp4'].map(
			(end) => `simulator/media/${ratio}.${end}`,
		);
		await expectFilm([video, watermarked, video]);
	});
});

const OPEN_GOP = '-x264-params open-gop=1:keyint=12:min-keyint=12:bframes=3:scenecut=0';

describe('clips that cannot be joined', () => {
	const refusal = async (files: string[]) =>
		await joinFiles(files, inFolder('never')).then(
			() => 'joined',
			(error: Error & { clip?: number }) => `${error.clip}: ${error.message}`,
		);

	it.each<[string, ClipRecipe, string]>([
		['another size', { size: '180x320' }, 'is 180 × 320, the first one is 320 × 180'],
		['sound', { hasSound: true }, 'has sound, which cannot be joined'],
		[
			'other pixels',
			{ filter: 'setsar=4/3' },
			'is made of pixels of 4:3, the first one is made of square pixels',
		],
		[
			'another depth',
			{ words: '-pix_fmt yuv420p10le' },
			'is 10 bit 4:2:0 in limited range, the first one is 8 bit 4:2:0 in limited range',
		],
		[
			'another sampling',
			{ words: '-pix_fmt yuv444p' },
			'is 8 bit 4:4:4 in limited range, the first one is 8 bit 4:2:0 in limited range',
		],
		[
			'another range',
			{ words: '-pix_fmt yuvj420p' },
			'is 8 bit 4:2:0 in full range, the first one is 8 bit 4:2:0 in limited range',
		],
		[
			'another codec',
			{ words: '-c:v libx265 -x265-params log-level=none' },
			'is encoded as HEVC, and only H.264 can be joined',
		],
		[
			'fragments',
			{ words: '-movflags frag_keyframe+empty_moov' },
			'is a fragmented MP4, as for streaming',
		],
		[
			'encryption',
			{
				words:
					'-encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb -encryption_kid a7e61c373e219033c21091fa607bf3b8',
			},
			'is encrypted',
		],
	])('%s', async (_, recipe, message) => {
		expect(await refusal([PLAIN, recipe].map(clip))).toBe(`1: This clip ${message}.`);
	});

	it('a turned one', async () => {
		const turned = inFolder('turned');
		ffmpeg(['-i', clip(PLAIN), '-c', 'copy', '-metadata:s:v', 'rotate=90', turned]);
		expect(await refusal([clip(PLAIN), turned])).toBe(
			'1: This clip is turned by -90°, the first one is turned by 0°.',
		);
	});

	it('one with hidden frames', async () => {
		const cut = inFolder('cut');
		ffmpeg(['-ss', '0.5', '-i', clip({ seconds: 2 }), '-c', 'copy', cut]);
		expect(await refusal([clip(PLAIN), cut])).toBe(
			'1: This clip has hidden frames, which would be seen in the film.',
		);
	});

	it('one that was cut out of a longer video', async () => {
		const cut = inFolder('open');
		const long = clip({ seconds: 3, words: OPEN_GOP });
		ffmpeg(['-ss', '1', '-i', long, '-c', 'copy', '-use_editlist', '0', cut]);
		expect(await refusal([clip(PLAIN), cut])).toBe(
			'1: This clip needs frames from before its beginning.',
		);
	});
});
