import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { promptHints } from '../../../nodes/Luma/prompt/hints';
import { plainWord } from '../../../support/prompts/arbitraries';
import { namedWords } from '../../../support/prompts/namedWords';

describe('a hint about negations', () => {
	it.each([
		['a street with no people', 'no'],
		['NOT a single car around', 'not'],
		['a beach without tourists', 'without'],
		["a fox, don't show cars", "don't"],
		['a fox, don’t show cars', "don't"],
		['the fox never looks up', 'never'],
		['a fox, avoiding people', 'avoiding'],
		['a fox. --no cars here', 'no'],
		['no cars, no people, without snow', 'no, without'],
	])('names the word in: %s', (prompt, words) => {
		expect(namedWords(prompt)).toEqual([words]);
	});

	it.each([
		'nothing but a knot on a notebook in the north',
		'a bottle of perfume No. 5 on a table',
		'a bottle of perfume No.5 on a table',
		'a never-ending corridor and no-one around',
		'a piano étude in the nóvember fog',
		'Avoidance and noon in Notting Hill',
	])('is absent in: %s', (prompt) => {
		expect(promptHints(prompt)).toEqual([]);
	});

	it('says what to do instead', () => {
		expect(promptHints('a street with no people')[0]).toContain('describe what should be seen');
	});
});

describe('a hint about words that make results worse', () => {
	it.each(['vibrant', 'whimsical', 'beautiful', 'amazing', 'Stunning', 'hyperrealistic'])(
		'names %s',
		(word) => {
			expect(namedWords(`a ${word} fox running`)).toEqual([word.toLowerCase()]);
		},
	);

	it.each([
		['a hyper-realistic fox', 'hyper-realistic'],
		['a hyper\nrealistic fox', 'hyper realistic'],
		['a vibrant-coloured fox', 'vibrant'],
		['a stunning fox, amazing light, stunning fur', 'stunning, amazing'],
	])('names each word once in: %s', (prompt, words) => {
		expect(namedWords(prompt)).toEqual([words]);
	});

	it('is absent for words that merely contain them', () => {
		expect(promptHints('a realistic fox, unvibrant, amazingness, beautifully lit')).toEqual([]);
	});
});

describe('a hint about the length', () => {
	const words = (count: number) => Array.from({ length: count }, () => 'fox').join(' ');

	it.each([1, 2])('asks for more than %d words', (count) => {
		expect(promptHints(words(count))).toEqual([expect.stringContaining(`("${words(count)}")`)]);
	});

	it.each([3, 100, 200])('is absent for %d words', (count) => {
		expect(promptHints(words(count))).toEqual([]);
	});

	it('asks for fewer than 201 words', () => {
		expect(promptHints(words(201))).toEqual([expect.stringContaining('201 words')]);
	});

	it('does not count punctuation as words', () => {
		expect(promptHints('fox - - - !')).toHaveLength(1);
		expect(promptHints(`${words(200)} - (!) …`)).toEqual([]);
	});

	it('is absent for a blank prompt, which the caller reports', () => {
		expect(promptHints(' \n ')).toEqual([]);
	});

	it('is absent for a short text in a script without blanks', () => {
		expect(promptHints('一只红色狐狸在雪中奔跑')).toEqual([]);
	});

	it('quotes the beginning of one endless word, and no half characters', () => {
		const [hint] = promptHints('🦊'.repeat(1000));
		expect(hint).toContain(`("${'🦊'.repeat(60)}")`);
	});
});

describe('the hints', () => {
	it('come in the same order whatever the order of the words', () => {
		const weak = 'zooms in, pans left, amazing, without';
		const hints = promptHints(`${weak} ${'fox '.repeat(200)}`);
		expect(hints.map((hint) => hint.split(' ').slice(0, 3).join(' '))).toEqual([
			'The prompt has',
			'Luma tends to',
			"Luma's results tend",
			'Several camera moves',
		]);
	});

	it('are absent for a prompt with none of the listed words', () => {
		fc.assert(
			fc.property(fc.array(plainWord, { minLength: 3, maxLength: 200 }), (words) => {
				expect(promptHints(words.join(' '))).toEqual([]);
			}),
		);
	});

	it('find a listed word wherever it stands', () => {
		const around = fc.array(plainWord, { minLength: 2, maxLength: 50 });
		const listed = fc.constantFrom('no', 'without', 'vibrant', 'hyper-realistic', 'Stunning');
		fc.assert(
			fc.property(around, listed, around, (before, word, after) => {
				// "no 16:9" would be a number, as in "No. 5".
				const prompt = [...before, word, 'fox', ...after].join(' ');
				expect(namedWords(prompt)).toEqual([word.toLowerCase()]);
			}),
		);
	});

	it('never throw, are sentences and are the same every time, whatever the text', () => {
		const anything = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 300 }),
			fc
				.array(fc.constantFrom('no', "don't", 'camera', 'pans', 'left', '-', '\ud83d', '\n', 'İ'))
				.map((parts) => parts.join(' ')),
		);
		fc.assert(
			fc.property(anything, (prompt) => {
				const hints = promptHints(prompt);
				for (const hint of hints) expect(hint).toMatch(/^[A-Z][^]*\.$/);
				expect(promptHints(prompt)).toEqual(hints);
			}),
		);
	});

	it.each([
		'A red fox trotting along a ridge at dawn. ',
		'no ',
		'camera slowly ',
		'pan slowly slowly slowly ',
		'hyper-',
		"don'",
		'.',
		' ',
		'-',
		'a',
		'🦊',
		'\ud83d',
	])('come to an end for a prompt of megabytes of "%s"', (unit) => {
		// Comparing every word with every other would take hours: then the test's time limit ends it.
		const prompt = unit.repeat(Math.ceil(4_000_000 / unit.length));
		expect(promptHints(prompt).length).toBeLessThan(20);
	});
});
