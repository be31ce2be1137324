import type { ImageReader } from './facts';

const HEADER_BYTES = 13;
const TRAILER = 0x3b;
const EXTENSION = 0x21;
const FRAME = 0x2c;
const FRAME_HEADER_BYTES = 10;

/** A header with colours, then frames and extensions, then one byte as the end (GIF89a, appendix A). */
export const readGif: ImageReader = (bytes, facts) => {
	facts.size = { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
	let frames = 0;
	let at = HEADER_BYTES + colourBytes(bytes.readUInt8(10));
	for (;;) {
		switch (bytes.readUInt8(at)) {
			case TRAILER:
				return frames > 0;
			case EXTENSION:
				at = endOfBlocks(bytes, at + 2);
				break;
			case FRAME: {
				frames++;
				facts.isAnimated = frames > 1;
				const pixels = at + FRAME_HEADER_BYTES + colourBytes(bytes.readUInt8(at + 9));
				at = endOfBlocks(bytes, pixels + 1);
				break;
			}
			default:
				return false;
		}
	}
};

/** The size of the table of colours that the flags announce. */
function colourBytes(flags: number): number {
	return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Each block begins with its size, and an empty one is the last. */
function endOfBlocks(bytes: Buffer, start: number): number {
	let at = start;
	for (let size = -1; size !== 0; at += 1 + size) size = bytes.readUInt8(at);
	return at;
}
