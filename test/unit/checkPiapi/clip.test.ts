/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { clipOf } from '../../../scripts/checkPiapi/clip';
import { repository } from '../docs/markdown';

const file = (name: string) => readFileSync(join(repository, 'simulator', 'media', name));

function box(type: string, ...parts: Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	const head = Buffer.alloc(8);
	head.writeUInt32BE(content.length + 8);
	head.write(type, 4, 'latin1');
	return Buffer.concat([head, content]);
}

function track(handler: string, width = 0, height = 0): Buffer {
	const size = Buffer.alloc(84);
	size.writeUInt16BE(width, 76);
	size.writeUInt16BE(height, 80);
	const kind = Buffer.alloc(24);
	kind.write(handler, 8, 'latin1');
	return box('trak', box('tkhd', size), box('mdia', box('hdlr', kind)));
}

const oneSecond = Buffer.alloc(100);
oneSecond.writeUInt32BE(1000, 12);
oneSecond.writeUInt32BE(1000, 16);

describe('what a file says about itself', () => {
	it.each([
		['16x9.mp4', 16 / 9],
		['9x16.mp4', 9 / 16],
		['1x1.mp4', 1],
	])('%s has a size of its aspect ratio', (name, ratio) => {
		const clip = clipOf(file(name))!;
		expect(clip.width / clip.height).toBeCloseTo(ratio, 1);
		expect(clip.seconds).toBeGreaterThan(0);
		expect(clip.bytes).toBe(file(name).length);
	});

	it('tells whether there is sound', () => {
		const silent = box('moov', box('mvhd', oneSecond), track('vide', 1360, 752));
		const loud = box('moov', box('mvhd', oneSecond), track('soun'), track('vide', 1360, 752));
		const clip = { width: 1360, height: 752, seconds: 1, hasSound: false };
		expect(clipOf(silent)).toEqual({ ...clip, bytes: silent.length });
		expect(clipOf(loud)).toEqual({ ...clip, hasSound: true, bytes: loud.length });
	});

	it.each([
		['nothing', Buffer.alloc(0)],
		['the beginning of a file', file('16x9.mp4').subarray(0, 200)],
		['a picture', file('16x9.thumbnail.jpg')],
		['sound only', box('moov', box('mvhd', oneSecond), track('soun'))],
	])('says nothing about %s', (_, content) => {
		expect(clipOf(content)).toBeUndefined();
	});
});
