import getPort from 'get-port';
import { getLocal } from 'mockttp';

/** A request that the mock server received. */
export interface ReceivedRequest {
	method: string;
	path: string;
	type: string;
	/** Unzipped. */
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
	const server = getLocal({ recordTraffic: false });
	await server.start(await getPort({ host: '127.0.0.1' }));
	await server.forAnyRequest().thenCallback(async ({ method, path, headers, body }) => {
		const content = (await body.getDecodedBuffer()) ?? Buffer.alloc(0);
		const request = { method, path, type: headers['content-type'] ?? '', content };
		received.push(request);
		const reply = answer(request);
		if (!Buffer.isBuffer(reply))
			return { statusCode: reply === undefined ? 503 : 200, json: reply ?? {} };
		return { statusCode: 200, headers: { 'content-type': 'image/jpeg' }, body: reply };
	});
	const close = async () => await server.stop();
	return { url: `http://127.0.0.1:${server.port}`, received, close };
}
