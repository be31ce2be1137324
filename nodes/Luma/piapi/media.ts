import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { isPublic, webAddress } from './addresses';
import { Deadline, noAnswerWithin } from './deadline';
import { PiapiError, type PiapiErrorCode } from './errors';
import { numberOf, textOf } from './json';
import { endIfSlow, headOf, PATIENT, type Pace, type Stream } from './mediaStream';
import { areOfOneKind, HEAD_BYTES, mediaTypeOf, MP4, type MediaType } from './mediaType';
import { networkError } from './transport';

/** A file to fetch. */
export interface MediaFile {
	url: string;
	/** Without its ending, which follows from what comes. */
	stem: string;
	/** What is to come; another kind of video, or of picture, is taken as well. */
	type: MediaType;
	/** Bytes; a larger file is refused. */
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
 * The way from a media host into n8n's binary data. The host never sees the key: no credential takes
 * part. The file goes through as a stream, so that its size costs disk and no memory.
 *
 * @param endSignal aborts what is under way
 * @param pace how slowly a file may come
 */
export function mediaStore(
	context: IExecuteFunctions,
	endSignal: AbortSignal,
	pace = PATIENT,
): StoreFile {
	return async (file) => {
		const { headers, body, deadline } = await open(context, file.url, endSignal, pace.windowMs);
		try {
			const size = numberOf(headers['content-length']);
			if (size !== null && size > file.maxBytes) throw tooLarge(file.maxBytes);
			return await keep(context, file, body, pace);
		} catch (error) {
			throw troubleWith(error, body);
		} finally {
			body.destroy();
			deadline.close();
		}
	};
}

/** n8n offers no way to delete what it has stored, so that what can be told beforehand is. */
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
function troubleWith(error: unknown, body: Stream): PiapiError {
	if (error instanceof PiapiError) return error;
	if (body.errored) return brokeOff(error);
	return new PiapiError('notStored', { technicalDetail: (error as Error).message });
}

const MOST_REDIRECTS = 5;

/**
 * Follows redirects itself: every address on the way has to be an http(s) one, and a host of the
 * internet leads into nobody's own network.
 */
async function open(
	context: IExecuteFunctions,
	address: string,
	endSignal: AbortSignal,
	timeoutMs: number,
): Promise<MediaResponse> {
	let url = webAddress(address);
	for (let hops = 0; url && hops <= MOST_REDIRECTS; hops++) {
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
		// A compressed answer would have another size than it says.
		headers: { 'Accept-Encoding': 'identity' },
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		abortSignal: deadline.signal,
		timeout,
	}) as Promise<Omit<MediaResponse, 'deadline'>>;
	try {
		const answer = await deadline.of(request);
		if (!answer)
			throw new PiapiError('downloadBrokeOff', { technicalDetail: noAnswerWithin(timeout) });
		// An error that comes before anyone reads must not end the process.
		answer.body.on('error', () => {});
		deadline.meet();
		return { ...answer, deadline };
	} catch (error) {
		deadline.close();
		throw error instanceof PiapiError ? error : brokeOff(error);
	}
}

/** What stands in the way of reading the answer as a file; undefined when nothing does. */
function errorCodeOf({ statusCode }: MediaResponse): PiapiErrorCode | undefined {
	if (statusCode >= 300 && statusCode < 400) return 'redirected';
	if (statusCode === 408 || statusCode === 429 || statusCode >= 500) return 'downloadBrokeOff';
	if (statusCode >= 400) return 'linkExpired';
	return statusCode === 200 ? undefined : 'badLink';
}

function brokeOff(error: unknown): PiapiError {
	return new PiapiError('downloadBrokeOff', {
		technicalDetail: networkError(error).details.technicalDetail,
	});
}

const MB = 1024 * 1024;

function tooLarge(maxBytes: number): PiapiError {
	const limit = Math.round((maxBytes / MB) * 100) / 100;
	return new PiapiError('downloadTooLarge', {
		remedy: `The limit is ${limit} MB. Raise 'Max Download (MB)' in the options if your n8n has the memory and disk for it, or use the link instead of the file.`,
	});
}
