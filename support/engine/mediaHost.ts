/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterEach } from '@jest/globals';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

const MB = 1024 * 1024;

/** A file that begins as a video does. */
export const CLIP = Buffer.concat([Buffer.from('\0\0\0\x20ftypisom'), Buffer.alloc(100)]);

/** A video that does not say how large it is. */
export function endless(megabytes: number): Readable {
	const chunk = Buffer.alloc(64 * 1024);
	return Readable.from(
		(function* chunks() {
			yield CLIP;
			for (let sent = 0; sent < megabytes * MB; sent += chunk.length) yield chunk;
		})(),
	);
}

const open: Server[] = [];

afterEach(() => {
	for (const server of open.splice(0)) {
		server.close();
		server.closeAllConnections();
	}
});

/** Another host, where a redirect can lead; notes down the headers of what it is asked. */
export async function startMediaHost(body: Uint8Array, status = 200) {
	const asked: IncomingHttpHeaders[] = [];
	const server = createServer((request, response) => {
		asked.push(request.headers);
		response.writeHead(status, { 'content-type': 'video/mp4' }).end(body);
	});
	open.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip.mp4`, asked };
}

/**
 * A host that sends the beginning of a file and then nothing more; `reached` settles when somebody asks, `left` when
 * the other end hangs up.
 */
export async function startStuckHost(beginning: Uint8Array = Buffer.alloc(1000)) {
	let hungUp: (left: 'left') => void = () => {};
	const left = new Promise<'left'>((resolve) => (hungUp = resolve));
	let asked: () => void = () => {};
	const reached = new Promise<void>((resolve) => (asked = resolve));
	const requests = { count: 0 };
	const server = createServer((request, response) => {
		requests.count++;
		asked();
		request.socket.once('close', () => hungUp('left'));
		response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': '1000000' });
		response.write(beginning);
	});
	open.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip.mp4`,
		left,
		reached,
		requests,
	};
}
