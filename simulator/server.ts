/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { SimulatorRequest, SimulatorResponse } from './contract';
import { ConnectionReset } from './faults';
import type { Simulator } from './simulator';
import { refusal } from './wire';

/**
 * Serves a simulator over HTTP, and points its links there. API, uploads and media share one address.
 * Default: any free port (0) of 127.0.0.1.
 */
export async function serve(
	simulator: Simulator,
	{ port = 0, host = '127.0.0.1' }: { port?: number; host?: string } = {},
): Promise<{ url: string; close(): Promise<void> }> {
	const server = createServer((incoming, outgoing) => {
		void answer(simulator, incoming, outgoing);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(port, host, resolve);
	});
	const address = server.address() as AddressInfo;
	const url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
	simulator.baseUrl = url;
	const close = async () =>
		await new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	return { url, close };
}

async function answer(
	simulator: Simulator,
	incoming: IncomingMessage,
	outgoing: ServerResponse,
): Promise<void> {
	try {
		await write(outgoing, await simulator.handle(await readRequest(incoming)));
	} catch (error) {
		if (error instanceof ConnectionReset) incoming.socket.resetAndDestroy();
		else if (outgoing.headersSent || outgoing.destroyed) outgoing.destroy();
		else await write(outgoing, refusal(500, `the simulator broke: ${String(error)}`));
	}
}

async function readRequest(incoming: IncomingMessage): Promise<SimulatorRequest> {
	const body = await text(incoming);
	const { method = 'GET', url: path = '/' } = incoming;
	// Of a request's headers only `set-cookie` would be a list.
	const headers = incoming.headers as Record<string, string>;
	return { method, path, headers, ...(body === '' ? {} : { body: parsed(body) }) };
}

function parsed(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return body;
	}
}

async function write(outgoing: ServerResponse, response: SimulatorResponse): Promise<void> {
	const { status, headers, body } = response;
	if (body instanceof Readable) {
		outgoing.writeHead(status, headers);
		// Both a client that leaves and a fault that cuts the stream off end here, with the connection.
		await pipeline(body, outgoing).catch(() => outgoing.destroy());
		return;
	}
	const sent = typeof body === 'string' ? body : JSON.stringify(body);
	const size = Buffer.byteLength(sent);
	const promised = Number(headers['content-length'] ?? size);
	outgoing.writeHead(status, { 'content-length': String(size), ...headers });
	if (promised > size) outgoing.write(sent, () => outgoing.destroy());
	else outgoing.end(sent);
}
