/* eslint-disable @n8n/community-nodes/require-node-api-error */
/** An answer of PiAPI. */
export interface Answer {
	status: number;
	/** By their names in lower case. */
	headers: Record<string, string>;
	/** The parsed JSON; undefined when it is none. */
	body: unknown;
}

export interface Time {
	/** Milliseconds since the epoch. */
	now(): number;
	sleep(milliseconds: number): Promise<void>;
}

export interface ClientOptions {
	/** Without a slash at its end. */
	baseUrl: string;
	apiKey: string;
	fetch: typeof fetch;
	time: Time;
}

/** PiAPI could not be reached. */
export class NoAnswer extends Error {}

interface RequestOptions {
	body?: object;
	apiKey?: string;
}

const TRIES = 4;
const WAIT_SECONDS = 10;
const LONGEST_WAIT_SECONDS = 90;
const TIMEOUT_MS = 60_000;

/** Asks PiAPI with plain `fetch`, keeps to its limit on requests, and remembers every answer. */
export class PiapiClient {
	readonly answers: Answer[] = [];

	constructor(private readonly options: ClientOptions) {}

	async get(path: string, options: RequestOptions = {}): Promise<Answer> {
		return await this.#repeat('GET', path, options);
	}

	async delete(path: string): Promise<Answer> {
		return await this.#repeat('DELETE', path);
	}

	/** Sent once: each create may be paid for. */
	async post(path: string, body: object): Promise<Answer> {
		return await this.#send('POST', path, { body });
	}

	/** Asks again after 429, which had no effect, and after a connection that broke. */
	async #repeat(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
		for (let tries = 1; ; tries++) {
			const answer = await this.#send(method, path, options).catch((error: Error) => error);
			const isLast = tries === TRIES;
			if (answer instanceof Error) {
				if (isLast) throw answer;
			} else if (answer.status !== 429 || isLast) {
				return answer;
			}
			const asked = answer instanceof Error ? NaN : Number(answer.headers['retry-after']);
			const seconds = Math.min(asked >= 0 ? asked : WAIT_SECONDS, LONGEST_WAIT_SECONDS);
			await this.options.time.sleep(seconds * 1000);
		}
	}

	async #send(method: string, path: string, options: RequestOptions): Promise<Answer> {
		const { baseUrl, apiKey, fetch } = this.options;
		try {
			const response = await fetch(`${baseUrl}${path}`, {
				method,
				headers: {
					'x-api-key': options.apiKey ?? apiKey,
					...(options.body && { 'content-type': 'application/json' }),
				},
				body: options.body && JSON.stringify(options.body),
				// The key goes to this address only.
				redirect: 'manual',
				signal: AbortSignal.timeout(TIMEOUT_MS),
			});
			const answer = {
				status: response.status,
				headers: Object.fromEntries(response.headers),
				body: parsed(await response.text()),
			};
			this.answers.push(answer);
			return answer;
		} catch (error) {
			throw new NoAnswer(`PiAPI does not answer ${method} ${path.split('?')[0]}`, { cause: error });
		}
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
