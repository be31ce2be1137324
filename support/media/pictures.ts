/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { crc32, deflateSync } from 'node:zlib';

/** Complete pictures of any size, all of one colour: every program that shows pictures shows them. */

const latin1 = (text: string) => Buffer.from(text, 'latin1');

function uint32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
}

interface PngFacts {
	/** Makes the content another one. */
	mark?: string;
	/** As Exif counts: 6 and 8 are photos of a camera that was held upright. */
	orientation?: number;
	/** More than one makes an animation of it (APNG). */
	frames?: number;
}

export function png(
	width = 640,
	height = 480,
	{ mark = '', orientation = 0, frames = 1 }: PngFacts = {},
): Buffer {
	// One bit for each pixel.
	const header = Buffer.concat([uint32(width), uint32(height), Buffer.from([1, 0, 0, 0, 0])]);
	const pixels = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
	const control = Buffer.concat([uint32(width), uint32(height), Buffer.alloc(8)]);
	const timing = Buffer.from([0, 1, 0, 10, 0, 0]);
	const frame = (number: number) => pngChunk('fcTL', uint32(number), control, timing);
	const later = Array.from({ length: frames - 1 }, (_, index) => [
		frame(1 + 2 * index),
		pngChunk('fdAT', uint32(2 + 2 * index), pixels),
	]);
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		pngChunk('IHDR', header),
		...(frames > 1 ? [pngChunk('acTL', uint32(frames), uint32(0)), frame(0)] : []),
		...(orientation > 0 ? [pngChunk('eXIf', tiff(orientation))] : []),
		pngChunk('IDAT', pixels),
		...later.flat(),
		...(mark ? [pngChunk('tEXt', latin1(`Comment\0${mark}`))] : []),
		pngChunk('IEND'),
	]);
}

function pngChunk(name: string, ...data: Buffer[]): Buffer {
	const content = Buffer.concat([latin1(name), ...data]);
	return Buffer.concat([uint32(content.length - 4), content, uint32(crc32(content))]);
}

interface JpgFacts {
	mark?: string;
	orientation?: number;
	/** Of a preview, a colour profile and the like, before the size of the picture. */
	previewBytes?: number;
	/** The bytes of the numbers in the Exif data. */
	order?: ByteOrder;
}

export function jpg(
	width = 640,
	height = 480,
	{ mark = '', orientation = 0, previewBytes = 0, order = 'little' }: JpgFacts = {},
): Buffer {
	const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
	frame.writeUInt16BE(height, 1);
	frame.writeUInt16BE(width, 3);
	// One code, a single 0: the same brightness as before, and nothing more in this block.
	const codes = (table: number) => Buffer.from([table, 1, ...Buffer.alloc(15), 0]);
	const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
	return Buffer.concat([
		Buffer.from([0xff, 0xd8]),
		jpgSegment(0xe0, latin1('JFIF\0\x01\x01\0\0\x01\0\x01\0\0')),
		...(orientation > 0 ? [jpgSegment(0xe1, latin1('Exif\0\0'), tiff(orientation, order))] : []),
		...previews(previewBytes),
		...(mark ? [jpgSegment(0xfe, latin1(mark))] : []),
		jpgSegment(0xdb, Buffer.from([0]), Buffer.alloc(64, 1)),
		jpgSegment(0xc0, frame),
		jpgSegment(0xc4, codes(0x00), codes(0x10)),
		jpgSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
		zeroBits(2 * blocks),
		Buffer.from([0xff, 0xd9]),
	]);
}

function jpgSegment(marker: number, ...data: Buffer[]): Buffer {
	const content = Buffer.concat(data);
	const start = Buffer.from([0xff, marker, 0, 0]);
	start.writeUInt16BE(content.length + 2, 2);
	return Buffer.concat([start, content]);
}

function previews(bytes: number): Buffer[] {
	const last = bytes % 60_000;
	const sizes = [...new Array<number>(Math.floor(bytes / 60_000)).fill(60_000), last];
	return sizes.flatMap((size) => (size > 0 ? jpgSegment(0xe2, Buffer.alloc(size)) : []));
}

/** The rest of the last byte is filled with ones. */
function zeroBits(count: number): Buffer {
	const bytes = Buffer.alloc(Math.ceil(count / 8));
	if (count % 8 > 0) bytes[bytes.length - 1] = 0xff >> count % 8;
	return bytes;
}

type ByteOrder = 'little' | 'big';

function tiff(orientation: number, order: ByteOrder = 'little'): Buffer {
	// One entry: its tag, its type, how many values, and the value in the first half of four bytes.
	const little = '49492a0008000000010012010300010000000000000000000000';
	const big = '4d4d002a00000008000101120003000000010000000000000000';
	const bytes = Buffer.from(order === 'little' ? little : big, 'hex');
	bytes[order === 'little' ? 18 : 19] = orientation;
	return bytes;
}

export function gif(width = 640, height = 480, { frames = 1 } = {}): Buffer {
	const screen = Buffer.from([0, 0, 0, 0, 0x80, 0, 0]);
	screen.writeUInt16LE(width, 0);
	screen.writeUInt16LE(height, 2);
	const colours = Buffer.from([0, 0, 0, 255, 255, 255]);
	// A frame of one pixel in the corner, with the time that it stays.
	const frame = Buffer.from('21f904000a0000002c0000000001000100000202440100', 'hex');
	return Buffer.concat([
		latin1('GIF89a'),
		screen,
		colours,
		...new Array<Buffer>(frames).fill(frame),
		Buffer.from([0x3b]),
	]);
}

export type WebpKind = 'lossy' | 'lossless' | 'extended' | 'animated';

interface WebpFacts {
	/** Lossy, lossless, or the extended form, still or animated. */
	kind?: WebpKind;
	mark?: string;
	orientation?: number;
}

export function webp(
	width = 640,
	height = 480,
	{ kind = 'lossy', mark = '', orientation = 0 }: WebpFacts = {},
): Buffer {
	const isExtended = kind === 'extended' || kind === 'animated' || orientation > 0;
	const pixels = kind === 'lossy' ? lossy(width, height) : lossless(width, height);
	const flags = (orientation > 0 ? 0x08 : 0) | (kind === 'animated' ? 0x02 : 0);
	const size = uint24(width - 1, height - 1);
	const frame = webpChunk('ANMF', uint24(0, 0), size, uint24(100), Buffer.alloc(1), pixels);
	const content = Buffer.concat([
		latin1('WEBP'),
		...(isExtended ? [webpChunk('VP8X', Buffer.from([flags, 0, 0, 0]), size)] : []),
		...(kind === 'animated' ? [webpChunk('ANIM', Buffer.alloc(6)), frame, frame] : [pixels]),
		...(orientation > 0 ? [webpChunk('EXIF', tiff(orientation))] : []),
		...(mark ? [webpChunk('MARK', latin1(mark))] : []),
	]);
	const length = Buffer.alloc(4);
	length.writeUInt32LE(content.length);
	return Buffer.concat([latin1('RIFF'), length, content]);
}

function webpChunk(name: string, ...data: Buffer[]): Buffer {
	const content = Buffer.concat(data);
	const length = Buffer.alloc(4);
	length.writeUInt32LE(content.length);
	return Buffer.concat([latin1(name), length, content, Buffer.alloc(content.length % 2)]);
}

function uint24(...values: number[]): Buffer {
	const bytes = Buffer.alloc(3 * values.length);
	values.forEach((value, index) => bytes.writeUIntLE(value, 3 * index, 3));
	return bytes;
}

/** All bits are 0: no filter, each block as its neighbours, nothing to add to it (RFC 6386, 9 and 19.2). */
function lossy(width: number, height: number): Buffer {
	const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
	const firstPart = 300 + blocks;
	const start = Buffer.from([0, 0, 0, 0x9d, 0x01, 0x2a, 0, 0, 0, 0]);
	start.writeUIntLE((firstPart << 5) | 0x10, 0, 3);
	start.writeUInt16LE(width, 6);
	start.writeUInt16LE(height, 8);
	return webpChunk('VP8 ', start, Buffer.alloc(firstPart), Buffer.alloc(64 + blocks));
}

/** Codes of a single symbol need no bits, so that there are none for the pixels (RFC 9649, 3.7.2). */
function lossless(width: number, height: number): Buffer {
	const size = Buffer.alloc(4);
	size.writeUInt32LE((((height - 1) << 14) | (width - 1)) >>> 0);
	return webpChunk('VP8L', Buffer.from([0x2f]), size, Buffer.from([0x88, 0x88, 0x08]));
}
