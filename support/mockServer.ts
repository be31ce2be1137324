/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request that the mock server received. */
export interface ReceivedRequest {
	path: string;
	type: string;
	content: Buffer;
}

/** Answers for the services other than PiAPI. */
export interface MockServer {
	url: string;
	received: ReceivedRequest[];
	close(): Promise<void>;
}

/** @param answer a picture (JPEG) as a buffer, undefined to refuse, anything else becomes JSON */
export async function startMockServer(
	answer: (request: ReceivedRequest) => unknown,
): Promise<MockServer> {
	const received: ReceivedRequest[] = [];
	const server = createServer((incoming, response) => {
		void buffer(incoming).then((content) => {
			const { url: path = '/', headers } = incoming;
			const request = { path, type: headers['content-type'] ?? '', content };
			received.push(request);
			const body = answer(request);
			response.statusCode = body === undefined ? 503 : 200;
			const isPicture = Buffer.isBuffer(body);
			response.setHeader('content-type', isPicture ? 'image/jpeg' : 'application/json');
			response.end(isPicture ? body : JSON.stringify(body ?? {}));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const close = async () =>
		await new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	return { url: `http://127.0.0.1:${port}`, received, close };
}
