/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import getPort from 'get-port';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { generateCACertificate, getLocal, type CompletedRequest, type Mockttp } from 'mockttp';

/** A request that one of the networks received. */
export interface NetworkCall {
	method: string;
	/** Without its query; the name of a file is a task's ID, and "*" stands for it. */
	url: string;
	query: Record<string, string>;
	headers: Record<string, string | undefined>;
	body: Buffer;
}

/** What a network answers. */
export interface NetworkReply {
	status?: number;
	headers?: Record<string, string>;
	json?: unknown;
	text?: string;
}

export type Answer = (call: NetworkCall) => NetworkReply | Promise<NetworkReply>;

const TASK_ID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/;

const NOT_EXPECTED: NetworkReply = { status: 501, json: { message: 'not expected by the test' } };

/**
 * Answers in place of the social networks and storage services: a proxy with a certificate of its
 * own, which n8n trusts. So n8n's nodes call the addresses that are fixed in them.
 */
export class Networks {
	readonly calls: NetworkCall[] = [];

	/** Answers by method and URL, such as "POST https://api.example.com/posts". */
	private answers = new Map<string, Answer>();

	private constructor(
		private readonly proxy: Mockttp,
		private readonly folder: string,
		/** What n8n needs to call the networks through the proxy. */
		readonly environment: Record<string, string>,
	) {}

	static async start(): Promise<Networks> {
		const https = await generateCACertificate({ subject: { commonName: 'Networks of the tests' } });
		const folder = mkdtempSync(join(tmpdir(), 'networks-'));
		const certificate = join(folder, 'ca.pem');
		writeFileSync(certificate, https.cert);
		const proxy = getLocal({ https, recordTraffic: false });
		await proxy.start(await getPort({ host: '127.0.0.1' }));
		const networks = new Networks(proxy, folder, {
			HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
			NODE_EXTRA_CA_CERTS: certificate,
			NO_PROXY: 'localhost,127.0.0.1',
		});
		await proxy.forAnyRequest().thenCallback(async (request) => await networks.reply(request));
		return networks;
	}

	/** From now on the networks answer like this; every other request is answered with 501. */
	answer(answers: Record<string, Answer>): void {
		this.calls.length = 0;
		this.answers = new Map(Object.entries(answers));
	}

	/** Changes one of the answers. */
	change(request: string, answer: Answer): void {
		if (!this.answers.has(request)) throw new Error(`${request} is not answered so far.`);
		this.answers.set(request, answer);
	}

	/** The requests so far, as their methods and URLs. */
	get requests(): string[] {
		return this.calls.map(({ method, url }) => `${method} ${url}`);
	}

	/** The last request to this method and URL. */
	last(request: string): NetworkCall {
		const found = this.calls.filter(({ method, url }) => `${method} ${url}` === request).pop();
		if (!found) throw new Error(`There was no ${request}, only: ${this.requests.join(', ')}`);
		return found;
	}

	async stop(): Promise<void> {
		await this.proxy.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private async reply(request: CompletedRequest) {
		const { origin, pathname, searchParams } = new URL(request.url);
		const call: NetworkCall = {
			method: request.method,
			url: origin + pathname.replace(TASK_ID, '*'),
			query: Object.fromEntries(searchParams),
			headers: request.headers as NetworkCall['headers'],
			body: (await request.body.getDecodedBuffer()) ?? Buffer.alloc(0),
		};
		this.calls.push(call);
		const answer = this.answers.get(`${call.method} ${call.url}`);
		const { status = 200, headers, json, text = '' } = answer ? await answer(call) : NOT_EXPECTED;
		return {
			statusCode: status,
			headers: { 'content-type': json === undefined ? 'text/xml' : 'application/json', ...headers },
			body: json === undefined ? text : JSON.stringify(json),
		};
	}
}

/** The JSON that a network was sent. */
export function jsonOf({ body }: NetworkCall): unknown {
	return JSON.parse(body.toString());
}

/** The parts of a form that a network was sent, by their names. */
export async function formOf({ body, headers }: NetworkCall): Promise<FormData> {
	return await new Response(body, {
		headers: { 'content-type': String(headers['content-type']) },
	}).formData();
}
