/* eslint-disable no-console, @n8n/community-nodes/no-restricted-imports */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import getPort from 'get-port';
import { getLocal } from 'mockttp';

import { peakBytesOf } from '../../../support/memory';
import { isDefinitelyNotCreated, PiapiError } from '../../../nodes/Luma/piapi/errors';
import { n8nTransport } from '../../../nodes/Luma/piapi/http';
import { executeContext } from '../../../support/engine/context';

const MB = 1024 * 1024;
const MOST_GROWTH_MB = 100;

const server = getLocal({ recordTraffic: false });
beforeEach(async () => await server.start(await getPort({ host: '127.0.0.1' })));
afterEach(async () => await server.stop());

/** JSON of that size: a message of blanks. */
function* json(megabytes: number) {
	const part = Buffer.alloc(MB, ' ');
	yield Buffer.from('{"code":200,"data":{"task_id":"a","status":"pending"},"message":"');
	for (let sent = 0; sent < megabytes; sent++) yield part;
	yield Buffer.from('"}');
}

const answering = async (megabytes: number) =>
	await server
		.forAnyRequest()
		.once()
		.thenStream(200, Readable.from(json(megabytes)));

/** The same as a file that is small on its way. */
const answeringZipped = async (megabytes: number) =>
	await server
		.forAnyRequest()
		.thenReply(200, gzipSync(Buffer.alloc(megabytes * MB, ' ')), { 'content-encoding': 'gzip' });

async function askFor(maxBytes?: number) {
	const url = `http://127.0.0.1:${server.port}`;
	const send = n8nTransport(executeContext({ url }));
	const asked = send({ method: 'GET', url: `${url}/api/v1/task/a`, timeoutMs: 600_000, maxBytes });
	return await asked.catch((error: unknown) => error as PiapiError);
}

it.each([
	['of 600 MB', async () => await answering(600)],
	['without an end', async () => await answering(Infinity)],
	['of 200 MB in a small file', async () => await answeringZipped(200)],
])('an answer %s is given up, and fills no memory', async (what, answer) => {
	await answer();
	const [outcome, peak] = await peakBytesOf(async () => await askFor(), 200);
	console.info(`An answer ${what}: ${Math.round(peak / MB)} MB of memory at most`);

	expect(outcome).toMatchObject({ code: 'unreadable' });
	// A create that got it may have made a task.
	expect(isDefinitelyNotCreated(outcome as PiapiError)).toBe(false);
	expect(peak / MB).toBeLessThan(MOST_GROWTH_MB);
});

it.each([
	[4, 20 * MB, true],
	[19, 20 * MB, true],
	[4, undefined, true],
	[19, undefined, false],
])('an answer of %d MB where it may have %j bytes is read: %j', async (megabytes, most, isRead) => {
	await answering(megabytes);
	expect(await askFor(most)).toMatchObject(isRead ? { status: 200 } : { code: 'unreadable' });
});
