/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/** The node beside the plain way to download or to join, in a process of its own. */
import './typescriptFirst';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import execa from 'execa';

import { temporaryFolder } from '../scripts/ending';
import { openBinaryStore } from '../support/engine/binaryStore';
import { runLuma } from '../support/engine/engine';
import { collectGarbage } from '../support/memory';
import { answer } from './isolated';

type Download = { url: string };
type Clips = { clip: string; count: number };
type Store = Awaited<ReturnType<typeof openBinaryStore>>;
export type Side = 'node' | 'plain';
type Sides = Record<Side, () => Promise<unknown>>;

export interface Question {
	/** Something small before what is measured: the first time in a process loads code. */
	sources: [Download, Download] | [Clips, Clips];
	/** Whose memory is measured, by being the first. */
	first: Side;
	/** How often the two are timed, one right after the other. */
	pairs: number;
}

/** The most resident memory of the first beyond that before it, and the node's time relative to the plain one. */
export type Found = { memoryBytes: number; times: number[] };

async function downloadOf({ url }: Download, folder: string): Promise<Sides> {
	const { json } = await runLuma({ url, parameters: { prompt: 'A long take' } });
	const videoUrl = String(json[0].videoUrl);
	const parameters = { operation: 'download', downloadFrom: 'url', videoUrl };
	return {
		node: async () => {
			const { items, error } = await runLuma({ url, parameters });
			if (!items[0]?.binary) throw new Error(String(error?.message));
		},
		plain: async () => {
			const { body } = await fetch(videoUrl);
			await pipeline(Readable.fromWeb(body as never), createWriteStream(join(folder, 'video')));
		},
	};
}

async function joinOf({ clip, count }: Clips, folder: string, store: Store): Promise<Sides> {
	const place = { type: 'execution' as const, workflowId: 'w1', executionId: '4711' };
	const own = { data: '', mimeType: 'video/mp4', fileName: 'clip.mp4' };
	const data = await store.store(place, await readFile(clip), own);
	const items = Array.from({ length: count }, () => ({ json: {}, binary: { data } }));
	const parameters = { operation: 'join', videosFrom: 'binary' };
	const list = `${clip}.txt`;
	await writeFile(list, `file '${clip}'\n`.repeat(count));
	const words = `-v error -y -f concat -safe 0 -i ${list} -c copy -movflags +faststart`.split(' ');
	return {
		node: async () => {
			const { json, error } = await runLuma({ url: 'http://127.0.0.1:9', items, parameters });
			if (json[0]?.clips !== count) throw new Error(String(error?.message));
		},
		plain: async () => await execa('ffmpeg', [...words, join(folder, 'film.mp4')]),
	};
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
	collectGarbage();
	const began = performance.now();
	await work();
	return performance.now() - began;
}

async function measure({ sources, first, pairs }: Question): Promise<Found> {
	const folder = temporaryFolder('bench');
	const store = await openBinaryStore('filesystem', folder);
	const [small, large] = sources.map(async (source) =>
		'url' in source ? await downloadOf(source, folder) : await joinOf(source, folder, store),
	);
	await (await small).node();
	await (await small).plain();
	const sides = await large;
	collectGarbage();
	const before = process.memoryUsage.rss();
	await sides[first]();
	// The system notes down the most by itself, also while this process is too busy to look.
	const memoryBytes = Math.max(0, process.resourceUsage().maxRSS * 1024 - before);
	const times: number[] = [];
	for (let pair = 0; pair < pairs; pair++) {
		times.push((await timeOf(sides.node)) / (await timeOf(sides.plain)));
	}
	return { memoryBytes, times };
}

answer(measure);
