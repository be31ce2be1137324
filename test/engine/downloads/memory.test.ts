/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
import { afterEach, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { repository } from '../../../scripts/n8n/versions';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { runLuma } from '../../../support/engine/engine';
import { PROMPT, startService } from '../../../support/engine/service';
import { peakBytesOf } from '../../../support/memory';

const MB = 1024 * 1024;
const VIDEO_MB = 300;
const MOST_GROWTH_MB = 60;

const store = useBinaryStore('filesystem');

const children: ChildProcess[] = [];

afterEach(() => children.splice(0).forEach((child) => child.kill()));

/** A simulator in a process of its own, whose memory does not count here. */
async function startServiceApart(videoBytes: number): Promise<string> {
	const settings = ['--port', '0', '--render-seconds', '0', '--queue-seconds', '0'];
	const child = spawn(
		process.execPath,
		['--import', 'tsx', 'simulator/main.ts', ...settings, '--media-bytes', String(videoBytes)],
		{ cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] },
	);
	children.push(child);
	const [line] = (await once(child.stdout, 'data')) as [Buffer];
	return /http:\/\/\S+/.exec(line.toString())![0];
}

async function makeAndDownload(url: string) {
	const options = { binaryOutput: ['video'] };
	const { items, error } = await runLuma({ url, parameters: { prompt: PROMPT, options } });
	expect(error).toBeUndefined();
	return items[0].binary!.data;
}

it(`streams a video of ${VIDEO_MB} MB with less than ${MOST_GROWTH_MB} MB of memory`, async () => {
	const warmUp = await startService({ renderSeconds: 0, mediaBytes: 5 * MB });
	await makeAndDownload(warmUp.url);
	const url = await startServiceApart(VIDEO_MB * MB);

	const [video, growth] = await peakBytesOf(async () => await makeAndDownload(url), 200);

	expect(video.bytes).toBe(VIDEO_MB * MB);
	expect(growth / MB).toBeLessThan(MOST_GROWTH_MB);
	expect(await store.files()).not.toEqual([]);
});
