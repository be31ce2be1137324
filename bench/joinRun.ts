/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
/** Clips joined in n8n's engine beside ffmpeg, in a process of its own. */
import './typescriptFirst';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openBinaryStore } from '../support/engine/binaryStore';
import { runLuma } from '../support/engine/engine';
import { answer } from './isolated';

export type Source = 'links' | 'binary';

export interface JoinRequest {
	/** A short clip: the first join of a process loads code. */
	warmUp: { file: string; url: string };
	/** The clip that is joined with itself. */
	clip: { file: string; url: string };
	count: number;
	source: Source;
	pairs: number;
}

export interface JoinFound {
	/** The most resident memory of the first join, and of ffmpeg, beyond what the process had before. */
	nodeBytes: number;
	ffmpegBytes: number;
	/** Milliseconds of a join by each, one right after the other. */
	pairs: Array<{ node: number; ffmpeg: number }>;
}

const KB = 1024;

const collectGarbage = globalThis.gc as () => void;

async function measure({ warmUp, clip, count, source, pairs }: JoinRequest): Promise<JoinFound> {
	const folder = await mkdtemp(join(tmpdir(), 'luma-bench-'));
	try {
		const store = await openBinaryStore('filesystem', folder);
		const itemsOf = async ({ file, url }: JoinRequest['clip'], clips: number) => {
			if (source === 'links') return Array.from({ length: clips }, () => ({ videoUrl: url }));
			const place = { type: 'execution' as const, workflowId: 'w1', executionId: '4711' };
			const own = { data: '', mimeType: 'video/mp4', fileName: 'clip.mp4' };
			const data = await store.store(place, await readFile(file), own);
			return Array.from({ length: clips }, () => ({ json: {}, binary: { data } }));
		};
		const joinItems = async (items: Awaited<ReturnType<typeof itemsOf>>) => {
			const parameters = { operation: 'join', videosFrom: source };
			const { json, error } = await runLuma({ url: 'http://127.0.0.1:9', items, parameters });
			if (json[0]?.clips !== items.length) throw new Error(String(error?.message));
		};
		const list = join(folder, 'list.txt');
		await writeFile(list, `file '${clip.file}'\n`.repeat(count));

		await joinItems(await itemsOf(warmUp, 2));
		const items = await itemsOf(clip, count);
		collectGarbage();
		const before = process.memoryUsage.rss();
		await joinItems(items);
		const nodeBytes = process.resourceUsage().maxRSS * KB - before;
		const ffmpegBytes = await joinWithFfmpeg(list, folder);
		const times: JoinFound['pairs'] = [];
		for (let pair = 0; pair < pairs; pair++) {
			collectGarbage();
			const node = await timeOf(async () => await joinItems(items));
			times.push({ node, ffmpeg: await timeOf(async () => await joinWithFfmpeg(list, folder)) });
		}
		return { nodeBytes, ffmpegBytes, pairs: times };
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
	const began = performance.now();
	await work();
	return performance.now() - began;
}

/** @returns the most memory that it was seen to have */
async function joinWithFfmpeg(list: string, folder: string): Promise<number> {
	const words = `-v error -y -f concat -safe 0 -i ${list} -c copy -movflags +faststart`.split(' ');
	const child = spawn('ffmpeg', [...words, join(folder, 'film.mp4')], { stdio: 'ignore' });
	let most = 0;
	const watch = setInterval(() => {
		void readFile(`/proc/${child.pid}/status`, 'utf8').then(
			(status) => (most = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? most)),
			() => undefined,
		);
	}, 5);
	const [code] = (await once(child, 'exit')) as [number];
	clearInterval(watch);
	if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
	return most * KB;
}

answer(measure);
