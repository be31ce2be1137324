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
	it('reads like a description written by hand', () => {
		expect(
			guidedPrompt({
				subject: 'a red fox',
				action: 'trotting along a ridge',
				setting: 'at dawn',
				secondaryMotion: 'grass swaying in the wind',
				camera: 'orbitLeft',
				lighting: 'soft morning light',
				style: 'documentary style',
				details: 'dew on the fur',
			}),
		).toBe(
			'A red fox trotting along a ridge at dawn, grass swaying in the wind. Camera orbits left. ' +
				'Soft morning light. Documentary style. Dew on the fur.',
		);
	});

	it('reads the same when every field was typed as a sentence', () => {
		expect(
			guidedPrompt({
				subject: 'A red fox.',
				action: 'Trotting along a ridge,',
				setting: 'At dawn.',
				secondaryMotion: 'the grass swaying!',
				lighting: 'Soft light?',
				style: 'Documentary;',
			}),
		).toBe('A red fox trotting along a ridge at dawn, the grass swaying! Soft light? Documentary.');
	});

	it('links a place by a comma unless it starts with a word such as "in"', () => {
		expect(guidedPrompt({ subject: 'a fox', setting: 'snowy forest' })).toBe(
			'A fox, snowy forest.',
		);
		expect(guidedPrompt({ subject: 'a fox', setting: 'In a forest' })).toBe('A fox in a forest.');
		expect(guidedPrompt({ subject: 'a fox', setting: 'inland forest' })).toBe(
			'A fox, inland forest.',
		);
	});

	it('starts a new sentence where a capital would look wrong behind a comma', () => {
		expect(guidedPrompt({ subject: 'a fox', secondaryMotion: 'Grass swaying' })).toBe(
			'A fox. Grass swaying.',
		);
	});

	it('leaves whole sentences whole', () => {
		expect(
			guidedPrompt({ subject: 'A fox. It limps.', action: 'running', setting: 'in the snow' }),
		).toBe('A fox. It limps. Running in the snow.');
	});

	it.each([
		['an abbreviation', 'Mr. Fox', 'Mr. Fox running.'],
		['a decimal', 'a fox at f/1.8', 'A fox at f/1.8 running.'],
		['a decimal without its zero', '.5 mm lens shot', '.5 mm lens shot running.'],
		['a name with a small letter', 'iPhone', 'iPhone running.'],
		['a pause', 'a fox waiting... then', 'A fox waiting... then running.'],
	])('leaves %s alone', (_what, subject, expected) => {
		expect(guidedPrompt({ subject, action: 'running' })).toBe(expected);
	});

	it('adds no full stop behind a quotation that has one', () => {
		expect(guidedPrompt({ details: 'a sign reads "Stop."' })).toBe('A sign reads "Stop."');
	});

	it('takes the full-width punctuation of Chinese as punctuation', () => {
		expect(guidedPrompt({ subject: '一只红色狐狸。', lighting: '晨光。' })).toBe(
			'一只红色狐狸。 晨光。',
		);
	});

	it.each([
		{},
		{ subject: ' ', details: '\n' },
		{ subject: '...', style: ',' },
		{ subject: '—', details: '( )' },
	])('is empty when nothing was filled in: %j', (parts) => {
		expect(guidedPrompt(parts)).toBe('');
	});

	it('leaves out a camera move that Luma does not know', () => {
		expect(guidedPrompt({ subject: 'a fox', camera: 'sideways' as CameraMove })).toBe('A fox.');
	});

	it('accepts the null and the number that an expression may hand over', () => {
		const parts = { subject: null, details: 42 } as unknown as GuidedPrompt;
		expect(guidedPrompt(parts)).toBe('42.');
	});

	it('removes surplus blanks from any input', () => {
		fc.assert(
			fc.property(messyParts, (parts) => {
				expect(guidedPrompt(parts)).not.toMatch(UNTIDY);
			}),
		);
	});

	it("keeps every word of every field in Luma's order", () => {
		fc.assert(
			fc.property(messyParts, (parts) => {
				expect(messageOf(guidedPrompt(parts))).toEqual(texts(parts).flatMap(messageOf));
			}),
		);
	});

	it('starts with a capital', () => {
		fc.assert(
			fc.property(messyParts, (parts) => {
				const withLatinSubject = { ...parts, subject: `a ${parts.subject ?? ''}` };
				expect(guidedPrompt(withLatinSubject)).toMatch(/^A/);
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

	it('stays as it is when given back as the details', () => {
		fc.assert(
			fc.property(messyParts, (parts) => {
				const prompt = guidedPrompt(parts);
				expect(guidedPrompt({ details: prompt })).toBe(prompt);
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
