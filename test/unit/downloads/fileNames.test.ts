import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, property, string } from 'fast-check';

import {
	nameFromLink,
	nameFromPrompt,
	safeFileName,
	withDistinctNames,
} from '../../../nodes/Luma/jobs/download';

const ID = 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d';

describe('the name that follows from a prompt', () => {
	it.each([
		['A red fox is trotting along a snowy ridge', 'luma-a-red-fox-is-trotting-along'],
		["A bride's café, “déjà vu”!", 'luma-a-brides-cafe-deja-vu'],
		['一只红色狐狸', 'luma-一只红色狐狸'],
		['लाल लोमड़ी', 'luma-लाल-लोमड़ी'],
		['!?', `luma-${ID}`],
		[null, `luma-${ID}`],
	])('has its first words: “%s”', (prompt, name) => {
		expect(nameFromPrompt(prompt, ID)).toBe(name);
	});

	it('is safe and not long, whatever the prompt', () => {
		assert(
			property(string({ unit: 'binary' }), (prompt) => {
				expect(nameFromPrompt(prompt, ID)).toMatch(/^luma-[^\s/\\:.]+$/u);
				expect(Buffer.byteLength(nameFromPrompt(prompt.repeat(50), ID))).toBeLessThanOrEqual(65);
			}),
		);
	});
});

describe('the name of the file behind a link', () => {
	it.each([
		['my%20video%20(final).mp4', 'my video (final)'],
		['%D0%B2%D0%B8%D0%B4%D0%B5%D0%BE.mp4', 'видео'],
		['clip.v2.final.MP4', 'clip.v2.final'],
		['clip.mp4?token=a/b.mov', 'clip'],
		['100%.mp4', '100%'],
		['..%2F..%2Fetc%2Fpasswd', 'etc-passwd'],
		['', 'luma-video'],
		['%2F%00.mp4', 'luma-video'],
	])('is readable: %s', (path, name) => {
		expect(nameFromLink(new URL(`https://media.example.com/videos/${path}`))).toBe(name);
	});
});

describe('the name that a person chose', () => {
	it.each([
		['morning coffee', 'morning coffee'],
		['Morgen Kaffee.MP4', 'Morgen Kaffee'],
		['../../etc/passwd', 'etc-passwd'],
		['C:\\videos\\fox', 'C-videos-fox'],
		['.hidden.', 'hidden'],
		['fox\u202egpj.mp4', 'fox-gpj'],
		['v1.2', 'v1.2'],
		['???', ''],
	])('stays as close as possible to “%s”', (text, name) => {
		expect(safeFileName(text)).toBe(name);
	});

	it.each(['写', '👩‍👩‍👧‍👦', 'é', 'a'])('has whole characters where it is too long: %s', (character) => {
		const name = safeFileName(character.repeat(200));

		expect(Buffer.byteLength(`${name}-10-last-frame-9999.webm`)).toBeLessThanOrEqual(200);
		expect(name.replaceAll(character, '')).toBe('');
		expect(name).not.toBe('');
	});

	it('never leads out of a folder', () => {
		const part = constantFrom('/', '\\', '.', '..', 'a', ' ', ':', '\n', '😀', '\ud800');
		const text = array(part).map((parts) => parts.join(''));
		assert(
			property(text, (name) => {
				expect(safeFileName(name)).not.toMatch(/[/\\:\n]|^\.|\.$/);
				expect(safeFileName(name)).toBe(safeFileName(safeFileName(name)));
			}),
		);
	});
});

describe('files of the same name', () => {
	const named = (...names: string[]) =>
		withDistinctNames(
			names.map((fileName) => ({ data: { data: '', mimeType: 'video/mp4', fileName } })),
		).map((files) => files?.data.fileName);

	it('are numbered in the order of the items, without regard to capital letters', () => {
		const given = named('fox.mp4', 'hen.mp4', 'Fox.mp4', 'fox.mp4');
		expect(given).toEqual(['fox.mp4', 'hen.mp4', 'Fox-2.mp4', 'fox-3.mp4']);
	});

	it('never get a name that another file has', () => {
		const names = array(constantFrom('a.mp4', 'a-2.mp4', 'a-2-2.mp4', 'A.MP4', 'b.jpg', 'c'));
		assert(
			property(names, (all) => {
				const given = named(...all).map((name) => String(name).toLowerCase());
				expect(new Set(given).size).toBe(all.length);
			}),
		);
	});

	it('leaves items without files as they are', () => {
		expect(withDistinctNames([undefined, {}])).toEqual([undefined, {}]);
	});
});
