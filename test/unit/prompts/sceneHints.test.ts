import { expect, it } from '@jest/globals';
import { assert, integer, property } from 'fast-check';

import { sceneHints } from '../../../nodes/Luma/prompt/storyboard';

it('says how long each scene is, to a tenth of a second', () => {
	expect(sceneHints(4, 10)[0]).toContain('4 scenes in 10 seconds have about 2.5 seconds each');
	expect(sceneHints(3, 5)[0]).toContain('about 1.7 seconds each');
});

it('advises 10 seconds where the video has 5, and fewer scenes where it has 10', () => {
	expect(sceneHints(3, 5)[0]).toContain("'Duration'");
	expect(sceneHints(5, 10)[0]).not.toContain("'Duration'");
	expect(sceneHints(5, 10)[0]).toContain('fewer scenes');
});

it('says nothing about one or two scenes, or about scenes of 3 seconds and more', () => {
	expect(sceneHints(3, 10)).toEqual([]);
	assert(property(integer({ min: 1, max: 2 }), (count) => sceneHints(count, 5).length === 0));
});

it('speaks of every storyboard whose scenes have less than 3 seconds', () => {
	assert(property(integer({ min: 4, max: 100 }), (count) => sceneHints(count, 10).length === 1));
});
