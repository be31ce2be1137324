/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import getPort from 'get-port';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { generateCACertificate, getLocal, type CompletedRequest, type Mockttp } from 'mockttp';

/** A request that one of the networks received. */
export interface NetworkCall {
	/** Method and URL without its query; the name of a file is a task's ID, and "*" stands for it. */
	request: string;
	query: Record<string, string>;
	headers: Record<string, unknown>;
	/** What JSON says, the parts of a form by their names, or a file. */
	content: unknown;
}

/** What a network answers. */
export interface Reply {
	status?: number;
	headers?: Record<string, string>;
	json?: object;
	text?: string;
}

export type Answer = Reply | ((call: NetworkCall) => Reply | Promise<Reply>);

/** A request, such as "POST https://api.example.com/posts", with its answer. */
export type Step = [request: string, answer: Answer];

const TASK_ID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/;

const NOT_EXPECTED: Reply = { status: 501, json: { message: 'not expected by the test' } };

/**
 * Answers in place of the social networks and storage services. It can be called, and is a proxy with a
 * certificate of its own, which n8n can trust: then n8n's nodes call the addresses that are fixed in them.
 */
export class Networks {
	readonly calls: NetworkCall[] = [];

	private steps: Step[] = [];

	private constructor(
		private readonly server: Mockttp,
		private readonly folder: string,
	) {}

	static async start(): Promise<Networks> {
		const https = await generateCACertificate({ subject: { commonName: 'Networks of the tests' } });
		const server = getLocal({ https, recordTraffic: false });
		await server.start(await getPort({ host: '127.0.0.1' }));
		const networks = new Networks(server, mkdtempSync(join(tmpdir(), 'networks-')));
		writeFileSync(networks.certificate, https.cert);
		await server.forAnyRequest().thenCallback(async (request) => await networks.reply(request));
		return networks;
	}

	private get certificate(): string {
		return join(this.folder, 'ca.pem');
	}

	/** Where they can be called without a proxy. */
	get url(): string {
		return `http://127.0.0.1:${this.server.port}`;
	}

	/** What n8n needs to call all others through the proxy. */
	get environment(): Record<string, string> {
		return {
			HTTPS_PROXY: this.url,
			NODE_EXTRA_CA_CERTS: this.certificate,
			NO_PROXY: 'localhost,127.0.0.1',
		};
	}

	/**
	 * From now on the networks answer like this: the same request in the order of the steps, and then with its
	 * last answer again. Every other request is answered with 501.
	 */
	answer(steps: Step[]): void {
		this.calls.length = 0;
		this.steps = [...steps];
	}

	/** Changes all answers to a request. */
	change(request: string, answer: Answer): void {
		if (!this.steps.some(([other]) => other === request)) throw new Error(`No answer: ${request}`);
		this.steps = [...this.steps.filter(([other]) => other !== request), [request, answer]];
	}

	get requests(): string[] {
		return this.calls.map(({ request }) => request);
	}

	last(request: string): NetworkCall {
		const found = this.calls.findLast((call) => call.request === request);
		if (!found) throw new Error(`There was no ${request}, only: ${this.requests.join(', ')}`);
		return found;
	}

	async stop(): Promise<void> {
		await this.server.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private async reply(request: CompletedRequest) {
		const { origin, pathname, searchParams } = new URL(request.url);
		const call: NetworkCall = {
			request: `${request.method} ${origin}${pathname.replace(TASK_ID, '*')}`,
			query: Object.fromEntries(searchParams),
			headers: request.headers,
			content: await contentOf(request),
		};
		this.calls.push(call);
		const answer = this.answerTo(call);
		const reply = typeof answer === 'function' ? await answer(call) : answer;
		const { status = 200, headers, json, text = '' } = reply;
		return {
			statusCode: status,
			headers: { 'content-type': json === undefined ? 'text/xml' : 'application/json', ...headers },
			body: json === undefined ? text : JSON.stringify(json),
		};
	}

	private answerTo({ request }: NetworkCall): Answer {
		const [step, ...later] = this.steps.filter(([other]) => other === request);
		if (later.length > 0) this.steps.splice(this.steps.indexOf(step), 1);
		return step?.[1] ?? NOT_EXPECTED;
	}
}

async function contentOf({ headers, body }: CompletedRequest): Promise<unknown> {
	const type = headers['content-type'] ?? '';
	if (type.startsWith('application/json')) return await body.getJson();
	if (!type.startsWith('multipart/form-data')) return await body.getDecodedBuffer();
	const parts = (await body.getMultipartFormData()) ?? [];
	// A form ends its lines with CRLF.
	const valueOf = ({ filename, data }: (typeof parts)[number]) =>
		filename ? data : data.toString().replaceAll('\r\n', '\n');
	return Object.fromEntries(parts.map((part) => [part.name, valueOf(part)]));
}
