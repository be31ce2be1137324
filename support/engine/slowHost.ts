/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { afterEach } from '@jest/globals';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const BETWEEN_BYTES_MS = 20;

const open: Array<{ server: Server; sockets: Set<Socket> }> = [];

afterEach(() => {
	for (const { server, sockets } of open.splice(0)) {
		sockets.forEach((socket) => socket.destroy());
		server.close();
	}
});

/**
 * A host that sends the beginning of its answer at once, and then byte after byte without an end.
 * `asked` settles when the request is there, `left` when the other end hangs up.
 */
export async function startSlowHost(beginning: string) {
	let hungUp: () => void = () => {};
	const left = new Promise<'left'>((resolve) => (hungUp = () => resolve('left')));
	let arrived: () => void = () => {};
	const asked = new Promise<void>((resolve) => (arrived = resolve));
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.once('data', () => {
			arrived();
			socket.write(beginning);
			const timer = setInterval(() => socket.write('x'), BETWEEN_BYTES_MS);
			socket.once('close', () => {
				clearInterval(timer);
				hungUp();
			});
		});
	});
	open.push({ server, sockets });
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, left };
}

/** Beginnings of answers without an end. */
export const SLOW = {
	headers: 'HTTP/1.1 200 OK\r\nx-slow: ',
	body: 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{"code":200,"data":"',
};
