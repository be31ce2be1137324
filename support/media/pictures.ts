/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { crc32, deflateSync } from 'node:zlib';

/** Complete pictures of any size, all of one colour: every program that shows pictures shows them. */

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** Numbers of so many bytes each, the highest byte first. */
const big = (size: number, ...values: number[]) =>
	Buffer.concat(values.map((value) => little(size, value).reverse()));

/** The same with the lowest byte first. */
function little(size: number, ...values: number[]): Buffer {
	const bytes = Buffer.alloc(size * values.length);
	values.forEach((value, index) => bytes.writeUIntLE(value, size * index, size));
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
	const size = big(4, width, height);
	const header = Buffer.concat([size, Buffer.from([1, 0, 0, 0, 0])]);
	const pixels = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
	const control = Buffer.concat([size, Buffer.alloc(8)]);
	const timing = Buffer.from([0, 1, 0, 10, 0, 0]);
	const frame = (number: number) => pngChunk('fcTL', big(4, number), control, timing);
	const later = Array.from({ length: frames - 1 }, (_, index) => [
		frame(1 + 2 * index),
		pngChunk('fdAT', big(4, 2 + 2 * index), pixels),
	]);
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		pngChunk('IHDR', header),
		...(frames > 1 ? [pngChunk('acTL', big(4, frames, 0)), frame(0)] : []),
		...(orientation > 0 ? [pngChunk('eXIf', tiff(orientation))] : []),
		pngChunk('IDAT', pixels),
		...later.flat(),
		...(mark ? [pngChunk('tEXt', latin1(`Comment\0${mark}`))] : []),
		pngChunk('IEND'),
	]);
}

function pngChunk(name: string, ...data: Buffer[]): Buffer {
	const content = Buffer.concat([latin1(name), ...data]);
	return Buffer.concat([big(4, content.length - 4), content, big(4, crc32(content))]);
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
	const frame = [Buffer.from([8]), big(2, height, width), Buffer.from([1, 1, 0x11, 0])];
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
		jpgSegment(0xc0, ...frame),
		jpgSegment(0xc4, codes(0x00), codes(0x10)),
		jpgSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
		zeroBits(2 * blocks),
		Buffer.from([0xff, 0xd9]),
	]);
}

function jpgSegment(marker: number, ...data: Buffer[]): Buffer {
	const content = Buffer.concat(data);
	return Buffer.concat([Buffer.from([0xff, marker]), big(2, content.length + 2), content]);
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
	const colours = Buffer.from([0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
	// A frame of one pixel in the corner, with the time that it stays.
	const frame = Buffer.from('21f904000a0000002c0000000001000100000202440100', 'hex');
	return Buffer.concat([
		latin1('GIF89a'),
		little(2, width, height),
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
	const size = little(3, width - 1, height - 1);
	const frame = webpChunk('ANMF', little(3, 0, 0), size, little(3, 100), Buffer.alloc(1), pixels);
	const content = Buffer.concat([
		latin1('WEBP'),
		...(isExtended ? [webpChunk('VP8X', Buffer.from([flags, 0, 0, 0]), size)] : []),
		...(kind === 'animated' ? [webpChunk('ANIM', Buffer.alloc(6)), frame, frame] : [pixels]),
		...(orientation > 0 ? [webpChunk('EXIF', tiff(orientation))] : []),
		...(mark ? [webpChunk('MARK', latin1(mark))] : []),
	]);
	return Buffer.concat([latin1('RIFF'), little(4, content.length), content]);
}

function webpChunk(name: string, ...data: Buffer[]): Buffer {
	const content = Buffer.concat(data);
	const end = Buffer.alloc(content.length % 2);
	return Buffer.concat([latin1(name), little(4, content.length), content, end]);
}

/** All bits are 0: no filter, each block as its neighbours, nothing to add to it (RFC 6386, 9 and 19.2). */
function lossy(width: number, height: number): Buffer {
	const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
	const firstPart = 300 + blocks;
	const start = Buffer.concat([little(3, (firstPart << 5) | 0x10), Buffer.from('9d012a', 'hex')]);
	const pixels = Buffer.alloc(firstPart + 64 + blocks);
	return webpChunk('VP8 ', start, little(2, width, height), pixels);
}

/** Codes of a single symbol need no bits, so that there are none for the pixels (RFC 9649, 3.7.2). */
function lossless(width: number, height: number): Buffer {
	const size = little(4, (((height - 1) << 14) | (width - 1)) >>> 0);
	return webpChunk('VP8L', Buffer.from([0x2f]), size, Buffer.from([0x88, 0x88, 0x08]));
}
