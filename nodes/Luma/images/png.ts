import { isTurnedBy, nameAt, type ImageReader } from './facts';

const SIGNATURE_BYTES = 8;

/** Chunks, of which the header comes first and an empty one last (PNG, 5.3 and 5.6). */
export const readPng: ImageReader = (bytes, facts) => {
	let hasPixels = false;
	for (let at = SIGNATURE_BYTES, end; ; at = end + 4) {
		const name = nameAt(bytes, at + 4);
		if (!/^[A-Za-z]{4}$/.test(name)) return false;
		const isFirst = at === SIGNATURE_BYTES;
		if (isFirst !== (name === 'IHDR')) return false;
		const data = at + 8;
		if (isFirst) {
			facts.size = { width: bytes.readUInt32BE(data), height: bytes.readUInt32BE(data + 4) };
		}
		if (name === 'acTL') facts.isAnimated = bytes.readUInt32BE(data) > 1;
		end = data + bytes.readUInt32BE(at);
		const checksum = bytes.readUInt32BE(end);
		if (isCritical(name) && checksum !== crc32(bytes.subarray(at + 4, end))) return false;
		if (name === 'eXIf') facts.isTurned = isTurnedBy(bytes.subarray(data, end));
		if (name === 'IEND') return hasPixels;
		hasPixels ||= name === 'IDAT';
	}
};

/** Whether nobody can show the image without the chunk; a broken one of another kind is passed over. */
function isCritical(name: string): boolean {
	return name < 'a';
}

const crcTable = new Uint32Array(256);

/** At its first use: n8n loads the package at each start. */
function fillCrcTable(): void {
	for (let byte = 0; byte < crcTable.length; byte++) {
		let crc = byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
		crcTable[byte] = crc;
	}
}

/** PNG, annex D. */
function crc32(bytes: Buffer): number {
	if (crcTable[1] === 0) fillCrcTable();
	let crc = -1;
	for (let at = 0; at < bytes.length; at++) {
		crc = crcTable[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
	}
	return ~crc >>> 0;
}
