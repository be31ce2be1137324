import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { CAMERA_MOVES } from '../../../nodes/Luma/prompt/camera';
import { guidedPrompt } from '../../../nodes/Luma/prompt/guided';
import { promptHints } from '../../../nodes/Luma/prompt/hints';
import { plainWord } from '../../../support/prompts/arbitraries';

/** The words that each hint for a prompt names, one string a hint. */
function namedWords(prompt: string): string[] {
	return promptHints(prompt).map((hint) => {
		const found = /\(((?:"[^"]+"(?:, )?)+)\)|with ((?:"[^"]+"(?:, )?)+)/.exec(hint);
		return (found?.[1] ?? found?.[2] ?? '').replaceAll('"', '').replace(/, $/, '');
	});
}

it.each([
	// Negations.
	['a street with no people', 'no'],
	['NOT a single car around', 'not'],
	["a fox, don't show cars", "don't"],
	['a fox, don’t show cars', "don't"],
	['the fox never looks up', 'never'],
	['a fox, avoiding people', 'avoiding'],
	['a fox. --no cars here', 'no'],
	['no cars, no people, without snow', 'no, without'],
	// Words that make results worse.
	...['vibrant', 'whimsical', 'beautiful', 'amazing', 'Stunning', 'hyperrealistic'].map((word) => [
		`a ${word} fox running`,
		word.toLowerCase(),
	]),
	['a hyper-realistic fox', 'hyper-realistic'],
	['a hyper\nrealistic fox', 'hyper realistic'],
	['a vibrant-coloured fox', 'vibrant'],
	['a stunning fox, amazing light, stunning fur', 'stunning, amazing'],
	// Several camera moves.
	['the camera pans left, then zooms in on the fox', 'pans left, zooms in'],
	['a fox. Push-in, slow orbit to the right', 'push-in, orbit to the right'],
	['dolly zoom in a hall, camera cranes slowly up', 'dolly zoom, cranes slowly up'],
	['static camera on a fox, camera tilts up', 'static camera, tilts up'],
	['bolt cam shot of a fox, dollying out', 'bolt cam, dollying out'],
])('a hint names each word once in: %s', (prompt, words) => {
	expect(namedWords(prompt)).toEqual([words]);
});

it.each([
	'nothing but a knot on a notebook in the north',
	'a bottle of perfume No. 5 on a table',
	'a bottle of perfume No.5 on a table',
	'a never-ending corridor and no-one around',
	'a piano étude in the nóvember fog',
	'Avoidance and noon in Notting Hill',
	'a realistic fox, unvibrant, amazingness, beautifully lit',
	// One camera move, in whatever forms; a viewpoint is none.
	'a fox at dawn, the camera pans left',
	'pan left along the ridge, panning left past a fox',
	'the camera pans, slowly panning left over the hill',
	'low angle POV shot of a fox, handheld, the camera zooms in',
	// What only reads like a camera move.
	'the truck left the garage as the camera tilts up',
	'fog rolls in over the bay while the camera tilts up',
	'a knight pulls out a sword while the camera orbits left',
	'a pan left on the stove, camera zooms in',
	'a bridge spanning left of a mill, the scroll right of it',
	'pan leftovers and a zoom insert on a table',
	// A blank prompt is told by the caller, and a script without blanks has few "words".
	' \n ',
	'一只红色狐狸在雪中奔跑',
])('there is no hint for: %s', (prompt) => {
	expect(promptHints(prompt)).toEqual([]);
});

it('knows each camera move by the words of the guided prompt, and has no remark about one alone', () => {
	for (const { value, phrase } of CAMERA_MOVES) {
		const prompt = guidedPrompt({ subject: 'a fox', action: 'trotting', camera: value });
		expect([value, promptHints(prompt)]).toEqual([value, []]);
		// A viewpoint is no move.
		if (!/(?:In|Out|Left|Right|Up|Down)$|dollyZoom|static/.test(value)) continue;
		expect([value, promptHints(`${prompt} Bolt cam.`).length]).toEqual([value, 1]);
		expect([value, promptHints(`${prompt} ${phrase}.`)]).toEqual([value, []]);
	}
});

describe('a hint about the length', () => {
	const words = (count: number) => Array.from({ length: count }, () => 'fox').join(' ');

	it.each([
		[words(1), ['("fox")']],
		[words(2), ['("fox fox")']],
		[words(3), []],
		[words(200), []],
		[words(201), ['201 words']],
		// Punctuation is no word.
		['fox - - - !', ['("fox - - - !")']],
		[`${words(200)} - (!) …`, []],
		// Of an endless word it quotes the beginning, and no half characters.
		['🦊'.repeat(1000), [`("${'🦊'.repeat(60)}")`]],
	])('asks for 3 to 200 words: %s', (prompt, said) => {
		expect(promptHints(prompt)).toEqual(said.map((text) => expect.stringContaining(text)));
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
		expect(hints[1]).toContain('describe what should be seen');
	});

	it('name a listed word wherever it stands, and nothing where there is none', () => {
		const around = fc.array(plainWord, { minLength: 2, maxLength: 50 });
		const listed = fc.constantFrom('no', 'without', 'vibrant', 'hyper-realistic', 'Stunning');
		fc.assert(
			fc.property(around, listed, around, (before, word, after) => {
				// "no 16:9" would be a number, as in "No. 5".
				const prompt = [...before, word, 'fox', ...after].join(' ');
				expect(namedWords(prompt)).toEqual([word.toLowerCase()]);
				expect(promptHints([...before, 'fox', ...after].join(' '))).toEqual([]);
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
		...['A red fox trotting along a ridge at dawn. ', 'no ', 'camera slowly '],
		...['pan slowly slowly slowly ', 'hyper-', "don'", ' ', '-', 'a', '\ud83d'],
	])('come to an end for a prompt of megabytes of "%s"', (unit) => {
		// Comparing every word with every other would take hours: then the test's time limit ends it.
		const prompt = unit.repeat(Math.ceil(4_000_000 / unit.length));
		expect(promptHints(prompt).length).toBeLessThan(20);
	});
});
