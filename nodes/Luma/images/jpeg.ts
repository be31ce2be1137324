import { isTurnedBy, type ImageReader } from './facts';

const START_OF_IMAGE_BYTES = 2;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const APP1 = 0xe1;
/** Frame headers SOF0 to SOF15; the three others in this range are tables (ITU-T T.81, B.1.1.3). */
const isFrameHeader = (marker: number) =>
	marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Those that stand inside of a scan: a data byte 0xff, and restarts. */
const isOfScan = (marker: number) => marker === 0 || (marker >= 0xd0 && marker <= 0xd7);
const isSegment = (marker: number) => marker >= 0xc0 && !isOfScan(marker) && marker !== 0xd8;

/**
 * Segments of any number and size, such as a preview or a colour profile, then the frame header and one or
 * more scans. What follows the end belongs to nobody.
 */
export const readJpeg: ImageReader = (bytes, facts) => {
	let hasPixels = false;
	let at = START_OF_IMAGE_BYTES;
	for (;;) {
		at = markerAfter(bytes, at);
		const marker = bytes.readUInt8(at);
		if (bytes[at - 1] !== 0xff || !isSegment(marker)) return false;
		if (marker === END_OF_IMAGE) return hasPixels;
		const length = bytes.readUInt16BE(at + 1);
		if (length < 2) return false;
		if (isFrameHeader(marker)) {
			facts.size ??= { height: bytes.readUInt16BE(at + 4), width: bytes.readUInt16BE(at + 6) };
		}
		if (marker === APP1) {
			facts.isTurned ||= isTurnedBy(bytes.subarray(at + 3, at + 1 + length));
		}
		at += 1 + length;
		if (marker !== START_OF_SCAN) continue;
		const end = endOfScan(bytes, at);
		if (!facts.size || end === at) return false;
		hasPixels = true;
		at = end;
	}
};

/** Where the marker stands whose 0xff is next; any number of these may come before it. */
function markerAfter(bytes: Buffer, start: number): number {
	let at = start + 1;
	while (bytes[at] === 0xff) at++;
	return at;
}

/** A scan has no length: it ends with the next marker. */
function endOfScan(bytes: Buffer, start: number): number {
	// At least the end of the image follows.
	bytes.readUInt16BE(start);
	let at = start;
	while (at < bytes.length && !(bytes[at] === 0xff && !isOfScan(bytes[at + 1]))) at++;
	return at;
}
