import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { tooLargeRemedy } from '../messages/remedies';
import type { RunClock } from '../runtime/clock';
import { retry, type RateLimiter } from '../runtime/turns';
import { delayBeforeRetry, PiapiError } from './errors';
import { numberOf } from './json';
import {
	badLink,
	headOf,
	interrupted,
	openMedia,
	type MediaResponse,
	type Stream,
} from './mediaRequest';

/** A file type as n8n stores it. */
interface MediaType {
	ending: string;
	mimeType: string;
}

/** What PiAPI's videos and images are as a rule. */
export const MP4: MediaType = { ending: 'mp4', mimeType: 'video/mp4' };
export const JPG: MediaType = { ending: 'jpg', mimeType: 'image/jpeg' };

const MOV: MediaType = { ending: 'mov', mimeType: 'video/quicktime' };
const WEBM: MediaType = { ending: 'webm', mimeType: 'video/webm' };
const MKV: MediaType = { ending: 'mkv', mimeType: 'video/x-matroska' };
const PNG: MediaType = { ending: 'png', mimeType: 'image/png' };
const WEBP: MediaType = { ending: 'webp', mimeType: 'image/webp' };
const GIF: MediaType = { ending: 'gif', mimeType: 'image/gif' };

/** Bytes that are needed to tell the type; a shorter file is no video and no image. */
const HEAD_BYTES = 64;

/** The type of a video or image by its first bytes, whatever the host declares; undefined for anything else. */
export function mediaTypeOf(head: Buffer): MediaType | undefined {
	const text = head.toString('latin1', 0, HEAD_BYTES);
	if (text.startsWith('\xff\xd8\xff')) return JPG;
	if (text.startsWith('\x89PNG\r\n\x1a\n')) return PNG;
	if (/^GIF8[79]a/.test(text)) return GIF;
	if (/^RIFF[^]{4}WEBP/.test(text)) return WEBP;
	if (text.startsWith('\x1a\x45\xdf\xa3')) return text.includes('webm') ? WEBM : MKV;
	return text.startsWith('ftyp', 4) ? fileOfBrand(text.slice(8, 12)) : undefined;
}

/** Sound and images come in the same container as MP4 (ISO 14496-12); the brand tells them apart. */
const OTHER_BRANDS = /^(M4A|M4B|avi[fs]|hei[cfmsx]|hev[cmsx]|mif1|msf1|crx )/;

function fileOfBrand(brand: string): MediaType | undefined {
	if (OTHER_BRANDS.test(brand)) return undefined;
	return brand === 'qt  ' ? MOV : MP4;
}

/** Whether both are videos, or both images. */
function areOfOneKind(one: MediaType, other: MediaType): boolean {
	return kindOf(one) === kindOf(other);
}

function kindOf({ mimeType }: MediaType): string {
	return mimeType.split('/')[0];
}

/** How slow a download may be. */
export interface Pace {
	/** Milliseconds without a byte after which a download is given up. */
	windowMs: number;
	/** Bytes that each window after the first has to bring on average, so that a download has an end. */
	bytesPerWindow: number;
}

/** One minute without a byte, or less than 17 kB a second in the long run. */
const DEFAULT_PACE: Pace = { windowMs: 60_000, bytesPerWindow: 1_000_000 };

/** A file to fetch. */
export interface MediaFile {
	url: string;
	/** Without its extension, which follows from the content. */
	stem: string;
	/** What is expected; another video type, or image type, is accepted as well. */
	type: MediaType;
	/** Bytes; a larger file is rejected. */
	maxBytes: number;
}

/** Streams a file into n8n's binary data. Rejects with `PiapiError` and nothing else. */
export type StoreFile = (file: MediaFile) => Promise<IBinaryData>;

/** In what turn and for how long files are fetched. */
interface MediaRun {
	clock: RunClock;
	/** Limits concurrent downloads. */
	limiter: RateLimiter;
	/** How slowly a file may come. */
	pace?: Pace;
}

/** Does something with the bytes of a file, whose type is known by then. */
type Use<T> = (bytes: Stream, type: MediaType) => Promise<T>;

/** Downloads into n8n's binary data. The file goes through as a stream, so that it does not fill the memory. */
export function mediaStore(context: IExecuteFunctions, run: MediaRun): StoreFile {
	return async (file) =>
		await fetchMedia(context, file, run, async (bytes, { ending, mimeType }) => {
			return await context.helpers.prepareBinaryData(bytes, `${file.stem}.${ending}`, mimeType);
		});
}

/** Downloads into memory. Rejects with `PiapiError` and nothing else. */
export function mediaReader(
	context: IExecuteFunctions,
	run: MediaRun,
): (file: Omit<MediaFile, 'stem'>) => Promise<Buffer> {
	return async (file) =>
		await fetchMedia(context, file, run, async (bytes) => Buffer.concat(await bytes.toArray()));
}

/**
 * Downloads from a media host, again where a download breaks off. The host never sees the key: no credential
 * is used.
 */
async function fetchMedia<T>(
	context: IExecuteFunctions,
	file: Omit<MediaFile, 'stem'>,
	{ clock, limiter, pace = DEFAULT_PACE }: MediaRun,
	use: Use<T>,
): Promise<T> {
	const attempt = async () =>
		await limiter.run(async () => {
			if (clock.aborted) throw new PiapiError('stopped');
			const response = await openMedia(context, file.url, clock.abortSignal, pace.windowMs);
			return await useResponse(response, file, pace, use);
		});
	return await retry(clock, attempt, delayBeforeRetry);
}

async function useResponse<T>(
	{ headers, body, deadline }: MediaResponse,
	file: Omit<MediaFile, 'stem'>,
	pace: Pace,
	use: Use<T>,
): Promise<T> {
	try {
		const size = numberOf(headers['content-length']);
		if (size !== null && size > file.maxBytes) throw tooLarge(file.maxBytes);
		return await useBody(body, file, pace, use);
	} catch (error) {
		throw downloadErrorFrom(error, body);
	} finally {
		body.destroy();
		deadline.close();
	}
}

/** n8n offers nodes no way to delete a stored file, so the content is checked before it is stored. */
async function useBody<T>(
	body: Stream,
	{ type, maxBytes }: Omit<MediaFile, 'stem'>,
	pace: Pace,
	use: Use<T>,
): Promise<T> {
	let bytes = 0;
	endIfSlow(body, () => bytes, pace);
	const found = checkedType(await headOf(body, HEAD_BYTES), type);
	const counted = body.map((chunk: Buffer) => {
		bytes += chunk.length;
		if (bytes > maxBytes) throw tooLarge(maxBytes);
		return chunk;
	});
	return await use(counted, found);
}

/** @throws PiapiError when the file does not begin as what is to come */
function checkedType(head: Buffer, expected: MediaType): MediaType {
	if (head.length === 0)
		throw new PiapiError('downloadBrokeOff', { technicalDetail: 'empty file' });
	const type = head.length < HEAD_BYTES ? undefined : mediaTypeOf(head);
	if (type && areOfOneKind(type, expected)) return type;
	throw badLink(`the content is no ${areOfOneKind(expected, MP4) ? 'video' : 'image'}`);
}

/** A file that did not arrive is told apart from one that n8n could not store. */
function downloadErrorFrom(error: unknown, body: Stream): PiapiError {
	if (error instanceof PiapiError) return error;
	if (body.errored) return interrupted(error);
	return new PiapiError('notStored', { technicalDetail: (error as Error).message });
}

const MB = 1024 * 1024;

function tooLarge(maxBytes: number): PiapiError {
	const limitMb = Math.round((maxBytes / MB) * 100) / 100;
	return new PiapiError('downloadTooLarge', { remedy: tooLargeRemedy(limitMb) });
}

/**
 * Ends a download that stalls or is too slow. The signals' timers keep no process alive and need no
 * clearing.
 */
function endIfSlow(stream: Stream, bytesSoFar: () => number, pace: Pace): void {
	const { windowMs, bytesPerWindow } = pace;
	const watch = (windows: number, before: number) => {
		AbortSignal.timeout(windowMs).addEventListener('abort', () => {
			if (stream.destroyed || stream.readableEnded) return;
			const bytes = bytesSoFar();
			if (bytes > before && bytes >= windows * bytesPerWindow) return watch(windows + 1, bytes);
			stream.destroy(
				new PiapiError('downloadBrokeOff', { technicalDetail: slowness(bytes, before, pace) }),
			);
		});
	};
	watch(0, 0);
}

function slowness(bytes: number, before: number, { windowMs, bytesPerWindow }: Pace): string {
	const seconds = windowMs / 1000;
	if (bytes === before) return `no data for ${seconds} s`;
	return `less than ${bytesPerWindow} bytes in ${seconds} s`;
}
