/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { statSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '../scripts/ending';
import { serve, Simulator } from '../simulator';
import { makeClip } from '../support/media/ffmpeg';
import type { Found, Question, Side } from './filesRun';
import { askIsolated } from './isolated';
import { UNLIMITED } from './outcome';
import { goal, spreadOf, type Row, type Section } from './report';

const MB = 1024 * 1024;
const reason = 'The table shows between which figures it lay.';

/** Downloads beside a plain `fetch` to disk. */
export async function measureDownloads(isQuick: boolean): Promise<Section> {
	const rows: Row[] = [];
	const open = async (size: number) =>
		await serve(new Simulator({ ...UNLIMITED, renderSeconds: 0, mediaBytes: size * MB }));
	const measure = async (megabytes: number) => {
		const [warmUp, service] = [await open(5), await open(megabytes)];
		const found = await compare([{ url: warmUp.url }, { url: service.url }], isQuick);
		await Promise.all([warmUp.close(), service.close()]);
		const memory = { 'Memory, MB': found.node, 'Plain memory, MB': found.plain };
		rows.push({ Size: `${megabytes} MB`, '× plain time': found.times, ...memory });
		return found;
	};
	for (const megabytes of isQuick ? [] : [10, 100]) await measure(megabytes);
	const { times, node, plain } = await measure(isQuick ? 10 : 300);
	return {
		title: 'Downloads',
		note: 'To n8n’s file store, beside a plain `fetch` to disk in the same process. Memory is resident memory beyond that before.',
		rows,
		goals: [
			goal('Time of the largest download (median)', times.median, 'at most 1.25 × plain'),
			goal('Memory of the largest download (most)', node.most, 'at most 60 MB'),
		],
		reason,
		headlines: [['Memory of a 300 MB download, MB', node, plain]],
	};
}

/** Video → Join beside ffmpeg's own copy of the same clips. */
export async function measureJoin(isQuick: boolean): Promise<Section> {
	const folder = temporaryFolder('clips');
	const count = isQuick ? 3 : 10;
	const [short, long] = [1, 5].map((seconds) => {
		const clip = join(folder, `${seconds}.mp4`);
		const words = '-b:v 13M -maxrate 13M -bufsize 13M';
		makeClip(clip, { size: '1280x720', filter: 'noise=alls=40:allf=t', seconds, words });
		return { clip, count };
	});
	const { times, node } = await compare([short, long], isQuick);
	const megabytes = (statSync(long.clip).size / MB) * count;
	return {
		title: 'Joining clips',
		note: `${count} clips of together ${Math.round(megabytes)} MB, beside \`ffmpeg -f concat -c copy\` with the same files. Memory is resident memory beyond that before, the clips included.`,
		rows: [{ '× ffmpeg’s time': times, 'Memory, MB': node }],
		goals: [
			goal('Join: time (median)', times.median, 'at most 1 × ffmpeg'),
			goal('Join: memory beyond the clips (most)', node.most - megabytes, 'at most 60 MB'),
		],
		reason,
	};
}

/** The node's time relative to the plain one, and the megabytes of each: always of the first in a process. */
async function compare(sources: Question['sources'], isQuick: boolean) {
	const memory: Record<Side, number[]> = { node: [], plain: [] };
	const times: number[] = [];
	for (let round = 0; round < (isQuick ? 1 : 3); round++) {
		for (const first of ['node', 'plain'] as const) {
			const question: Question = { sources, first, pairs: isQuick ? 1 : 2 };
			const found = await askIsolated<Found>('filesRun.ts', question);
			memory[first].push(found.memoryBytes / MB);
			times.push(...found.times);
		}
	}
	return { times: spreadOf(times), node: spreadOf(memory.node), plain: spreadOf(memory.plain) };
}
