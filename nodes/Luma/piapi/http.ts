import type {
	IAllExecuteFunctions,
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import {
	classifyForeignResponse,
	classifyNetworkError,
	classifyFailure,
	classifyRefusal,
	PiapiError,
} from './errors';
import {
	isRecord,
	jsonIn,
	numberOf,
	recordOf,
	textOf,
	timeIn,
	wordsOf,
	type JsonRecord,
} from './json';
import type { Redactor } from './redact';
import { readFailure, readStatus } from './task';

/** Where this package's code runs: in a node's execution, in a webhook, in a poll, when a workflow is activated, or for a list in the editor. */
export type NodeContext =
	| IExecuteFunctions
	| IWebhookFunctions
	| IPollFunctions
	| IHookFunctions
	| ILoadOptionsFunctions;

export interface PiapiRequest {
	method: 'GET' | 'POST' | 'DELETE';
	/** Complete address; only the credential's own two hosts get the key. */
	url: string;
	query?: Record<string, string | number>;
	body?: object;
	/** Milliseconds after which a request without a complete answer is given up. */
	timeoutMs: number;
	/** Bytes of the answer that are read; a longer one cannot be PiAPI's. */
	maxBytes?: number;
	/** Whether it is completed, or even started, after somebody stopped the execution. */
	ignoreAbort?: boolean;
}

/** How long a request may take, and whether a stop ends it. */
export type Limits = Pick<PiapiRequest, 'timeoutMs' | 'ignoreAbort'>;

export interface CallOptions {
	/** Sends the request once: the caller repeats it in its own time. */
	once?: boolean;
	/** Milliseconds that the caller has left: a request ends by then. */
	timeoutMs?: number;
	/** What does not end the call: a failed item that has ended the run, or somebody's stop as well. */
	outlives?: 'failure' | 'stop';
}

const READ_TIMEOUT_MS = 20_000;
const MIN_TIMEOUT_MS = 1_000;

/** The limits of a request that reads. */
export function limitsOf({ timeoutMs = Infinity, outlives }: CallOptions): Limits {
	const limitMs = Math.max(MIN_TIMEOUT_MS, Math.min(timeoutMs, READ_TIMEOUT_MS));
	return { timeoutMs: Math.ceil(limitMs), ignoreAbort: outlives === 'stop' };
}

export interface PiapiResponse {
	status: number;
	/** Names in lower case. */
	headers: Record<string, unknown>;
	/** JSON as a value; anything else as the text it was. */
	body: unknown;
}

/** Sends one request with the key and returns any response; rejects with `PiapiError` when none does. */
export type Transport = (request: PiapiRequest) => Promise<PiapiResponse>;

/**
 * Sends requests to PiAPI with n8n's own HTTP helper.
 * No status throws, so that headers stay readable; redirects are not followed, because n8n would
 * send the key along to the other host (seen on 2.8).
 */
export function n8nTransport(context: NodeContext): Transport {
	const sender = withoutAbortSignal(context);
	return async (request) => {
		const stopSignal = request.ignoreAbort ? undefined : stopSignalOf(context);
		const deadline = new Deadline(request.timeoutMs, stopSignal);
		try {
			if (deadline.signal.aborted) throw new PiapiError('noAnswer');
			const outcome = await deadline.race(attempt(sender, request, deadline.signal));
			if (outcome === undefined) {
				throw new PiapiError('noAnswer', { technicalDetail: noAnswerWithin(request.timeoutMs) });
			}
			if (outcome instanceof PiapiError) throw outcome;
			return outcome;
		} finally {
			deadline.close();
		}
	};
}

function stopSignalOf(context: NodeContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/**
 * n8n aborts the requests of a stopped execution, and refuses further ones, by the signal that it finds
 * on the context; it replaces the request's own one by that (1.123 to 2.41). With a context without one,
 * a request can have a deadline, and a create is completed after a stop.
 */
function withoutAbortSignal(context: NodeContext): IAllExecuteFunctions {
	const sender: Pick<IHookFunctions, 'helpers' | 'getNode' | 'getCredentials'> = {
		helpers: context.helpers,
		getNode: () => context.getNode(),
		getCredentials: async (type: string, itemIndex?: number) =>
			await context.getCredentials(type, itemIndex),
	};
	return sender as IAllExecuteFunctions;
}

const MB = 1024 * 1024;

async function attempt(
	sender: IAllExecuteFunctions,
	{ method, url, query, body, timeoutMs, maxBytes = 5 * MB }: PiapiRequest,
	abortSignal: AbortSignal,
): Promise<PiapiResponse | PiapiError> {
	const options: IHttpRequestOptions = {
		method,
		url,
		qs: query,
		body,
		json: true,
		// n8n itself would read an answer of any size.
		encoding: 'stream',
		timeout: timeoutMs,
		abortSignal,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
	};
	try {
		const send = sender.helpers.httpRequestWithAuthentication;
		const answer = (await send.call(sender, 'piapiApi', options)) as IN8nHttpFullResponse;
		const text = await textIn(answer.body as ByteStream, maxBytes, abortSignal);
		return { status: answer.statusCode, headers: answer.headers, body: jsonIn(text) };
	} catch (error) {
		return error instanceof PiapiError ? error : networkError(error);
	}
}

interface ByteStream extends AsyncIterable<Buffer> {
	destroy(): void;
}

/** @throws PiapiError `unreadable` for an answer that is too long: the rest of it is not read */
async function textIn(stream: ByteStream, maxBytes: number, signal: AbortSignal): Promise<string> {
	const end = () => stream.destroy();
	signal.addEventListener('abort', end, { once: true });
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of stream) {
		bytes += chunk.length;
		if (bytes > maxBytes) {
			throw new PiapiError('unreadable', { technicalDetail: `more than ${maxBytes} bytes` });
		}
		chunks.push(chunk);
	}
	return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The error of a request without a response. Only its code is kept: n8n's error holds the whole request, and with it the key. */
export function networkError(error: unknown): PiapiError {
	const { httpCode, code, cause } = recordOf(error);
	const faultCode = textOf(httpCode) ?? textOf(code) ?? textOf(recordOf(cause).code) ?? '';
	// The host has answered without TLS, so no connection stood that a request could be sent on.
	const words = `${String(recordOf(error).message)} ${String(recordOf(cause).message)}`;
	const isWithoutTls =
		faultCode === 'EPROTO' && words.slice(0, 2_000).includes('wrong version number');
	if (isWithoutTls) return new PiapiError('unreachable', { technicalDetail: faultCode });
	const errorCode = faultCode === '' ? 'noAnswer' : classifyNetworkError(faultCode);
	return new PiapiError(errorCode, { technicalDetail: faultCode });
}

/**
 * A time limit for one request as a whole. n8n's own `timeout` starts again with each byte, so that a
 * response that arrives byte by byte would be waited for without end.
 *
 * Not n8n's `sleep`: its timer would keep the process alive after the response has arrived. Not `AbortSignal.any`:
 * Node 20 lets the garbage collector take a timeout that only such a signal follows, and then nothing ends.
 */
export class Deadline {
	private readonly controller = new AbortController();

	private readonly timeoutSignal: AbortSignal;

	/**
	 * @param timeoutMs milliseconds after which the request is aborted
	 * @param stopSignal aborts the request as well, if there is one
	 */
	constructor(
		timeoutMs: number,
		private readonly stopSignal?: AbortSignal,
	) {
		if (stopSignal?.aborted) this.abort();
		stopSignal?.addEventListener('abort', this.abort, { once: true });
		this.timeoutSignal = AbortSignal.timeout(Math.ceil(timeoutMs));
		this.timeoutSignal.addEventListener('abort', this.abort, { once: true });
	}

	/** For the request. */
	get signal(): AbortSignal {
		return this.controller.signal;
	}

	/** The outcome of the request, or undefined as soon as the request is aborted. */
	async race<T>(request: Promise<T>): Promise<T | undefined> {
		const { signal } = this;
		const aborted = new Promise<undefined>((resolve) => {
			if (signal.aborted) resolve(undefined);
			signal.addEventListener('abort', () => resolve(undefined), { once: true });
		});
		return await Promise.race([request, aborted]);
	}

	/** The response has begun in time: from now on only a stop aborts it. */
	stopTimer(): void {
		// A signal that nobody listens to is released at once, long before its time.
		this.timeoutSignal.removeEventListener('abort', this.abort);
	}

	/** Nothing is to be aborted any more. */
	close(): void {
		this.stopTimer();
		this.stopSignal?.removeEventListener('abort', this.abort);
	}

	private readonly abort = () => this.controller.abort();
}

/** Technical detail of a deadline that has passed. */
export function noAnswerWithin(timeoutMs: number): string {
	return `no complete answer within ${timeoutMs / 1000} s`;
}

/**
 * Why the response cannot be read; undefined when it is PiAPI's envelope
 * `{ code, data, message }` around a success. A refusal can come as an HTTP status, as a `code` inside
 * an HTTP 200, or from a proxy in between, which knows nothing about keys and tasks.
 */
export function refusalIn(
	{ status, headers, body }: PiapiResponse,
	redactor: Redactor,
): PiapiError | undefined {
	const envelope = recordOf(redactor.json(body));
	const isOk = status >= 200 && status < 300;
	const code = isOk ? numberOf(envelope.code) || status : status;
	const isPiapi = isEnvelope(body);
	if (isPiapi && code >= 200 && code < 300) return undefined;

	const providerMessage = redactor.message(envelopeMessage(envelope));
	return new PiapiError(
		isPiapi ? classifyRefusal(code, providerMessage) : classifyForeignResponse(code),
		{
			providerMessage,
			httpStatus: code,
			retryAfterMs: retryAfter(headers),
			isForeign: !isPiapi,
		},
	);
}

/** Whether the response comes from PiAPI itself, which puts everything into an envelope. */
function isEnvelope(body: unknown): boolean {
	if (!isRecord(body)) return false;
	return numberOf(body.code) !== null || 'data' in body || textOf(body.message) !== null;
}

/** The most specific message of an envelope: the reason of the task in it, then the envelope's own. */
function envelopeMessage(envelope: JsonRecord): string {
	const reason = readFailure(recordOf(envelope.data)) || wordsOf(envelope.message);
	return reason ?? readFailure(envelope);
}

/**
 * Milliseconds that a Retry-After header asks for; it holds seconds or a date. A date counts from the
 * answer's own, so that a wrong clock of n8n makes no difference.
 */
function retryAfter(headers: PiapiResponse['headers']): number | undefined {
	const text = textOf(headers['retry-after'])?.trim();
	if (!text) return undefined;
	if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
	const until = timeIn(text);
	return until === null ? undefined : Math.max(0, until - (timeIn(headers.date) ?? Date.now()));
}

/** What a success without a task means. One that failed before it got an id is not charged. */
export function notCreated({ body }: PiapiResponse, redactor: Redactor): PiapiError {
	const data = recordOf(recordOf(body).data);
	if (readStatus(data.status) !== 'failed') return new PiapiError('unreadable');
	const providerMessage = redactor.message(readFailure(data));
	return new PiapiError(classifyFailure(providerMessage), { providerMessage });
}
