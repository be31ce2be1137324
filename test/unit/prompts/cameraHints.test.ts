import { describe, expect, it } from '@jest/globals';

import { CAMERA_MOVES } from '../../../nodes/Luma/prompt/camera';
import { guidedPrompt } from '../../../nodes/Luma/prompt/guided';
import { promptHints } from '../../../nodes/Luma/prompt/hints';
import { namedWords } from '../../../support/prompts/namedWords';

describe('a hint about several camera moves', () => {
	it.each([
		['the camera pans left, then zooms in on the fox', 'pans left, zooms in'],
		['a fox. Push-in, slow orbit to the right', 'push-in, orbit to the right'],
		['dolly zoom in a hall, camera cranes slowly up', 'dolly zoom, cranes slowly up'],
		['static camera on a fox, camera tilts up', 'static camera, tilts up'],
		['bolt cam shot of a fox, dollying out', 'bolt cam, dollying out'],
	])('names the moves in: %s', (prompt, words) => {
		expect(namedWords(prompt)).toEqual([words]);
	});

	it.each([
		['one move', 'a fox at dawn, the camera pans left'],
		['one move in two forms', 'pan left along the ridge, panning left past a fox'],
		[
			'one move with and without its direction',
			'the camera pans, slowly panning left over the hill',
		],
		['a viewpoint with one move', 'low angle POV shot of a fox, handheld, the camera zooms in'],
		['things that move in the scene', 'the truck left the garage as the camera tilts up'],
		['weather that moves', 'fog rolls in over the bay while the camera tilts up'],
		['things that people do', 'a knight pulls out a sword while the camera orbits left'],
		['things that lie about', 'a pan left on the stove, camera zooms in'],
		['words that end like one', 'a bridge spanning left of a mill, the scroll right of it'],
		['words that begin like one', 'pan leftovers and a zoom insert on a table'],
	])('is absent for %s', (_what, prompt) => {
		expect(promptHints(prompt)).toEqual([]);
	});

	it.each(CAMERA_MOVES)('is absent for a guided prompt with $value alone', ({ value }) => {
		expect(
			promptHints(guidedPrompt({ subject: 'a fox', action: 'trotting', camera: value })),
		).toEqual([]);
	});

	it.each(
		CAMERA_MOVES.filter(({ value }) =>
			/(?:In|Out|Left|Right|Up|Down)$|dollyZoom|static/.test(value),
		),
	)('knows the move $value by the words of the guided prompt', ({ value, phrase }) => {
		const other = value === 'boltCam' ? 'dolly zoom' : 'bolt cam';
		expect(promptHints(`A fox trotting. ${phrase}. ${other}.`)).toHaveLength(1);
		expect(promptHints(`A fox trotting. ${phrase}. ${phrase}.`)).toEqual([]);
	});
});
