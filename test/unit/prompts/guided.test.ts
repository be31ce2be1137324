import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { CAMERA_MOVES, cameraPhrase, type CameraMove } from '../../../nodes/Luma/prompt/camera';
import { guidedPrompt, type GuidedPrompt } from '../../../nodes/Luma/prompt/guided';
import { messyText, UNTIDY, messageOf } from '../../../support/prompts/arbitraries';

const field = fc.option(messyText, { nil: undefined });
const messyParts: fc.Arbitrary<GuidedPrompt> = fc.record({
	subject: field,
	action: field,
	setting: field,
	secondaryMotion: field,
	camera: fc.option(fc.constantFrom(...CAMERA_MOVES.map(({ value }) => value)), { nil: undefined }),
	lighting: field,
	style: field,
	details: field,
});

function texts(parts: GuidedPrompt): string[] {
	const { subject, action, setting, secondaryMotion, camera, lighting, style, details } = parts;
	const phrase = camera && cameraPhrase(camera);
	return [subject, action, setting, secondaryMotion, phrase, lighting, style, details].map(
		(text) => text ?? '',
	);
}

describe('a guided prompt', () => {
	it.each<[string, GuidedPrompt, string]>([
		[
			'reads like a description written by hand',
			{
				subject: 'a red fox',
				action: 'trotting along a ridge',
				setting: 'at dawn',
				secondaryMotion: 'grass swaying in the wind',
				camera: 'orbitLeft',
				lighting: 'soft morning light',
				style: 'documentary style',
				details: 'dew on the fur',
			},
			'A red fox trotting along a ridge at dawn, grass swaying in the wind. Camera orbits left. ' +
				'Soft morning light. Documentary style. Dew on the fur.',
		],
		[
			'reads the same when every field was typed as a sentence',
			{
				subject: 'A red fox.',
				action: 'Trotting along a ridge,',
				setting: 'At dawn.',
				secondaryMotion: 'the grass swaying!',
				lighting: 'Soft light?',
				style: 'Documentary;',
			},
			'A red fox trotting along a ridge at dawn, the grass swaying! Soft light? Documentary.',
		],
		[
			'links a place by a comma',
			{ subject: 'a fox', setting: 'snowy forest' },
			'A fox, snowy forest.',
		],
		[
			'links "In …" without one',
			{ subject: 'a fox', setting: 'In a forest' },
			'A fox in a forest.',
		],
		[
			'knows what only begins with "in"',
			{ subject: 'a fox', setting: 'inland forest' },
			'A fox, inland forest.',
		],
		[
			'starts a new sentence where a capital would look wrong behind a comma',
			{ subject: 'a fox', secondaryMotion: 'Grass swaying' },
			'A fox. Grass swaying.',
		],
		[
			'leaves whole sentences whole',
			{ subject: 'A fox. It limps.', action: 'running', setting: 'in the snow' },
			'A fox. It limps. Running in the snow.',
		],
		['leaves an abbreviation alone', { subject: 'Mr. Fox', action: 'running' }, 'Mr. Fox running.'],
		[
			'leaves a decimal alone',
			{ subject: 'a fox at f/1.8', action: 'runs' },
			'A fox at f/1.8 runs.',
		],
		[
			'leaves a decimal without its zero alone',
			{ subject: '.5 mm lens shot', action: 'runs' },
			'.5 mm lens shot runs.',
		],
		[
			'leaves a name with a small letter alone',
			{ subject: 'iPhone', action: 'ringing' },
			'iPhone ringing.',
		],
		[
			'leaves a pause alone',
			{ subject: 'a fox waits... then', action: 'runs' },
			'A fox waits... then runs.',
		],
		[
			'adds no full stop behind a quotation that has one',
			{ details: 'a sign reads "Stop."' },
			'A sign reads "Stop."',
		],
		[
			'takes the full-width punctuation of Chinese as punctuation',
			{ subject: '一只红色狐狸。', lighting: '晨光。' },
			'一只红色狐狸。 晨光。',
		],
		[
			'leaves out a camera move that Luma does not know',
			{ subject: 'a fox', camera: 'x' as CameraMove },
			'A fox.',
		],
		[
			'takes the null and the number that an expression may hand over',
			{ subject: null, details: 42 } as unknown as GuidedPrompt,
			'42.',
		],
	])('%s', (_, parts, prompt) => {
		expect(guidedPrompt(parts)).toBe(prompt);
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
				const respaced = Object.fromEntries(
					Object.entries(parts).map(([name, text]) => [
						name,
						name === 'camera' ? text : text && blank + text.replace(/\s+/g, blank) + blank,
					]),
				);
				expect(guidedPrompt(respaced)).toBe(guidedPrompt(parts));
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
