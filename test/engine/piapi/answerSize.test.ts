/* eslint-disable no-console, @n8n/community-nodes/no-restricted-imports */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { afterEach, describe, expect, it } from '@jest/globals';

import { peakBytesOf } from '../../../bench/memory';
import { isDefinitelyNotCreated, PiapiError } from '../../../nodes/Luma/piapi/errors';
import { n8nTransport } from '../../../nodes/Luma/piapi/http';
import { executeContext } from '../../../support/engine/context';

const MB = 1024 * 1024;
const MOST_GROWTH_MB = 100;
const closing: Array<() => void> = [];

afterEach(() => closing.splice(0).forEach((close) => close()));

/** A server that gives such an answer to everything. */
async function startServer(answer: (response: ServerResponse) => Promise<void>): Promise<string> {
	const server = createServer((_, response) => void answer(response));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	closing.push(() => {
		server.closeAllConnections();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** JSON of that size: a message of blanks. */
function answering(megabytes: number) {
	const part = Buffer.alloc(MB, ' ');
	return async (response: ServerResponse) => {
		response.setMaxListeners(0);
		response.write('{"code":200,"data":{"task_id":"a","status":"pending"},"message":"');
		for (let sent = 0; sent < megabytes && !response.destroyed; sent++) {
			const isFull = !response.write(part);
			if (isFull) await Promise.race([once(response, 'drain'), once(response, 'close')]);
		}
		response.end('"}');
	};
}

/** The same as a file that is small on its way. */
function answeringZipped(megabytes: number) {
	const zipped = gzipSync(Buffer.alloc(megabytes * MB, ' '));
	return async (response: ServerResponse) => {
		response.writeHead(200, { 'content-encoding': 'gzip' });
		response.end(zipped);
	};
}

async function askFor(url: string, maxBytes?: number) {
	const send = n8nTransport(executeContext({ url }));
	const asked = send({ method: 'GET', url: `${url}/api/v1/task/a`, timeoutMs: 600_000, maxBytes });
	return await asked.catch((error: unknown) => error as PiapiError);
}

describe.each([
	['of 600 MB', answering(600)],
	['without an end', answering(Infinity)],
	['of 200 MB in a small file', answeringZipped(200)],
])('an answer %s', (what, answer) => {
	it('is given up, and fills no memory', async () => {
		const url = await startServer(answer);
		const [outcome, peak] = await peakBytesOf(async () => await askFor(url), 200);
		console.info(`An answer ${what}: ${Math.round(peak / MB)} MB of memory at most`);

		expect(outcome).toMatchObject({ code: 'unreadable' });
		// A create that got it may have made a task.
		expect(isDefinitelyNotCreated(outcome as PiapiError)).toBe(false);
		expect(peak / MB).toBeLessThan(MOST_GROWTH_MB);
	});
});

it.each([4, 19])('an answer of %d MB is read where it may be that long', async (megabytes) => {
	const url = await startServer(answering(megabytes));

	await expect(askFor(url, 20 * MB)).resolves.toMatchObject({ status: 200 });
	const small = await askFor(url);
	expect(small instanceof PiapiError ? small.code : 'read').toBe(
		megabytes > 5 ? 'unreadable' : 'read',
	);
});
