import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, integer, property, uint8Array } from 'fast-check';

import { imageContent } from '../../../nodes/Luma/piapi/images';
import { gif, jpg, png, webp } from '../../../support/media/pictures';

type Make = (width: number, height: number) => Buffer;

const MAKERS: Record<string, Make> = {
	png,
	jpg,
	gif,
	'jpg with a large preview': (width, height) => jpg(width, height, { previewBytes: 200_000 }),
	'png with a comment': (width, height) => png(width, height, { mark: 'made by hand' }),
	'lossy webp': (width, height) => webp(width, height),
	'lossless webp': (width, height) => webp(width, height, { kind: 'lossless' }),
	'extended webp': (width, height) => webp(width, height, { kind: 'extended' }),
};
const ANIMATIONS: Record<string, Make> = {
	gif: (width, height) => gif(width, height, { frames: 3 }),
	png: (width, height) => png(width, height, { frames: 2 }),
	webp: (width, height) => webp(width, height, { kind: 'animated' }),
};
const TURNED: Record<string, (orientation: number) => Buffer> = {
	jpg: (orientation) => jpg(400, 300, { orientation }),
	'jpg of the other byte order': (orientation) => jpg(400, 300, { orientation, order: 'big' }),
	png: (orientation) => png(400, 300, { orientation }),
	webp: (orientation) => webp(400, 300, { orientation }),
};

const still = (width: number, height: number) => ({ type: 'still', size: { width, height } });
const side = integer({ min: 1, max: 4_000 });

describe.each(Object.entries(MAKERS))('%s', (_, make) => {
	it('tells its size when it is complete', () => {
		assert(
			property(side, side, (width, height) => {
				expect(imageContent(make(width, height))).toEqual(still(width, height));
			}),
		);
	});

	it('is damaged wherever it was cut off', () => {
		assert(
			property(side, side, integer({ min: 1, max: 2 ** 30 }), (width, height, cut) => {
				const whole = make(width, height);
				// What begins an image is left, or it would not be known as one.
				const length = 12 + (cut % (whole.length - 12));
				expect(imageContent(whole.subarray(0, length))).toEqual({ type: 'damaged' });
				expect(imageContent(whole.subarray(0, whole.length - 1))).toEqual({ type: 'damaged' });
			}),
		);
	});

	it('has its size, or none yet, as far as it was read', () => {
		const whole = make(1360, 752);
		assert(
			property(integer({ min: 12, max: whole.length }), (length) => {
				const content = imageContent(whole.subarray(0, length), false);
				if (content.type !== 'unknown') expect(content).toEqual(still(1360, 752));
			}),
		);
	});

	it('may be followed by something else', () => {
		const followed = Buffer.concat([make(640, 480), Buffer.from('\0\0 the same as a film')]);

		expect(imageContent(followed)).toEqual(still(640, 480));
	});
});

describe.each(Object.entries(TURNED))('the orientation of a %s', (_, make) => {
	it('turns photos of a camera that was held upright, and no others', () => {
		for (const orientation of [1, 2, 3, 4, 9]) {
			expect(imageContent(make(orientation))).toEqual(still(400, 300));
		}
		for (const orientation of [5, 6, 7, 8]) {
			expect(imageContent(make(orientation))).toEqual(still(300, 400));
		}
	});
});

it.each(Object.entries(ANIMATIONS))('tells an animation from a still picture: %s', (_, make) => {
	expect(imageContent(make(640, 360))).toEqual({ type: 'animated' });
});

const flipped = (part: string) => {
	const broken = png(640, 480, { mark: 'made by hand' });
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
	['a PNG with zeros in its second half', zeroed(png())],
	['a JPEG with zeros in its second half', zeroed(jpg())],
	['a GIF with zeros in its second half', zeroed(gif())],
])('takes %s for damaged', (_, bytes) => {
	expect(imageContent(bytes)).toEqual({ type: 'damaged' });
});

it('does not mind a changed byte in a note that nobody needs', () => {
	expect(imageContent(flipped('tEXt'))).toEqual(still(640, 480));
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

it('passes over bytes that fill the room before a marker of a JPEG', () => {
	const whole = jpg();
	const fill = Buffer.alloc(9, 0xff);
	const parts = [whole.subarray(0, 20), fill, whole.subarray(20, -2), fill, whole.subarray(-2)];
	expect(imageContent(Buffer.concat(parts))).toEqual(still(640, 480));
});

it('neither throws nor runs on with broken bytes', () => {
	const start = constantFrom(
		...[...Object.values(MAKERS), ...Object.values(ANIMATIONS)].map((make) => make(640, 480)),
		...Object.values(TURNED).map((make) => make(6)),
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
