/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { assert, integer, property } from 'fast-check';

import {
	ASPECT_RATIOS,
	croppedShare,
	imageContent,
	nearestAspectRatio,
} from '../../../nodes/Luma/piapi/images';

it.each([
	[40_000, 100, '21:9'],
	[100, 40_000, '9:16'],
	// A 3:2 photo loses 11% as 4:3 and 16% as 16:9.
	[3000, 2000, '4:3'],
])('finds the nearest ratio to %s×%s: %s', (width, height, ratio) => {
	expect(nearestAspectRatio({ width, height })).toBe(ratio);
});

it('tells how much of a picture is cut off', () => {
	expect(croppedShare({ width: 160, height: 90 }, '16:9')).toBe(0);
	expect(croppedShare({ width: 1080, height: 1920 }, '16:9')).toBeCloseTo(1 - (9 / 16) ** 2);
	expect(croppedShare({ width: 1920, height: 1080 }, '1:1')).toBeCloseTo(7 / 16);
});

it('finds the ratio that cuts off the least', () => {
	const side = integer({ min: 1, max: 40_000 });
	assert(
		property(side, side, (width, height) => {
			const best = croppedShare({ width, height }, nearestAspectRatio({ width, height }));
			const all = ASPECT_RATIOS.map((ratio) => croppedShare({ width, height }, ratio));
			expect(best).toBe(Math.min(...all));
		}),
	);
});

it.each(ASPECT_RATIOS)('finds the ratio of a real picture: %s', (ratio) => {
	const file = `${ratio.replace(':', 'x')}.thumbnail.jpg`;
	const header = imageContent(readFileSync(join(__dirname, '../../../simulator/media', file)));

	expect('size' in header && nearestAspectRatio(header.size)).toBe(ratio);
});
