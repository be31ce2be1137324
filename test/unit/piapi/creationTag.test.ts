import { describe, expect, it } from '@jest/globals';

import { isCreationTag, newCreationTag } from '../../../nodes/Luma/piapi/creationTag';

const KEY = 'a-key';

describe('a creation tag', () => {
	it('is recognised by the key and the execution it was made for', () => {
		expect(isCreationTag(newCreationTag(KEY), KEY)).toBe(true);
		expect(isCreationTag(newCreationTag(KEY, '17'), KEY, '17')).toBe(true);
		expect(isCreationTag(newCreationTag(` ${KEY}\n`), KEY)).toBe(true);
	});

	it('is different each time, and does not hold the key', () => {
		const tags = Array.from({ length: 100 }, () => newCreationTag(KEY));
		expect(new Set(tags).size).toBe(100);
		expect(tags.join()).not.toContain(KEY);
	});

	it.each([
		['another key', newCreationTag('another-key', '17')],
		['another execution', newCreationTag(KEY, '18')],
		['no execution', newCreationTag(KEY)],
		['nothing', undefined],
		['an empty text', ''],
		['a list', [newCreationTag(KEY, '17')]],
	])('is refused when it belongs to %s', (_, tag) => {
		expect(isCreationTag(tag, KEY, '17')).toBe(false);
	});

	it('is refused when a part of it was cut or changed', () => {
		const tag = newCreationTag(KEY, '17');
		const [prefix, random, signature] = tag.split('.');
		const changed = [
			tag.slice(0, -1),
			tag.slice(1),
			`${tag}0`,
			`${prefix}.${random}`,
			`${prefix}.${random}.${signature.toUpperCase()}`,
			`${prefix}.${'0'.repeat(random.length)}.${signature}`,
			`${prefix}.${random}.${'0'.repeat(signature.length)}`,
		];
		for (const other of changed) expect(isCreationTag(other, KEY, '17')).toBe(false);
	});
});
