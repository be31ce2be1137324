import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { webAddress } from './addresses';
import { PiapiTrouble, type TroubleKind } from './errors';
import { numberOf, textOf } from './json';
import { networkTrouble } from './transport';

/** A file to fetch. */
export interface MediaFile {
	url: string;
	/** Without its ending, which follows from what comes. */
	stem: string;
	/** What it is when the media host does not say. */
	type: MediaType;
	/** Bytes; a larger file is refused. */
	maxBytes: number;
}

export interface MediaType {
	ending: string;
	mimeType: string;
}

/** What PiAPI's videos and pictures are as a rule. */
export const MP4: MediaType = { ending: 'mp4', mimeType: 'video/mp4' };
export const JPG: MediaType = { ending: 'jpg', mimeType: 'image/jpeg' };

const MEDIA_TYPES: readonly MediaType[] = [
	MP4,
	JPG,
	{ ending: 'png', mimeType: 'image/png' },
	{ ending: 'webp', mimeType: 'image/webp' },
	{ ending: 'webm', mimeType: 'video/webm' },
	{ ending: 'mov', mimeType: 'video/quicktime' },
];

/** Streams a file into n8n's binary data. Rejects with `PiapiTrouble` and nothing else. */
export type KeepFile = (file: MediaFile) => Promise<IBinaryData>;

type Stream = Exclude<Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0], Buffer>;

interface MediaAnswer {
	statusCode: number;
	headers: IDataObject;
	body: Stream;
}

const STALL_MS = 60_000;

/**
 * The way from a media host into n8n's binary data. The host never sees the key: no credential takes
 * part. The file goes through as a stream, so that its size costs disk and no memory.
 *
 * @param endSignal aborts what is under way
 * @param stallMs milliseconds without a byte after which a download is given up
 */
export function mediaKeeper(
	context: IExecuteFunctions,
	endSignal: AbortSignal,
	stallMs = STALL_MS,
): KeepFile {
	return async (file) => {
		const { headers, body } = await open(context, file.url, endSignal, stallMs);
		try {
			const size = numberOf(headers['content-length']);
			if (size !== null && size > file.maxBytes) throw tooLarge(file.maxBytes);
			return await keep(context, file, headers, body, stallMs);
		} finally {
			body.destroy();
		}
	};
}

async function keep(
	context: IExecuteFunctions,
	{ stem, type, maxBytes }: MediaFile,
	headers: IDataObject,
	body: Stream,
	stallMs: number,
): Promise<IBinaryData> {
	const { ending, mimeType } = mediaType(headers['content-type']) ?? type;
	let bytes = 0;
	const counted = body.map((chunk: Buffer) => {
		bytes += chunk.length;
		if (bytes > maxBytes) throw tooLarge(maxBytes);
		return chunk;
	});
	watch(body, () => bytes, stallMs);

	try {
		const kept = await context.helpers.prepareBinaryData(counted, `${stem}.${ending}`, mimeType);
		if (bytes === 0) throw new PiapiTrouble('downloadBrokeOff', { said: 'empty file' });
		return kept;
	} catch (error) {
		throw troubleWith(error, body);
	}
}

/** A file that did not arrive is told apart from one that n8n could not store. */
function troubleWith(error: unknown, body: Stream): PiapiTrouble {
	if (error instanceof PiapiTrouble) return error;
	if (body.errored) return brokeOff(error);
	return new PiapiTrouble('notStored', { said: (error as Error).message });
}

const MOST_REDIRECTS = 5;

/** Follows redirects itself: every address on the way has to be an http(s) one. */
async function open(
	context: IExecuteFunctions,
	address: string,
	endSignal: AbortSignal,
	timeoutMs: number,
): Promise<MediaAnswer> {
	let url = webAddress(address);
	for (let hops = 0; url && hops <= MOST_REDIRECTS; hops++) {
		const answer = await ask(context, url, endSignal, timeoutMs);
		const kind = kindOfAnswer(answer);
		if (kind === undefined) return answer;
		answer.body.destroy();
		if (kind !== 'redirected') {
			throw new PiapiTrouble(kind, { said: `HTTP ${answer.statusCode}` });
		}
		url = targetOf(answer.headers.location, url);
	}
	throw new PiapiTrouble('badLink', {
		said: url ? 'redirected too often' : 'not a web address',
	});
}

function targetOf(location: unknown, from: URL): URL | undefined {
	const target = textOf(location) ?? '';
	return URL.canParse(target, from.href) ? webAddress(new URL(target, from.href).href) : undefined;
}

async function ask(
	context: IExecuteFunctions,
	url: URL,
	abortSignal: AbortSignal,
	timeout: number,
): Promise<MediaAnswer> {
	try {
		const answer = (await context.helpers.httpRequest({
			url: url.href,
			// A compressed answer would have another size than it says.
			headers: { 'Accept-Encoding': 'identity' },
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			abortSignal,
			timeout,
		})) as MediaAnswer;
		// An error that comes before anyone reads must not end the process.
		answer.body.on('error', () => {});
		return answer;
	} catch (error) {
		throw brokeOff(error);
	}
}

/** What stands in the way of reading the answer as a file; undefined when nothing does. */
function kindOfAnswer({ statusCode, headers }: MediaAnswer): TroubleKind | undefined {
	if (statusCode >= 300 && statusCode < 400) return 'redirected';
	if (statusCode === 408 || statusCode === 429 || statusCode >= 500) return 'downloadBrokeOff';
	if (statusCode >= 400) return 'linkExpired';
	if (statusCode !== 200) return 'badLink';
	return /^\s*(text\/html|application\/json)/i.test(String(headers['content-type']))
		? 'badLink'
		: undefined;
}

function mediaType(contentType: unknown): MediaType | undefined {
	const said = String(contentType).split(';')[0].trim().toLowerCase();
	return MEDIA_TYPES.find(({ mimeType }) => mimeType === said);
}

/** Ends a download that stands still. The signal's timer keeps no process alive and needs no clearing. */
function watch(body: Stream, bytesSoFar: () => number, stallMs: number): void {
	const before = bytesSoFar();
	AbortSignal.timeout(stallMs).addEventListener('abort', () => {
		if (body.destroyed || body.readableEnded) return;
		if (bytesSoFar() > before) return watch(body, bytesSoFar, stallMs);
		body.destroy(new PiapiTrouble('downloadBrokeOff', { said: `no data for ${stallMs / 1000} s` }));
	});
}

function brokeOff(error: unknown): PiapiTrouble {
	return new PiapiTrouble('downloadBrokeOff', { said: networkTrouble(error).facts.said });
}

const MB = 1024 * 1024;

function tooLarge(maxBytes: number): PiapiTrouble {
	const limit = Math.round((maxBytes / MB) * 100) / 100;
	return new PiapiTrouble('downloadTooLarge', {
		remedy: `The limit is ${limit} MB. Raise Max Download (MB) in the options if your n8n has the memory and disk for it, or hand on the address instead of the file.`,
	});
}
