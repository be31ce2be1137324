/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/** Downloads in n8n's engine, in a process of its own. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { openBinaryStore } from '../../support/binaryStore';
import { runNode } from '../engine';
import { answerQuestions } from '../program';
import type { BinaryMode } from '../results';

export type Way = 'node' | 'plain';

export interface Question {
	/** Address of a service whose videos have the size that is wanted. */
	url: string;
	mode: BinaryMode;
	bytes: number;
	/** Which way's memory is measured: only the first download of a process tells. */
	first: Way;
	/** How often both ways are timed after that. */
	pairs: number;
}

export interface Visit {
	first: Way;
	/** The most resident memory of the first download, beyond that before it. */
	memoryBytes: number;
	/** Milliseconds of a download in each way, one right after the other. */
	pairs: Array<Record<Way, number>>;
}

const KB = 1024;

const collectGarbage = globalThis.gc as () => void;

async function videoUrlAt(url: string): Promise<string> {
	const [{ json }] = await runNode({ url, parameters: { prompt: 'A long take' } });
	return String(json.videoUrl);
}

async function byNode(url: string, videoUrl: string, bytes: number): Promise<void> {
	const parameters = { operation: 'download', downloadFrom: 'url', videoUrl };
	const [{ binary }] = await runNode({ url, parameters });
	if (binary?.data.bytes !== bytes) throw new Error('The download is not complete');
}

async function byFetch(videoUrl: string, file: string): Promise<void> {
	const { body } = await fetch(videoUrl);
	await pipeline(Readable.fromWeb(body as never), createWriteStream(file));
}

/** The system itself notes down the most memory, also while this process is too busy to look. */
async function memoryOf(work: () => Promise<void>): Promise<number> {
	collectGarbage();
	const before = process.memoryUsage.rss();
	await work();
	return Math.max(0, process.resourceUsage().maxRSS * KB - before);
}

/** Without the files before: what is not there any more, the disk does not have to write meanwhile. */
async function timeOf(work: () => Promise<void>, folder: string): Promise<number> {
	for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
	collectGarbage();
	const began = performance.now();
	await work();
	return performance.now() - began;
}

/** Both ways in turn; `index` says which one is first, as the first leaves its traces. */
async function timePair(
	ways: Record<Way, () => Promise<void>>,
	index: number,
	folder: string,
): Promise<Record<Way, number>> {
	const order: Way[] = index % 2 === 0 ? ['node', 'plain'] : ['plain', 'node'];
	const ms = { node: 0, plain: 0 };
	for (const way of order) ms[way] = await timeOf(ways[way], folder);
	return ms;
}

async function visit({ url, mode, bytes, first, pairs }: Question): Promise<Visit> {
	const folder = await mkdtemp(join(tmpdir(), 'luma-bench-'));
	try {
		await openBinaryStore(mode, folder);
		const videoUrl = await videoUrlAt(url);
		const ways = {
			node: async () => await byNode(url, videoUrl, bytes),
			plain: async () => await byFetch(videoUrl, join(folder, 'plain.mp4')),
		};
		const found: Visit = { first, memoryBytes: await memoryOf(ways[first]), pairs: [] };
		for (let pair = 0; pair < pairs; pair++) {
			found.pairs.push(await timePair(ways, pair, folder));
		}
		return found;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

answerQuestions<Question>(visit);
