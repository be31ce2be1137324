import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { PiapiErrorCode } from '../messages/catalog';
import { isPublic, webAddress } from './addresses';
import { PiapiError } from './errors';
import { Deadline, networkError, noAnswerWithin } from './http';
import { textOf } from './json';

/** The body of a response as n8n passes it. */
export type Stream = Exclude<
	Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
	Buffer
>;

/** A response whose file can be read. */
export interface MediaResponse {
	statusCode: number;
	headers: IDataObject;
	body: Stream;
	deadline: Deadline;
}

const MAX_REDIRECTS = 5;

/**
 * Asks a media host for a file. The host never sees the key: no credential is used.
 *
 * Follows redirects itself: every address has to be http(s), and a public host must not redirect to
 * a private network.
 *
 * @param timeoutMs milliseconds until the response of each host begins
 * @throws PiapiError when no file can be read
 */
export async function openMedia(
	context: IExecuteFunctions,
	address: string,
	endSignal: AbortSignal,
	timeoutMs: number,
): Promise<MediaResponse> {
	let url = webAddress(address);
	for (let hops = 0; url && hops <= MAX_REDIRECTS; hops++) {
		const answer = await ask(context, url, endSignal, timeoutMs);
		const code = errorCodeOf(answer);
		if (code === undefined) return answer;
		answer.body.destroy();
		answer.deadline.close();
		if (code !== 'redirected') {
			throw new PiapiError(code, { technicalDetail: `HTTP ${answer.statusCode}` });
		}
		url = targetOf(answer.headers.location, url);
	}
	throw badLink(url ? 'redirected too often' : 'not a web address');
}

/** @throws PiapiError when the redirect is not to be followed */
function targetOf(location: unknown, from: URL): URL {
	const address = textOf(location);
	if (address === null) throw badLink('a redirect without an address');
	const target = URL.canParse(address, from.href)
		? webAddress(new URL(address, from.href).href)
		: undefined;
	if (!target) throw badLink('redirected to something that is not a web address');
	if (isPublic(from) && !isPublic(target)) throw badLink('redirected into a private network');
	return target;
}

export function badLink(technicalDetail: string): PiapiError {
	return new PiapiError('badLink', { technicalDetail });
}

async function ask(
	context: IExecuteFunctions,
	url: URL,
	endSignal: AbortSignal,
	timeout: number,
): Promise<MediaResponse> {
	const deadline = new Deadline(timeout, endSignal);
	const request = context.helpers.httpRequest({
		url: url.href,
		// A compressed response would not have the declared size.
		headers: { 'Accept-Encoding': 'identity' },
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		abortSignal: deadline.signal,
		timeout,
	}) as Promise<Omit<MediaResponse, 'deadline'>>;
	try {
		const answer = await deadline.race(request);
		if (!answer)
			throw new PiapiError('downloadBrokeOff', { technicalDetail: noAnswerWithin(timeout) });
		// An error before the body is read must not end the process.
		answer.body.on('error', () => {});
		deadline.stopTimer();
		return { ...answer, deadline };
	} catch (error) {
		deadline.close();
		throw error instanceof PiapiError ? error : interrupted(error);
	}
}

/** Why the response cannot be read as a file; undefined when it can. */
function errorCodeOf({ statusCode }: MediaResponse): PiapiErrorCode | undefined {
	if (statusCode >= 300 && statusCode < 400) return 'redirected';
	if (statusCode === 408 || statusCode === 429 || statusCode >= 500) return 'downloadBrokeOff';
	if (statusCode >= 400) return 'linkExpired';
	return statusCode === 200 ? undefined : 'badLink';
}

export function interrupted(error: unknown): PiapiError {
	return new PiapiError('downloadBrokeOff', {
		technicalDetail: networkError(error).details.technicalDetail,
	});
}

/**
 * Reads the beginning of a stream and puts it back.
 *
 * @returns fewer bytes only when the stream is shorter
 */
export async function headOf(stream: Stream, bytes: number): Promise<Buffer> {
	let head = Buffer.alloc(0);
	while (head.length < bytes && !stream.destroyed && !stream.readableEnded) {
		const chunk = stream.read() as Buffer | null;
		if (chunk) head = Buffer.concat([head, chunk]);
		else await news(stream);
	}
	if (stream.errored) throw stream.errored;
	if (head.length > 0 && !stream.readableEnded) stream.unshift(head);
	return head;
}

/** Settles when there is more to read, or nothing more to come. */
async function news(stream: Stream): Promise<void> {
	const events = ['readable', 'end', 'error', 'close'];
	await new Promise<void>((resolve) => {
		const settle = () => {
			events.forEach((event) => stream.off(event, settle));
			resolve();
		};
		events.forEach((event) => stream.on(event, settle));
	});
}
