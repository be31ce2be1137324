import type { IExecuteFunctions } from 'n8n-workflow';

import type { ImageFacts, ImageReader, ImageSize } from '../images/facts';
import { readGif } from '../images/gif';
import { readJpeg } from '../images/jpeg';
import { otherContent, type OtherContent } from '../images/others';
import { readPng } from '../images/png';
import { readWebp } from '../images/webp';
import type { PiapiError } from './errors';
import { Deadline } from './http';
import { mediaTypeOf } from './media';
import { openMedia, type Stream } from './mediaRequest';

/** What is known of a file or link that is to be an image. */
export type ImageContent =
	/** Undamaged as far as it was read; the size is as a person sees it. */
	| { type: 'still'; size: ImageSize; doubt?: string }
	| { type: 'animated' }
	| { type: 'damaged' }
	| OtherContent
	/** The link leads nowhere, or not everyone. */
	| { type: 'closed'; detail: string }
	/** It could not be looked at. */
	| { type: 'unknown'; doubt: string };

const READERS = new Map<string | undefined, ImageReader>([
	['jpg', readJpeg],
	['png', readPng],
	['gif', readGif],
	['webp', readWebp],
]);

/**
 * What a file is by its content, since the name proves nothing. Never throws.
 *
 * @param isAll whether there is no more of it than these bytes
 */
export function imageContent(bytes: Buffer, isAll = true): ImageContent {
	const mediaType = mediaTypeOf(bytes);
	const read = READERS.get(mediaType?.ending);
	if (!read) return mediaType ? { type: 'other', kind: 'a video' } : otherContent(bytes);
	const facts: ImageFacts = {};
	const isSound = soundness(read, bytes, facts) ?? !isAll;
	if (facts.isAnimated) return { type: 'animated' };
	const { width, height } = facts.size ?? { width: 1, height: 1 };
	if (!isSound || width === 0 || height === 0) return { type: 'damaged' };
	if (!facts.size) return { type: 'unknown', doubt: 'its size is not in its first 2 MB' };
	return { type: 'still', size: facts.isTurned ? { width: height, height: width } : facts.size };
}

/** Whether the image is undamaged; undefined where the bytes end before it does. */
function soundness(read: ImageReader, bytes: Buffer, facts: ImageFacts): boolean | undefined {
	try {
		return read(bytes, facts);
	} catch {
		return undefined;
	}
}

/** Those that PiAPI takes. */
const IMAGE_TYPES = ['jpg', 'png', 'webp'] as const;

export type ImageType = (typeof IMAGE_TYPES)[number];

/** The type of an image by its first bytes, since the name proves nothing; undefined for anything else. */
export function imageTypeOf(bytes: Buffer): ImageType | undefined {
	const type = mediaTypeOf(bytes);
	return IMAGE_TYPES.find((ending) => ending === type?.ending);
}

/** The aspect ratios that Luma makes (PiAPI, "Create Task"). */
export const ASPECT_RATIOS = ['9:16', '3:4', '1:1', '4:3', '16:9', '21:9'] as const;

export type AspectRatio = (typeof ASPECT_RATIOS)[number];

/** PiAPI's own default. */
export const DEFAULT_ASPECT_RATIO: AspectRatio = '16:9';

/** Stands in a request for the ratio of its image, until that is known. */
export const MATCH_IMAGE = 'match';

export function isAspectRatio(value: unknown): value is AspectRatio {
	return ASPECT_RATIOS.some((ratio) => ratio === value);
}

/** The ratio that cuts off the least of an image. */
export function nearestAspectRatio(size: ImageSize): AspectRatio {
	return ASPECT_RATIOS.reduce((best, ratio) =>
		croppedShare(size, ratio) < croppedShare(size, best) ? ratio : best,
	);
}

/** How much of an image is cut off when it fills a video of this ratio: from 0 to 1. */
export function croppedShare({ width, height }: ImageSize, ratio: AspectRatio): number {
	const [ratioWidth, ratioHeight] = ratio.split(':').map(Number);
	const image = width / height;
	const video = ratioWidth / ratioHeight;
	return 1 - Math.min(image / video, video / image);
}

/** Milliseconds for a look at an image on the web. */
const TIMEOUT_MS = 5_000;
/** They tell whether it is worth reading on. */
const FIRST_BYTES = 16 * 1024;
const MAX_BYTES = 2 * 1024 * 1024;

/** Why nothing, or not all, is known of an image whose host took too long. */
export const TOO_SLOW = 'it did not arrive within 5 seconds';

/**
 * Looks at an image on the web. The host sees no key. Never rejects: Luma may be able to load what could not
 * be looked at.
 */
export async function imageAt(context: IExecuteFunctions, url: string): Promise<ImageContent> {
	const whole = new Deadline(TIMEOUT_MS, context.getExecutionCancelSignal?.());
	const { signal } = whole;
	try {
		const { body, deadline } = await openMedia(context, url, signal, TIMEOUT_MS);
		signal.addEventListener('abort', () => body.destroy(), { once: true });
		const content = await contentIn(body, signal);
		deadline.close();
		return content;
	} catch (error) {
		if (signal.aborted) return { type: 'unknown', doubt: TOO_SLOW };
		return withoutFile(error as PiapiError);
	} finally {
		whole.close();
	}
}

/** Reads as far as it has to, into a memory of fixed size however small the pieces are that arrive. */
async function contentIn(body: Stream, signal: AbortSignal): Promise<ImageContent> {
	const bytes = Buffer.allocUnsafe(MAX_BYTES);
	let length = 0;
	const content = (isAll: boolean) => imageContent(bytes.subarray(0, length), isAll);
	try {
		for await (const chunk of body as AsyncIterable<Buffer>) {
			const isFirst = length < FIRST_BYTES;
			length += chunk.copy(bytes, length);
			if (length < FIRST_BYTES || (!isFirst && length < MAX_BYTES)) continue;
			const seen = content(false);
			const canChange = seen.type === 'still' || seen.type === 'unknown';
			if (length === MAX_BYTES || !canChange) return seen;
		}
		return content(true);
	} catch {
		const doubt = signal.aborted ? TOO_SLOW : 'the connection to its host broke off';
		const seen = content(false);
		return seen.type === 'still' ? { ...seen, doubt } : { type: 'unknown', doubt };
	}
}

/** A host that refuses the file refuses Luma as well; one that is down may be up again for Luma. */
function withoutFile({ code, details: { technicalDetail = '' } }: PiapiError): ImageContent {
	if (code !== 'downloadBrokeOff') return { type: 'closed', detail: technicalDetail };
	const isAnswer = technicalDetail.startsWith('HTTP');
	const doubt = isAnswer ? `its host answered ${technicalDetail}` : 'its host could not be reached';
	return { type: 'unknown', doubt };
}
