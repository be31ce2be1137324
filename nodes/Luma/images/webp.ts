import { isTurnedBy, nameAt, type ImageFacts, type ImageReader } from './facts';

const RIFF_HEADER_BYTES = 12;
const IS_ANIMATED = 0x02;

/** Chunks of even length; the file says itself how long it is (RFC 9649, 2.3 to 2.7). */
export const readWebp: ImageReader = (bytes, facts) => {
	const end = 8 + bytes.readUInt32LE(4);
	let hasPixels = false;
	let at = RIFF_HEADER_BYTES;
	while (at < end) {
		const name = nameAt(bytes, at);
		const length = bytes.readUInt32LE(at + 4);
		if (!readChunk(name, bytes.subarray(at + 8, at + 8 + length), facts)) return false;
		hasPixels ||= name === 'VP8 ' || name === 'VP8L';
		at += 8 + length + (length % 2);
	}
	bytes.readUInt8(end - 1);
	// The byte that makes the last chunk even can be missing.
	return hasPixels && at <= end + 1;
};

/** @returns false when it is damaged */
function readChunk(name: string, data: Buffer, facts: ImageFacts): boolean {
	switch (name) {
		case 'VP8X':
			facts.isAnimated = (data.readUInt8(0) & IS_ANIMATED) !== 0;
			facts.size = { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
			return true;
		case 'VP8 ':
			facts.size ??= {
				width: data.readUInt16LE(6) & 0x3fff,
				height: data.readUInt16LE(8) & 0x3fff,
			};
			return data.readUIntBE(3, 3) === 0x9d012a;
		case 'VP8L': {
			const bits = data.readUInt32LE(1);
			facts.size ??= { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
			return data[0] === 0x2f;
		}
		case 'EXIF':
			facts.isTurned = isTurnedBy(data);
			return true;
		default:
			return true;
	}
}
