/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';

import { joinClips } from '../../../nodes/Luma/mp4/join';
import { launchChromium } from '../../../scripts/browser/chromium';
import { makeClip, type ClipRecipe } from '../../../support/media/ffmpeg';

let browser: Browser;
let folder: string;
beforeAll(async () => {
	browser = await launchChromium();
	folder = mkdtempSync(join(tmpdir(), 'playback-'));
});
afterAll(async () => {
	await browser?.close();
	rmSync(folder, { recursive: true, force: true });
});

const COLOURS = ['red', 'lime', 'blue'];
const MIDDLES = [0.5, 1.5, 2.5];

/** One clip a second long in each colour. */
function clipsOf(recipes: ClipRecipe[]): Buffer[] {
	return recipes.map((recipe, i) => {
		const file = join(folder, `${i}.mp4`);
		makeClip(file, { ...recipe, filter: `drawbox=color=${COLOURS[i]}:t=fill` });
		return readFileSync(file);
	});
}

interface Seen {
	duration: number;
	/** Colours in the order in which they were seen while it played to its end. */
	played: string[];
	/** The colour after each jump. */
	jumped: string[];
}

/** As far as it is used here. */
interface Video {
	src: string;
	duration: number;
	currentTime: number;
	error: { message: string } | null;
	ownerDocument: { createElement(name: 'canvas'): { getContext(kind: '2d'): Canvas } };
	play(): Promise<void>;
	addEventListener(event: string, listener: () => void): void;
	requestVideoFrameCallback(callback: () => void): void;
}
interface Canvas {
	drawImage(video: Video, x: number, y: number, width: number, height: number): void;
	getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}

/** Runs in the page. */
async function watch(video: Video, { source, jumps }: { source: string; jumps: number[] }) {
	const canvas = video.ownerDocument.createElement('canvas').getContext('2d');
	const colour = () => {
		canvas.drawImage(video, 0, 0, 1, 1);
		const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
		const strongest = Math.max(red, green, blue);
		if (strongest === blue) return 'blue';
		return strongest === green ? 'lime' : 'red';
	};
	const after = async (event: string, start: () => unknown) =>
		await new Promise<void>((resolve, reject) => {
			video.addEventListener(event, resolve);
			video.addEventListener('error', () => reject(new Error(video.error?.message)));
			start();
		});
	const played: string[] = [];
	let isOver = false;
	const look = () => {
		if (isOver) return;
		const now = colour();
		if (played.at(-1) !== now) played.push(now);
		video.requestVideoFrameCallback(look);
	};

	await after('loadeddata', () => (video.src = source));
	video.requestVideoFrameCallback(look);
	await after('ended', () => void video.play());
	isOver = true;
	const jumped: string[] = [];
	for (const jump of jumps) {
		await after('seeked', () => (video.currentTime = jump));
		jumped.push(colour());
	}
	return { duration: video.duration, played, jumped };
}

async function seen(pieces: Buffer[], jumps: number[]): Promise<Seen> {
	const page = await browser.newPage();
	await page.setContent('<video muted></video>');
	const source = `data:video/mp4;base64,${Buffer.concat(pieces).toString('base64')}`;
	const result = await page.locator('video').evaluate(watch, { source, jumps });
	await page.close();
	return result;
}

it.each<[string, ClipRecipe[]]>([
	['of one kind', [{}, {}, {}]],
	[
		'of other encoder settings',
		[{ words: '-profile:v baseline -preset ultrafast' }, { words: '-preset slow -refs 5' }, {}],
	],
	[
		'of other frame rates',
		[{ rate: '30000/1001' }, { rate: '25', words: '-bf 0' }, { rate: '24' }],
	],
])('Chromium plays clips %s through the joint, and jumps into each', async (_, recipes) => {
	const { pieces, durationSeconds } = joinClips(clipsOf(recipes));
	const { played, jumped, duration } = await seen(pieces, [...MIDDLES].reverse());
	expect(played).toEqual(COLOURS);
	expect(jumped).toEqual([...COLOURS].reverse());
	expect(duration).toBeCloseTo(durationSeconds, 2);
});

it("plays the simulator's clips", async () => {
	const clip = readFileSync('simulator/media/16x9.mp4');
	const { pieces } = joinClips([clip, clip]);
	expect((await seen(pieces, [9.5])).duration).toBeCloseTo(10, 2);
});
