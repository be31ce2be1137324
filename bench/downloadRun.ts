/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/** Downloads in n8n's engine beside plain ones, in a process of its own. */
import './typescriptFirst';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { openBinaryStore } from '../support/engine/binaryStore';
import { runLuma } from '../support/engine/engine';
import { answer } from './isolated';

export type BinaryMode = 'default' | 'filesystem';

type Client = 'node' | 'fetch';

export interface ItemRequest {
	/** A service with short videos: the first downloads of a process load code. */
	warmUpUrl: string;
	/** A service with videos of the size to be measured. */
	url: string;
	mode: BinaryMode;
	/** How often a download by each client is timed. */
	pairs: number;
}

export interface Found {
	/** The most resident memory of the node's first large download, beyond that before it. */
	memoryBytes: number;
	/** Milliseconds of a download by each, one right after the other. */
	pairs: Array<Record<Client, number>>;
}

const KB = 1024;

const collectGarbage = globalThis.gc as () => void;

async function clientsFor(url: string, folder: string) {
	const { json } = await runLuma({ url, parameters: { prompt: 'A long take' } });
	const videoUrl = String(json[0].videoUrl);
	return {
		node: async () => {
			const parameters = { operation: 'download', downloadFrom: 'url', videoUrl };
			const { items, error } = await runLuma({ url, parameters });
			if (!items[0]?.binary) throw new Error(String(error?.message));
		},
		fetch: async () => {
			const { body } = await fetch(videoUrl);
			await pipeline(Readable.fromWeb(body as never), createWriteStream(join(folder, 'video')));
		},
	} satisfies Record<Client, () => Promise<void>>;
}

/** The system notes down the most memory by itself, also while this process is too busy to look. */
async function memoryOf(work: () => Promise<void>): Promise<number> {
	collectGarbage();
	const before = process.memoryUsage.rss();
	await work();
	return Math.max(0, process.resourceUsage().maxRSS * KB - before);
}

/** Earlier files are removed, so that the disk is not still writing them meanwhile. */
async function timeOf(work: () => Promise<void>, folder: string): Promise<number> {
	for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
	collectGarbage();
	const began = performance.now();
	await work();
	return performance.now() - began;
}

async function measure({ warmUpUrl, url, mode, pairs }: ItemRequest): Promise<Found> {
	const folder = await mkdtemp(join(tmpdir(), 'luma-bench-'));
	try {
		await openBinaryStore(mode, folder);
		const warmUp = await clientsFor(warmUpUrl, folder);
		await warmUp.node();
		await warmUp.fetch();

		const clients = await clientsFor(url, folder);
		const found: Found = { memoryBytes: await memoryOf(clients.node), pairs: [] };
		for (let pair = 0; pair < pairs; pair++) {
			const ms = { node: 0, fetch: 0 };
			// In turn, as the first of two leaves its traces.
			const order: Client[] = pair % 2 === 0 ? ['node', 'fetch'] : ['fetch', 'node'];
			for (const client of order) ms[client] = await timeOf(clients[client], folder);
			found.pairs.push(ms);
		}
		return found;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

answer(measure);
