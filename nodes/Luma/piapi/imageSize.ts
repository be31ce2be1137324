/** Width and height in pixels, as a person sees the picture. */
export interface ImageSize {
	width: number;
	height: number;
}

/** What the first bytes of a picture tell. */
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

/** Reads the size of a PNG, JPEG, GIF or WebP picture from its first bytes. Never throws. */
export function imageHeaderOf(bytes: Buffer): ImageHeader {
	const text = bytes.toString('latin1', 0, 16);
	if (text.startsWith('\x89PNG\r\n\x1a\n')) return pngHeader(bytes);
	if (text.startsWith('\xff\xd8\xff')) return jpegHeader(bytes);
	if (/^GIF8[79]a/.test(text)) return gifHeader(bytes);
	if (/^RIFF[^]{4}WEBP/.test(text)) return webpHeader(bytes);
	return isSvg(bytes) ? { type: 'vector' } : UNREADABLE;
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

/** Whether the Exif data of a JPEG say that the picture is to be turned by a quarter. */
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
