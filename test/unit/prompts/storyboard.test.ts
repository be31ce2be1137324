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
	it.each([
		[
			'a bouquet of peonies',
			['on a windowsill', 'in a café.', 'in the rain,', 'on a wedding table'],
			'watercolor',
			'Four scenes of one bouquet of peonies. Scene 1: On a windowsill. Scene 2: In a café. ' +
				'Scene 3: In the rain. Scene 4: On a wedding table. Style: watercolor.',
		],
		['An old car', ['a', 'b'], '', 'Two scenes of one old car. Scene 1: A. Scene 2: B.'],
		['The car.', ['a', 'b'], '', 'Two scenes of the car. Scene 1: A. Scene 2: B.'],
		['Anna', ['a', 'b'], '', 'Two scenes of Anna. Scene 1: A. Scene 2: B.'],
		// Blank scenes are skipped and leave no gap, and labels that were typed by hand are not repeated.
		['', ['a', ' ', '...', '', 'b'], '', 'Two scenes. Scene 1: A. Scene 2: B.'],
		[
			'',
			['Scene 1: a', 'scene 2:', 'Scene 3 - b'],
			'Style: ink',
			'Two scenes. Scene 1: A. Scene 2: B. Style: ink.',
		],
		// A single scene needs no number, and the subject alone is never paid for.
		['a fox', ['at dawn'], 'ink', 'A fox. At dawn. Style: ink.'],
		['a fox', [' ', '.'], 'ink', ''],
		['a fox', [], 'ink', ''],
	])('of "%s" in %j with the style "%s" is: %s', (sharedSubject, scenes, style, prompt) => {
		expect(storyboardPrompt({ sharedSubject, style, scenes })).toBe(prompt);
	});

	it('counts more scenes than there are number words', () => {
		const scenes = Array.from({ length: 13 }, () => 'dawn');
		const prompt = storyboardPrompt({ sharedSubject: 'a fox', style: '', scenes });
		expect(prompt).toMatch(/^13 scenes of one fox\. .* Scene 13: Dawn\.$/);
	});

	it('keeps every word and no surplus blanks: subject, then the scenes in their order, then the style', () => {
		fc.assert(
			fc.property(messyStoryboard, (storyboard) => {
				const prompt = storyboardPrompt(storyboard);
				expect(prompt).not.toMatch(UNTIDY);
				const scenes = storyboard.scenes.map(messageOf).filter((words) => words.length > 0);
				fc.pre(scenes.length > 1);
				const style = messageOf(storyboard.style);
				const subject = messageOf(storyboard.sharedSubject);

				const words = messageOf(prompt).slice(1);
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
