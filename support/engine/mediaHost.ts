/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { afterEach } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { createDeferredPromise } from 'n8n-workflow';

const BETWEEN_BYTES_MS = 20;

/** A file that begins as a video does. */
export const CLIP = Buffer.concat([Buffer.from('\0\0\0\x20ftypisom'), Buffer.alloc(100)]);

const open: Array<{ server: Server; sockets: Set<Socket> }> = [];

afterEach(() => {
	for (const { server, sockets } of open.splice(0)) {
		sockets.forEach((socket) => socket.destroy());
		server.close();
	}
});

/**
 * A host that answers with these bytes, wherever in an answer they end, which no library does. Then it hangs up, sends
 * nothing more, or sends byte after byte without an end. `reached` settles when somebody asks, `left` when the other
 * end hangs up, and `asked` has the requests.
 */
export async function startHost(answer: string | Uint8Array, then: 'end' | 'nothing' | 'bytes') {
	const asked: string[] = [];
	const reached = createDeferredPromise();
	const left = createDeferredPromise<'left'>();
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.once('close', () => left.resolve('left'));
		socket.once('data', (request) => {
			asked.push(request.toString('latin1'));
			reached.resolve();
			socket.write(answer);
			if (then === 'end') socket.end();
			if (then !== 'bytes') return;
			const timer = setInterval(() => socket.write('x'), BETWEEN_BYTES_MS);
			socket.once('close', () => clearInterval(timer));
		});
	});
	open.push({ server, sockets });
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return { url, asked, reached: reached.promise, left: left.promise };
}

function videoHead(bytes: number, status = 200): string {
	const headers = `content-type: video/mp4\r\ncontent-length: ${bytes}\r\nconnection: close\r\n`;
	return `HTTP/1.1 ${status} Status\r\n${headers}\r\n`;
}

/** Another host, where a redirect can lead. */
export async function startMediaHost(body: Uint8Array, status = 200) {
	const head = Buffer.from(videoHead(body.length, status));
	const host = await startHost(Buffer.concat([head, body]), 'end');
	return { ...host, url: `${host.url}/clip.mp4` };
}

/** A host that sends the beginning of a file and then nothing more. */
export async function startStuckHost(beginning: Uint8Array = Buffer.alloc(1000)) {
	const host = await startHost(Buffer.concat([Buffer.from(SLOW.video), beginning]), 'nothing');
	return { ...host, url: `${host.url}/clip.mp4` };
}

/** Beginnings of answers without an end. */
export const SLOW = {
	headers: 'HTTP/1.1 200 OK\r\nx-slow: ',
	body: 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{"code":200,"data":"',
	video: videoHead(1_000_000),
};
