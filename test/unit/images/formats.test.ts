import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, integer, property, uint8Array } from 'fast-check';

import { imageContent } from '../../../nodes/Luma/piapi/images';
import { gif, jpg, png, pngChunk, webp } from '../../../support/media/pictures';

type Make = (width: number, height: number) => Buffer;

/** With a chunk that nobody needs. */
const withNote = (picture: Buffer, note: Buffer) =>
	Buffer.concat([picture.subarray(0, -12), note, picture.subarray(-12)]);
const NOTE = pngChunk('tEXt', 'Comment\0made by hand');

const MAKERS: Record<string, Make> = {
	png,
	jpg,
	gif,
	webp,
	'jpg with a large preview': (...size) => jpg(...size, { previews: 3 }),
	'png with a comment': (...size) => withNote(png(...size), NOTE),
	'lossless webp': (...size) => webp(...size, { isLossless: true }),
	'extended webp': (...size) => webp(...size, { orientation: 1 }),
};

const still = (width: number, height: number) => ({ type: 'still', size: { width, height } });
const side = integer({ min: 1, max: 4_000 });

describe.each(Object.entries(MAKERS))('%s', (_, make) => {
	it('tells its size when it is complete, whatever follows it', () => {
		assert(
			property(side, side, uint8Array(), (width, height, more) => {
				const bytes = Buffer.concat([make(width, height), more]);
				expect(imageContent(bytes)).toEqual(still(width, height));
			}),
		);
	});

	it('is damaged wherever it was cut off, and has its size or none yet as far as it was read', () => {
		assert(
			property(side, side, integer({ min: 1, max: 2 ** 30 }), (width, height, cut) => {
				const whole = make(width, height);
				// What begins an image is left, or it would not be known as one.
				const begun = whole.subarray(0, 12 + (cut % (whole.length - 12)));
				expect(imageContent(begun)).toEqual({ type: 'damaged' });
				expect(imageContent(whole.subarray(0, -1))).toEqual({ type: 'damaged' });
				const content = imageContent(begun, false);
				if (content.type !== 'unknown') expect(content).toEqual(still(width, height));
			}),
		);
	});
});

it.each(Object.entries({ jpg, png, webp }))(
	'turns photos of a camera that was held upright, and no others: %s',
	(_, make) => {
		const contents = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((orientation) =>
			imageContent(make(400, 300, { orientation })),
		);
		const [stored, turned] = [still(400, 300), still(300, 400)];
		expect(contents).toEqual([...Array(4).fill(stored), ...Array(4).fill(turned), stored]);
	},
);

it.each([gif, png, webp])('tells an animation from a still picture: %p', (make) => {
	expect(imageContent(make(640, 360, { isAnimated: true }))).toEqual({ type: 'animated' });
});

const flipped = (part: string) => {
	const broken = withNote(png(), NOTE);
	broken[broken.indexOf(part) + 6] ^= 1;
	return broken;
};
const zeroed = (whole: Buffer) => Buffer.from(whole).fill(0, Math.floor(whole.length / 2));

it.each([
	['a JPEG without pixels', Buffer.concat([jpg().subarray(0, 20), Buffer.from([0xff, 0xd9])])],
	['a PNG without pixels', Buffer.concat([png().subarray(0, 33), png().subarray(-12)])],
	['a GIF without pixels', Buffer.concat([gif().subarray(0, 19), Buffer.from(';')])],
	['a WebP without pixels', Buffer.from('RIFF\x04\0\0\0WEBP')],
	['a PNG without width', png(0, 480)],
	['a JPEG without height', jpg(640, 0)],
	['a PNG with a changed byte', flipped('IDAT')],
	['a PNG with a changed size', flipped('IHDR')],
	['a JPEG with zeros in its second half', zeroed(jpg())],
	['a GIF with zeros in its second half', zeroed(gif())],
])('takes %s for damaged', (_, bytes) => {
	expect(imageContent(bytes)).toEqual({ type: 'damaged' });
});

it.each([
	['an SVG drawing', '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'],
	['an SVG drawing', '\ufeff<?xml version="1.0"?>\n<!-- a -->\n<!DOCTYPE svg PUBLIC "x">\n<SVG >'],
	['a PDF document', '%PDF-1.7\n'],
	['a BMP image', 'BM\x36\x10\0\0\0\0\0\0\x36'],
	['a TIFF image', 'II*\0\x08\0\0\0'],
	['an AVIF image', '\0\0\0\x20ftypavif\0\0\0\0avifmif1'],
	['an AVIF image', '\0\0\0\x20ftypmif1\0\0\0\0mif1avif'],
	['a HEIC photo', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
	['a video', '\0\0\0\x20ftypisom\0\0\x02\0isomiso2'],
	['a text', '{"url":"https://example.com/photo.jpg"}'],
	['an empty file', ''],
	[undefined, '\x01\x02\x03'],
])('says what something else is: %s', (kind, text) => {
	const bytes = text.startsWith('\ufeff') ? Buffer.from(text) : Buffer.from(text, 'latin1');

	expect(imageContent(bytes)).toEqual({ type: 'other', kind });
});

it.each([
	['a web page', '<!doctype html><html><body><svg></svg></body></html>'],
	['a web page', '\n<!-- a shop --><HTML lang="en">'],
	['a login page', '<html><head><title>Sign in - Photos</title></head></html>'],
	['a login page', '<html><form><input name="p" type="password"></form></html>'],
])('knows a page in place of the image: %s', (kind, text) => {
	expect(imageContent(Buffer.from(text))).toEqual({ type: 'page', kind });
});

it('does not mind a changed byte in a note that nobody needs, or what fills the room in a JPEG', () => {
	const whole = jpg();
	const fill = Buffer.alloc(9, 0xff);
	const parts = [whole.subarray(0, 20), fill, whole.subarray(20, -2), fill, whole.subarray(-2)];
	expect(imageContent(Buffer.concat(parts))).toEqual(still(640, 480));
	expect(imageContent(flipped('tEXt'))).toEqual(still(640, 480));
});

it('neither throws nor runs on with broken bytes', () => {
	const start = constantFrom(
		...Object.values(MAKERS).map((make) => make(640, 480)),
		...[gif, png, webp].map((make) => make(640, 480, { isAnimated: true })),
		...[jpg, png, webp].map((make) => make(640, 480, { orientation: 6 })),
	);
	const noise = uint8Array({ maxLength: 64 });
	assert(
		property(start, noise, integer({ min: 0, max: 200 }), (whole, bytes, at) => {
			const broken = Buffer.from(whole);
			Buffer.from(bytes).copy(broken, at);
			const content = imageContent(broken);
			if (!('size' in content)) return;
			expect(content.size.width).toBeGreaterThan(0);
			expect(content.size.height).toBeGreaterThan(0);
		}),
		{ numRuns: 2000 },
	);
});

// More than one pass for each byte would take hours.
it.each([
	['a JPEG of markers', '\xff\xd8', '\xff'],
	['a JPEG of segments', '\xff\xd8', '\xff\xe0\0\x02'],
	['a JPEG of Exif data', '\xff\xd8', '\xff\xe1\0\x1aExif\0\0MM\0*\0\0\0\x08\xff\xff\0\0\0\0\0\0'],
	['a PNG of chunks', '\x89PNG\r\n\x1a\n', '\0\0\0\0tEXt\0\0\0\0'],
	['a GIF of blocks', 'GIF89a\x01\0\x01\0\0\0\0!\xfe', '\x01x'],
	['a WebP of chunks', 'RIFF\xff\xff\xff\xffWEBP', 'MARK\0\0\0\0'],
	['a page of comments', '<!doctype html>', '<!-- <title>'],
])('reads %s of any length in one pass', (_, start, part) => {
	const body = Buffer.alloc(8_000_000, part, 'latin1');
	const bytes = Buffer.concat([Buffer.from(start, 'latin1'), body]);

	expect(imageContent(bytes).type).not.toBe('still');
});
