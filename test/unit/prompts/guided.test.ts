import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { CAMERA_MOVES, cameraPhrase } from '../../../nodes/Luma/prompt/camera';
import { guidedPrompt, type GuidedPrompt } from '../../../nodes/Luma/prompt/guided';
import { messyText, UNTIDY, messageOf } from '../../../support/prompts/arbitraries';

const field = fc.option(messyText, { nil: undefined });
const camera = fc.constantFrom(undefined, ...CAMERA_MOVES.map(({ value }) => value));
const messyParts: fc.Arbitrary<GuidedPrompt> = fc.record({
	...{ subject: field, action: field, setting: field, secondaryMotion: field, camera },
	...{ lighting: field, style: field, details: field },
});

/** In the order of the arbitrary, which is Luma's. */
function texts(parts: GuidedPrompt): string[] {
	return Object.entries(parts).map(([name, text]) =>
		name === 'camera' ? cameraPhrase(text ?? '') : (text ?? ''),
	);
}

describe('a guided prompt', () => {
	const fields = {
		subject: 'a red fox',
		action: 'trotting along a ridge',
		setting: 'at dawn',
		secondaryMotion: 'grass swaying in the wind',
		camera: 'orbitLeft',
		lighting: 'soft morning light',
		style: 'documentary style',
		details: 'dew on the fur',
	} as const;
	const sentences = {
		subject: 'A red fox.',
		action: 'Trotting along a ridge,',
		setting: 'At dawn.',
		secondaryMotion: 'the grass swaying!',
		lighting: 'Soft light?',
		style: 'Documentary;',
	};

	it('reads like a description written by hand, also when every field was typed as a sentence', () => {
		expect(guidedPrompt(fields)).toBe(
			'A red fox trotting along a ridge at dawn, grass swaying in the wind. Camera orbits left. ' +
				'Soft morning light. Documentary style. Dew on the fur.',
		);
		expect(guidedPrompt(sentences)).toBe(
			'A red fox trotting along a ridge at dawn, the grass swaying! Soft light? Documentary.',
		);
	});

	it.each<[object, string]>([
		// A place comes after a comma, unless it begins with "In"; a capital would look wrong behind one.
		[{ subject: 'a fox', setting: 'snowy forest' }, 'A fox, snowy forest.'],
		[{ subject: 'a fox', setting: 'In a forest' }, 'A fox in a forest.'],
		[{ subject: 'a fox', setting: 'inland forest' }, 'A fox, inland forest.'],
		[{ subject: 'a fox', secondaryMotion: 'Grass swaying' }, 'A fox. Grass swaying.'],
		// Whole sentences, abbreviations, decimals, names with a small letter, pauses and quotations stay.
		[{ subject: 'A fox. It limps.', action: 'running' }, 'A fox. It limps. Running.'],
		[{ subject: 'Mr. Fox', action: 'running' }, 'Mr. Fox running.'],
		[{ subject: 'a fox at f/1.8', action: 'runs' }, 'A fox at f/1.8 runs.'],
		[{ subject: '.5 mm lens shot', action: 'runs' }, '.5 mm lens shot runs.'],
		[{ subject: 'iPhone', action: 'ringing' }, 'iPhone ringing.'],
		[{ subject: 'a fox waits... then', action: 'runs' }, 'A fox waits... then runs.'],
		[{ details: 'a sign reads "Stop."' }, 'A sign reads "Stop."'],
		// The full-width punctuation of Chinese is punctuation.
		[{ subject: '一只红色狐狸。', lighting: '晨光。' }, '一只红色狐狸。 晨光。'],
		// What an expression may hand over: an unknown camera move, null, a number.
		[{ subject: 'a fox', camera: 'x' }, 'A fox.'],
		[{ subject: null, details: 42 }, '42.'],
	])('of %j is: %s', (parts, prompt) => {
		expect(guidedPrompt(parts as GuidedPrompt)).toBe(prompt);
	});

	it.each([
		{},
		{ subject: ' ', details: '\n' },
		{ subject: '...', style: ',' },
		{ subject: '—', details: '( )' },
	])('is empty when nothing was filled in: %j', (parts) => {
		expect(guidedPrompt(parts)).toBe('');
	});

	it("keeps every word of every field in Luma's order, without surplus blanks", () => {
		fc.assert(
			fc.property(messyParts, (parts) => {
				const prompt = guidedPrompt(parts);
				expect(prompt).not.toMatch(UNTIDY);
				expect(messageOf(prompt)).toEqual(texts(parts).flatMap(messageOf));
				expect(guidedPrompt({ ...parts, subject: `a ${parts.subject ?? ''}` })).toMatch(/^A/);
				// Given back as the details, it stays as it is.
				expect(guidedPrompt({ details: prompt })).toBe(prompt);
			}),
		);
	});

	it('is the same however the blanks were typed', () => {
		fc.assert(
			fc.property(messyParts, fc.constantFrom('  ', '\n', '\t\t', ' \u00a0 '), (parts, blank) => {
				const { camera, ...typed } = parts;
				const respaced = Object.entries(typed).map(([name, text]) => [
					name,
					text && blank + text.replace(/\s+/g, blank) + blank,
				]);
				const other = { ...(Object.fromEntries(respaced) as GuidedPrompt), camera };
				expect(guidedPrompt(other)).toBe(guidedPrompt(parts));
			}),
		);
	});

	it('never throws, whatever the text', () => {
		const anything = fc.string({ unit: 'binary' });
		fc.assert(
			fc.property(anything, anything, anything, (subject, setting, details) => {
				expect(typeof guidedPrompt({ subject, setting, details })).toBe('string');
			}),
		);
	});
});
