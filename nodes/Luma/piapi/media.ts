import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { PiapiErrorCode } from '../messages/errorCatalog';
import { tooLargeRemedy } from '../messages/remedies';
import { isPublic, webAddress } from './addresses';
import { Deadline, noAnswerWithin } from './deadline';
import { PiapiError } from './errors';
import { numberOf, textOf } from './json';
import { endIfSlow, headOf, DEFAULT_PACE, type Pace, type Stream } from './mediaStream';
import { areOfOneKind, HEAD_BYTES, mediaTypeOf, MP4, type MediaType } from './mediaType';
import { networkError } from './transport';

/** A file to fetch. */
export interface MediaFile {
	url: string;
	/** Without its extension, which follows from the content. */
	stem: string;
	/** What is expected; another video type, or picture type, is accepted as well. */
	type: MediaType;
	/** Bytes; a larger file is rejected. */
	maxBytes: number;
}

/** Streams a file into n8n's binary data. Rejects with `PiapiError` and nothing else. */
export type StoreFile = (file: MediaFile) => Promise<IBinaryData>;

interface MediaResponse {
	statusCode: number;
	headers: IDataObject;
	body: Stream;
	deadline: Deadline;
}

/**
 * Downloads from a media host into n8n's binary data. The host never sees the key: no credential is
 * used. The file goes through as a stream, so that it does not fill the memory.
 *
 * @param endSignal aborts what is under way
 * @param pace how slowly a file may come
 */
export function mediaStore(
	context: IExecuteFunctions,
	endSignal: AbortSignal,
	pace = DEFAULT_PACE,
): StoreFile {
	return async (file) => {
		const { headers, body, deadline } = await open(context, file.url, endSignal, pace.windowMs);
		try {
			const size = numberOf(headers['content-length']);
			if (size !== null && size > file.maxBytes) throw tooLarge(file.maxBytes);
			return await keep(context, file, body, pace);
		} catch (error) {
			throw downloadErrorFrom(error, body);
		} finally {
			body.destroy();
			deadline.close();
		}
	};
}

/** n8n offers nodes no way to delete a stored file, so the content is checked before it is stored. */
async function keep(
	context: IExecuteFunctions,
	{ stem, type, maxBytes }: MediaFile,
	body: Stream,
	pace: Pace,
): Promise<IBinaryData> {
	let bytes = 0;
	endIfSlow(body, () => bytes, pace);
	const head = await headOf(body, HEAD_BYTES);
	const { ending, mimeType } = checkedType(head, type);
	const counted = body.map((chunk: Buffer) => {
		bytes += chunk.length;
		if (bytes > maxBytes) throw tooLarge(maxBytes);
		return chunk;
	});
	return await context.helpers.prepareBinaryData(counted, `${stem}.${ending}`, mimeType);
}

/** @throws PiapiError when the file does not begin as what is to come */
function checkedType(head: Buffer, expected: MediaType): MediaType {
	if (head.length === 0)
		throw new PiapiError('downloadBrokeOff', { technicalDetail: 'empty file' });
	const type = head.length < HEAD_BYTES ? undefined : mediaTypeOf(head);
	if (type && areOfOneKind(type, expected)) return type;
	throw badLink(`the content is no ${areOfOneKind(expected, MP4) ? 'video' : 'picture'}`);
}

/** A file that did not arrive is told apart from one that n8n could not store. */
function downloadErrorFrom(error: unknown, body: Stream): PiapiError {
	if (error instanceof PiapiError) return error;
	if (body.errored) return interrupted(error);
	return new PiapiError('notStored', { technicalDetail: (error as Error).message });
}

const MAX_REDIRECTS = 5;

/**
 * Follows redirects itself: every address has to be http(s), and a public host must not redirect to
 * a private network.
 */
async function open(
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

function badLink(technicalDetail: string): PiapiError {
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

function interrupted(error: unknown): PiapiError {
	return new PiapiError('downloadBrokeOff', {
		technicalDetail: networkError(error).details.technicalDetail,
	});
}

const MB = 1024 * 1024;

function tooLarge(maxBytes: number): PiapiError {
	const limitMb = Math.round((maxBytes / MB) * 100) / 100;
	return new PiapiError('downloadTooLarge', { remedy: tooLargeRemedy(limitMb) });
}
