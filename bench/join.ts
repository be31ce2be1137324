/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createReadStream, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { makeClip } from '../support/media/ffmpeg';
import { askIsolated } from './isolated';
import type { JoinFound, JoinRequest, Source } from './joinRun';
import type { Plan } from './plans';
import { goal, ratiosOf, type Goal, type Row, type Section, spreadOf } from './section';

const MB = 1024 * 1024;

/** Video → Join beside ffmpeg's own copy of the same clips. */
export async function measureJoin({ clips, processes, pairs }: Plan['join']): Promise<Section> {
	const folder = await mkdtemp(join(tmpdir(), 'luma-clips-'));
	const server = createServer(({ url = '' }, response) => {
		createReadStream(join(folder, basename(url))).pipe(response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const clip = (name: string, seconds: number) => {
		const file = join(folder, name);
		const [size, filter] = ['1280x720', 'noise=alls=40:allf=t'];
		makeClip(file, { size, filter, seconds, words: '-b:v 13M -maxrate 13M -bufsize 13M' });
		return { file, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}` };
	};
	try {
		const [warmUp, long] = [clip('short.mp4', 1), clip('long.mp4', 5)];
		const megabytes = (statSync(long.file).size / MB) * clips;
		const rows: Row[] = [];
		const goals: Goal[] = [];
		for (const source of ['binary', 'links'] satisfies Source[]) {
			const request: JoinRequest = { warmUp, clip: long, count: clips, source, pairs };
			const found: JoinFound[] = [];
			for (let i = 0; i < processes; i++)
				found.push(await askIsolated<JoinFound>('joinRun.ts', request));
			const what = `${clips} clips from ${source === 'binary' ? 'files' : 'links'}`;
			const figures = figuresOf(found, megabytes);
			rows.push({ What: `${what}, ${Math.round(megabytes)} MB`, ...figures });
			goals.push(...goalsOf(what, figures, source));
		}
		const note =
			'Beside `ffmpeg -f concat -c copy` with the same files. Memory is resident memory beyond that before the join; the clips lie in it.';
		return { title: 'Joining clips', note, rows, goals };
	} finally {
		server.close();
		server.closeAllConnections();
		await rm(folder, { recursive: true, force: true });
	}
}

function figuresOf(found: JoinFound[], megabytes: number) {
	const pairs = found.flatMap((process) => process.pairs);
	const [node, ffmpeg] = (['node', 'ffmpeg'] as const).map((who) => pairs.map((pair) => pair[who]));
	return {
		'× ffmpeg': ratiosOf(node, ffmpeg),
		'Time, ms': spreadOf(node),
		'Memory beyond the clips, MB': spreadOf(
			found.map(({ nodeBytes }) => nodeBytes / MB - megabytes),
		),
		'ffmpeg’s memory, MB': spreadOf(found.map(({ ffmpegBytes }) => ffmpegBytes / MB)),
	};
}

function goalsOf(what: string, figures: ReturnType<typeof figuresOf>, source: Source): Goal[] {
	const { '× ffmpeg': times, 'Memory beyond the clips, MB': memory } = figures;
	const reason = `the ${times.count} pairs and ${memory.count} processes lie as the table shows`;
	const most = goal(`Join memory (most), ${what}`, memory.most, 'at most 60 MB', reason);
	// Links are downloaded first, which ffmpeg does not have to do.
	if (source === 'links') return [most];
	return [goal(`Join time (median), ${what}`, times.median, 'at most 1 × ffmpeg', reason), most];
}
