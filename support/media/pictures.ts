/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { crc32, deflateSync } from 'node:zlib';

/** Complete pictures of any size, all of one colour: every program that shows pictures shows them. */

interface Facts {
	/** As Exif counts: 6 and 8 are photos of a camera that was held upright. */
	orientation?: number;
	/** Has two frames. */
	isAnimated?: boolean;
}

type Content = string | readonly number[] | Buffer;

/** Text stands for its bytes in Latin-1. */
const bytes = (...contents: Content[]) =>
	Buffer.concat(
		contents.map((content) =>
			typeof content === 'string' ? Buffer.from(content, 'latin1') : Buffer.from(content),
		),
	);

/** Numbers of so many bytes each, the highest byte first. */
const big = (size: number, ...values: number[]): Buffer =>
	bytes(...values.map((value) => little(size, value).reverse()));

/** The same with the lowest byte first. */
function little(size: number, ...values: number[]): Buffer {
	const all = Buffer.alloc(size * values.length);
	values.forEach((value, index) => all.writeUIntLE(value, size * index, size));
	return all;
}

/** One entry: its tag, its type, how many values, and the value in the first half of four bytes. */
const exif = (number: typeof little, order: string, orientation: number) =>
	bytes(order, number(2, 42), number(4, 8), number(2, 1, 0x112, 3), number(4, 1), [
		...number(2, orientation, 0),
		...number(4, 0),
	]);

export function png(
	width = 640,
	height = 480,
	{ orientation, isAnimated = false }: Facts = {},
): Buffer {
	const size = big(4, width, height);
	// One bit for each pixel.
	const pixels = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
	const frame = (number: number) =>
		pngChunk('fcTL', big(4, number), size, Buffer.alloc(8), [0, 1, 0, 10, 0, 0]);
	return bytes(
		'\x89PNG\r\n\x1a\n',
		pngChunk('IHDR', size, [1, 0, 0, 0, 0]),
		orientation ? pngChunk('eXIf', exif(little, 'II', orientation)) : '',
		isAnimated ? bytes(pngChunk('acTL', big(4, 2, 0)), frame(0)) : '',
		pngChunk('IDAT', pixels),
		isAnimated ? bytes(frame(1), pngChunk('fdAT', big(4, 2), pixels)) : '',
		pngChunk('IEND'),
	);
}

export function pngChunk(name: string, ...data: Content[]): Buffer {
	const content = bytes(name, ...data);
	return bytes(big(4, content.length - 4), content, big(4, crc32(content)));
}

interface JpgFacts extends Pick<Facts, 'orientation'> {
	/** Parts of 60 kB of a preview, a colour profile and the like, before the size of the picture. */
	previews?: number;
}

export function jpg(
	width = 640,
	height = 480,
	{ orientation, previews = 0 }: JpgFacts = {},
): Buffer {
	// One code, a single 0: the same brightness as before, and nothing more in this block.
	const codes = [1, ...Buffer.alloc(15), 0];
	const bits = 2 * Math.ceil(width / 8) * Math.ceil(height / 8);
	// The rest of the last byte is filled with ones.
	const lastByte = bits % 8 > 0 ? [0xff >> bits % 8] : [];
	return bytes(
		'\xff\xd8',
		jpgSegment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0'),
		orientation ? jpgSegment(0xe1, 'Exif\0\0', exif(big, 'MM', orientation)) : '',
		...Array<Buffer>(previews).fill(jpgSegment(0xe2, Buffer.alloc(60_000))),
		jpgSegment(0xdb, [0], Buffer.alloc(64, 1)),
		jpgSegment(0xc0, [8], big(2, height, width), [1, 1, 0x11, 0]),
		jpgSegment(0xc4, [0x00], codes, [0x10], codes),
		jpgSegment(0xda, [1, 1, 0, 0, 63, 0]),
		Buffer.alloc(Math.floor(bits / 8)),
		lastByte,
		'\xff\xd9',
	);
}

function jpgSegment(marker: number, ...data: Content[]): Buffer {
	const content = bytes(...data);
	return bytes([0xff, marker], big(2, content.length + 2), content);
}

export function gif(width = 640, height = 480, { isAnimated = false }: Facts = {}): Buffer {
	// A frame of one pixel in the corner, with the time that it stays.
	const frame = Buffer.from('21f904000a0000002c0000000001000100000202440100', 'hex');
	const colours = [0x80, 0, 0, 0, 0, 0, 255, 255, 255];
	return bytes('GIF89a', little(2, width, height), colours, frame, isAnimated ? frame : '', ';');
}

interface WebpFacts extends Facts {
	/** What is turned or animated is lossless in any case. */
	isLossless?: boolean;
}

export function webp(
	width = 640,
	height = 480,
	{ orientation, isAnimated = false, isLossless = false }: WebpFacts = {},
): Buffer {
	const isExtended = isAnimated || orientation !== undefined;
	const flags = (orientation ? 0x08 : 0) | (isAnimated ? 0x02 : 0);
	const size = little(3, width - 1, height - 1);
	const pixels = isExtended || isLossless ? lossless(width, height) : lossy(width, height);
	const frame = webpChunk('ANMF', little(3, 0, 0), size, little(3, 100), [0], pixels);
	const content = bytes(
		'WEBP',
		isExtended ? webpChunk('VP8X', [flags, 0, 0, 0], size) : '',
		isAnimated ? bytes(webpChunk('ANIM', Buffer.alloc(6)), frame, frame) : pixels,
		orientation ? webpChunk('EXIF', exif(little, 'II', orientation)) : '',
	);
	return bytes('RIFF', little(4, content.length), content);
}

function webpChunk(name: string, ...data: Content[]): Buffer {
	const content = bytes(...data);
	return bytes(name, little(4, content.length), content, Buffer.alloc(content.length % 2));
}

/** All bits are 0: no filter, each block as its neighbours, nothing to add to it (RFC 6386, 9 and 19.2). */
function lossy(width: number, height: number): Buffer {
	const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
	const firstPart = 300 + blocks;
	const start = bytes(little(3, (firstPart << 5) | 0x10), '\x9d\x01\x2a', little(2, width, height));
	return webpChunk('VP8 ', start, Buffer.alloc(firstPart + 64 + blocks));
}

/** Codes of a single symbol need no bits, so that there are none for the pixels (RFC 9649, 3.7.2). */
function lossless(width: number, height: number): Buffer {
	const size = little(4, (((height - 1) << 14) | (width - 1)) >>> 0);
	return webpChunk('VP8L', [0x2f], size, [0x88, 0x88, 0x08]);
}
