import type { IExecuteFunctions } from 'n8n-workflow';

import { mediaTypeOf } from './media';
import { headOf, openMedia, type Stream } from './mediaRequest';

/** Width and height in pixels, as a person sees the image. */
export interface ImageSize {
	width: number;
	height: number;
}

/** What the first bytes of an image tell. */
export type ImageHeader =
	| { type: 'still'; size: ImageSize }
	| { type: 'animated'; size: ImageSize }
	/** Drawn from a description, without pixels of its own (SVG). */
	| { type: 'vector' }
	/** More bytes are needed. */
	| { type: 'incomplete' }
	| { type: 'unreadable' };

const UNREADABLE: ImageHeader = { type: 'unreadable' };
const INCOMPLETE: ImageHeader = { type: 'incomplete' };

/** Reads the size of a PNG, JPEG, GIF or WebP image from its first bytes. Never throws. */
export function imageHeaderOf(bytes: Buffer): ImageHeader {
	switch (mediaTypeOf(bytes)?.ending) {
		case 'png':
			return pngHeader(bytes);
		case 'jpg':
			return jpegHeader(bytes);
		case 'gif':
			return gifHeader(bytes);
		case 'webp':
			return webpHeader(bytes);
		default:
			return isSvg(bytes) ? { type: 'vector' } : UNREADABLE;
	}
}

function still(width: number, height: number): ImageHeader {
	return width > 0 && height > 0 ? { type: 'still', size: { width, height } } : UNREADABLE;
}

/** The header chunk comes first (PNG, 11.2.2). */
function pngHeader(bytes: Buffer): ImageHeader {
	if (bytes.length < 24) return INCOMPLETE;
	if (bytes.toString('latin1', 12, 16) !== 'IHDR') return UNREADABLE;
	return still(bytes.readUInt32BE(16), bytes.readUInt32BE(20));
}

function gifHeader(bytes: Buffer): ImageHeader {
	if (bytes.length < 10) return INCOMPLETE;
	return still(bytes.readUInt16LE(6), bytes.readUInt16LE(8));
}

/** One of three kinds of chunks comes first (RFC 9649, 2.5 to 2.7). */
function webpHeader(bytes: Buffer): ImageHeader {
	if (bytes.length < 30) return INCOMPLETE;
	switch (bytes.toString('latin1', 12, 16)) {
		case 'VP8 ':
			return still(bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff);
		case 'VP8L': {
			const bits = bytes.readUInt32LE(21);
			return still((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
		}
		case 'VP8X': {
			const size = { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
			return { type: (bytes[20] & 0x02) === 0 ? 'still' : 'animated', size };
		}
		default:
			return UNREADABLE;
	}
}

const START_OF_IMAGE_BYTES = 2;
/** Frame headers SOF0 to SOF15; the three others in this range are tables (ITU-T T.81, B.1.1.3). */
const isFrameHeader = (marker: number) =>
	marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const APP1 = 0xe1;
const START_OF_SCAN = 0xda;

/** The frame header comes after segments of any number and size, such as a preview or a colour profile. */
function jpegHeader(bytes: Buffer): ImageHeader {
	let isTurned = false;
	let at = START_OF_IMAGE_BYTES;
	while (at + 9 <= bytes.length) {
		if (bytes[at] !== 0xff) return UNREADABLE;
		const marker = bytes[at + 1];
		// Any number of these may stand before a marker.
		if (marker === 0xff) {
			at += 1;
			continue;
		}
		if (isFrameHeader(marker)) {
			const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
			return isTurned ? still(height, width) : still(width, height);
		}
		const length = bytes.readUInt16BE(at + 2);
		if (length < 2 || marker === START_OF_SCAN) return UNREADABLE;
		if (marker === APP1) isTurned ||= isTurnedByExif(bytes.subarray(at + 4, at + 2 + length));
		at += 2 + length;
	}
	return INCOMPLETE;
}

const ORIENTATION = 0x0112;
/** From here on the camera was held upright: width and height change places (Exif 2.3, 4.6.4). */
const FIRST_TURNED = 5;
const LAST_TURNED = 8;

/** Whether the Exif data of a JPEG say that the image is to be turned by a quarter. */
function isTurnedByExif(segment: Buffer): boolean {
	if (!segment.toString('latin1', 0, 6).startsWith('Exif\0\0')) return false;
	const tiff = segment.subarray(6);
	if (tiff.length < 8) return false;
	const isLittle = tiff.toString('latin1', 0, 2) === 'II';
	const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
	const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
	if (directory + 2 > tiff.length) return false;
	const count = short(directory);
	for (let i = 0; i < count; i++) {
		const entry = directory + 2 + i * 12;
		if (entry + 12 > tiff.length) return false;
		if (short(entry) !== ORIENTATION) continue;
		const orientation = short(entry + 8);
		return orientation >= FIRST_TURNED && orientation <= LAST_TURNED;
	}
	return false;
}

const SVG_START =
	/^(?:\ufeff|\s|<\?xml[^>]*>|<!--(?:(?!-->)[^])*-->|<!DOCTYPE svg[^>]*>)*<svg[\s>]/i;

function isSvg(bytes: Buffer): boolean {
	return SVG_START.test(bytes.toString('utf8', 0, 2048));
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
/** A photo's preview and colour profile come before its size. */
const FIRST_BYTES = 4_096;
const MAX_BYTES = 512 * 1024;

/**
 * Reads the size of an image on the web from its first bytes. The host sees no key.
 *
 * @returns undefined when the image could not be looked at within 5 seconds
 */
export async function imageHeaderAt(
	context: IExecuteFunctions,
	url: string,
): Promise<ImageHeader | undefined> {
	const stopSignal = context.getExecutionCancelSignal?.();
	const signal = AbortSignal.any([
		AbortSignal.timeout(TIMEOUT_MS),
		...(stopSignal ? [stopSignal] : []),
	]);
	try {
		const { body, deadline } = await openMedia(context, url, signal, TIMEOUT_MS);
		const end = () => body.destroy();
		signal.addEventListener('abort', end, { once: true });
		try {
			const header = await headerIn(body);
			// What came until then is a part of the image at most.
			return signal.aborted ? undefined : header;
		} finally {
			signal.removeEventListener('abort', end);
			end();
			deadline.close();
		}
	} catch {
		// Whatever it was: Luma may be able to load the image all the same.
		return undefined;
	}
}

async function headerIn(body: Stream): Promise<ImageHeader> {
	for (let bytes = FIRST_BYTES; bytes <= MAX_BYTES; bytes *= 2) {
		const head = await headOf(body, bytes);
		const header = imageHeaderOf(head);
		if (header.type !== 'incomplete' || head.length < bytes) return header;
	}
	return { type: 'incomplete' };
}
