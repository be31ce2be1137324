import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { sceneHints, storyboardPrompt } from '../../../nodes/Luma/prompt/storyboard';
import { messyText, UNTIDY, messageOf } from '../../../support/prompts/arbitraries';

const messyStoryboard = fc.record({
	sharedSubject: messyText,
	style: messyText,
	scenes: fc.array(messyText, { maxLength: 14 }),
});

describe('a storyboard prompt', () => {
	it('shows one subject in several scenes with one style', () => {
		expect(
			storyboardPrompt({
				sharedSubject: 'a bouquet of peonies',
				style: 'watercolor',
				scenes: ['on a windowsill', 'in a café.', 'in the rain,', 'on a wedding table'],
			}),
		).toBe(
			'Four scenes of one bouquet of peonies. Scene 1: On a windowsill. Scene 2: In a café. ' +
				'Scene 3: In the rain. Scene 4: On a wedding table. Style: watercolor.',
		);
	});

	it.each([
		['An old car', 'Two scenes of one old car.'],
		['The Eiffel Tower.', 'Two scenes of the Eiffel Tower.'],
		['Anna', 'Two scenes of Anna.'],
		['', 'Two scenes.'],
	])('introduces the subject "%s" as: %s', (sharedSubject, opening) => {
		expect(storyboardPrompt({ sharedSubject, style: '', scenes: ['day', 'night'] })).toBe(
			`${opening} Scene 1: Day. Scene 2: Night.`,
		);
	});

	it('skips blank scenes and numbers the others without a gap', () => {
		const scenes = ['day', ' ', '...', '', 'night'];
		expect(storyboardPrompt({ sharedSubject: '', style: '', scenes })).toBe(
			'Two scenes. Scene 1: Day. Scene 2: Night.',
		);
	});

	it('does not repeat labels that were typed by hand', () => {
		expect(
			storyboardPrompt({
				sharedSubject: '',
				style: 'Style: ink',
				scenes: ['Scene 1: day', 'scene 2:', 'Scene 3 - night'],
			}),
		).toBe('Two scenes. Scene 1: Day. Scene 2: Night. Style: ink.');
	});

	it('needs no numbers for a single scene', () => {
		expect(storyboardPrompt({ sharedSubject: 'a fox', style: 'ink', scenes: ['at dawn'] })).toBe(
			'A fox. At dawn. Style: ink.',
		);
	});

	it('counts more scenes than there are number words', () => {
		const scenes = Array.from({ length: 13 }, () => 'dawn');
		const prompt = storyboardPrompt({ sharedSubject: 'a fox', style: '', scenes });
		expect(prompt).toMatch(/^13 scenes of one fox\. .* Scene 13: Dawn\.$/);
	});

	it('is empty without a scene, so that the subject alone is never paid for', () => {
		expect(storyboardPrompt({ sharedSubject: 'a fox', style: 'ink', scenes: [' ', '.'] })).toBe('');
		expect(storyboardPrompt({ sharedSubject: 'a fox', style: 'ink', scenes: [] })).toBe('');
	});

	it('removes surplus blanks from any input', () => {
		fc.assert(
			fc.property(messyStoryboard, (storyboard) => {
				expect(storyboardPrompt(storyboard)).not.toMatch(UNTIDY);
			}),
		);
	});

	it('keeps every word: subject first, then the scenes in their order, then the style', () => {
		fc.assert(
			fc.property(messyStoryboard, (storyboard) => {
				const scenes = storyboard.scenes.map(messageOf).filter((words) => words.length > 0);
				fc.pre(scenes.length > 1);
				const style = messageOf(storyboard.style);
				const subject = messageOf(storyboard.sharedSubject);

				const words = messageOf(storyboardPrompt(storyboard)).slice(1);
				expect(words).toEqual([
					'scenes',
					...(subject.length > 0 ? ['of', ...subject] : []),
					...scenes.flatMap((scene, i) => ['scene', `${i + 1}`, ...scene]),
					...(style.length > 0 ? ['style', ...style] : []),
				]);
			}),
		);
	});
});

it.each([
	[3, 5, 'about 1.7 seconds each', "'Duration'"],
	[4, 10, '4 scenes in 10 seconds have about 2.5 seconds each', 'fewer scenes'],
])(
	'says how long each of %d scenes in %d seconds is, and what to do',
	(count, seconds, ...said) => {
		const [hint] = sceneHints(count, seconds);
		for (const words of said) expect(hint).toContain(words);
		expect(hint.includes("'Duration'")).toBe(seconds === 5);
	},
);

it('speaks of every storyboard of more than two scenes that have less than 3 seconds', () => {
	for (let count = 1; count <= 100; count++) {
		expect([count, sceneHints(count, 5).length]).toEqual([count, count > 2 ? 1 : 0]);
		expect([count, sceneHints(count, 10).length]).toEqual([count, count > 3 ? 1 : 0]);
	}
});
