/** Beginnings of pictures of any size: all that is read of a picture before it goes to PiAPI. */

/** Makes the content another one. */
const rest = (mark: string) => Buffer.from(`the rest of the picture ${mark}`);

export function png(width = 640, height = 480, mark = ''): Buffer {
	const header = Buffer.alloc(25);
	header.writeUInt32BE(13, 0);
	header.write('IHDR', 4, 'latin1');
	header.writeUInt32BE(width, 8);
	header.writeUInt32BE(height, 12);
	return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), header, rest(mark)]);
}

/** @param orientation as Exif counts: 6 and 8 are photos of a camera that was held upright */
export function jpg(
	width = 640,
	height = 480,
	{ mark = '', orientation = 0, previewBytes = 0 } = {},
): Buffer {
	const segments = [segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1'))];
	if (orientation > 0) segments.push(segment(0xe1, exif(orientation)));
	for (let left = previewBytes; left > 0; left -= 60_000) {
		segments.push(segment(0xe2, Buffer.alloc(Math.min(left, 60_000))));
	}
	const frame = Buffer.alloc(6);
	frame.writeUInt8(8, 0);
	frame.writeUInt16BE(height, 1);
	frame.writeUInt16BE(width, 3);
	frame.writeUInt8(1, 5);
	segments.push(segment(0xc0, frame));
	return Buffer.concat([Buffer.from([0xff, 0xd8]), ...segments, rest(mark)]);
}

function segment(marker: number, content: Buffer): Buffer {
	const start = Buffer.from([0xff, marker, 0, 0]);
	start.writeUInt16BE(content.length + 2, 2);
	return Buffer.concat([start, content]);
}

function exif(orientation: number): Buffer {
	const tiff = Buffer.alloc(26);
	tiff.write('II*\0', 0, 'latin1');
	tiff.writeUInt32LE(8, 4);
	tiff.writeUInt16LE(1, 8);
	tiff.writeUInt16LE(0x0112, 10);
	tiff.writeUInt16LE(3, 12);
	tiff.writeUInt32LE(1, 14);
	tiff.writeUInt16LE(orientation, 18);
	return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
}

export function gif(width = 640, height = 480): Buffer {
	const header = Buffer.from('GIF89a\0\0\0\0', 'latin1');
	header.writeUInt16LE(width, 6);
	header.writeUInt16LE(height, 8);
	return Buffer.concat([header, rest('')]);
}

/** @param kind lossy, lossless, or the extended form, still or animated */
export function webp(
	width = 640,
	height = 480,
	{ kind = 'lossy', mark = '' }: { kind?: WebpKind; mark?: string } = {},
): Buffer {
	return Buffer.concat([
		Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'),
		chunks[kind](width, height),
		rest(mark),
	]);
}

export type WebpKind = 'lossy' | 'lossless' | 'extended' | 'animated';

const chunks: Record<WebpKind, (width: number, height: number) => Buffer> = {
	lossy: (width, height) => {
		const chunk = Buffer.from('VP8 \0\0\0\0\0\0\0\x9d\x01\x2a\0\0\0\0', 'latin1');
		chunk.writeUInt16LE(width, 14);
		chunk.writeUInt16LE(height, 16);
		return chunk;
	},
	lossless: (width, height) => {
		const chunk = Buffer.from('VP8L\0\0\0\0\x2f\0\0\0\0', 'latin1');
		chunk.writeUInt32LE((((height - 1) << 14) | (width - 1)) >>> 0, 9);
		return chunk;
	},
	extended: (width, height) => extended(0, width, height),
	animated: (width, height) => extended(2, width, height),
};

function extended(flags: number, width: number, height: number): Buffer {
	const chunk = Buffer.alloc(18);
	chunk.write('VP8X', 0, 'latin1');
	chunk.writeUInt8(flags, 8);
	chunk.writeUIntLE(width - 1, 12, 3);
	chunk.writeUIntLE(height - 1, 15, 3);
	return chunk;
}
