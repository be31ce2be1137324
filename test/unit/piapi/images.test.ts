import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, integer, property, uint8Array } from 'fast-check';

import { imageHeaderOf } from '../../../nodes/Luma/piapi/images';
import { gif, jpg, png, webp } from '../../../support/pictures';

const side = integer({ min: 1, max: 16_383 });

const MAKERS = {
	png: (width: number, height: number) => png(width, height),
	jpg: (width: number, height: number) => jpg(width, height),
	'jpg with a large preview': (width: number, height: number) =>
		jpg(width, height, { previewBytes: 200_000 }),
	gif: (width: number, height: number) => gif(width, height),
	'lossy webp': (width: number, height: number) => webp(width, height),
	'lossless webp': (width: number, height: number) => webp(width, height, { kind: 'lossless' }),
	'extended webp': (width: number, height: number) => webp(width, height, { kind: 'extended' }),
};

describe.each(Object.entries(MAKERS))('%s', (_, make) => {
	it('tells its size', () => {
		assert(
			property(side, side, (width, height) => {
				expect(imageHeaderOf(make(width, height))).toEqual({
					type: 'still',
					size: { width, height },
				});
			}),
		);
	});

	it('is incomplete or unreadable as long as its beginning is not there, never another size', () => {
		const whole = make(1360, 752);
		assert(
			property(integer({ min: 0, max: whole.length }), (length) => {
				const header = imageHeaderOf(whole.subarray(0, length));
				if ('size' in header) expect(header.size).toEqual({ width: 1360, height: 752 });
				else expect(['incomplete', 'unreadable']).toContain(header.type);
			}),
		);
	});
});

it.each([5, 6, 7, 8])('turns a photo of a camera that was held upright (%s)', (orientation) => {
	const size = { width: 3024, height: 4032 };
	expect(imageHeaderOf(jpg(4032, 3024, { orientation }))).toEqual({ type: 'still', size });
});

it.each([1, 2, 3, 4, 9])('leaves a photo of any other orientation as it is (%s)', (orientation) => {
	const size = { width: 4032, height: 3024 };
	expect(imageHeaderOf(jpg(4032, 3024, { orientation }))).toEqual({ type: 'still', size });
});

it('tells an animation from a still picture', () => {
	const size = { width: 640, height: 360 };
	expect(imageHeaderOf(webp(640, 360, { kind: 'animated' }))).toEqual({ type: 'animated', size });
});

it.each([
	'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>',
	'\ufeff<?xml version="1.0"?>\n<!-- a logo -->\n<!DOCTYPE svg PUBLIC "x">\n<SVG viewBox="0 0 1 1">',
])('knows an SVG drawing: %s', (text) => {
	expect(imageHeaderOf(Buffer.from(text))).toEqual({ type: 'vector' });
});

it.each(['', 'BM and so on', '<html><svg></svg></html>', '%PDF-1.7'])(
	'cannot read anything else: “%s”',
	(text) => {
		expect(imageHeaderOf(Buffer.from(text))).toEqual({ type: 'unreadable' });
	},
);

it('cannot read a picture without width or height', () => {
	expect(imageHeaderOf(png(0, 480))).toEqual({ type: 'unreadable' });
	expect(imageHeaderOf(jpg(640, 0))).toEqual({ type: 'unreadable' });
});

it('neither throws nor runs on with broken bytes', () => {
	const start = constantFrom(
		...Object.values(MAKERS).map((make) => make(640, 480)),
		jpg(640, 480, { orientation: 6 }),
		webp(640, 480, { kind: 'animated' }),
	);
	assert(
		property(
			start,
			uint8Array({ maxLength: 64 }),
			integer({ min: 0, max: 63 }),
			(whole, noise, at) => {
				const broken = Buffer.from(whole);
				Buffer.from(noise).copy(broken, at);
				const header = imageHeaderOf(broken);
				if ('size' in header) {
					expect(header.size.width).toBeGreaterThan(0);
					expect(header.size.height).toBeGreaterThan(0);
				}
			},
		),
		{ numRuns: 2000 },
	);
});
