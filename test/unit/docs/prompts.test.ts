import { expect, it } from '@jest/globals';

import { CAMERA_MOVES } from '../../../nodes/Luma/prompt/camera';
import { guidedPrompt } from '../../../nodes/Luma/prompt/guided';
import { promptHints } from '../../../nodes/Luma/prompt/hints';
import { storyboardPrompt } from '../../../nodes/Luma/prompt/storyboard';
import { read, sectionsOf, type Section } from './markdown';

const sections = sectionsOf(read('docs/prompts.md'));

function section(title: string): Section {
	return sections.find((candidate) => candidate.title === title)!;
}

function textsOf(part: string, rows: string[][]): string[] {
	return rows.filter(([name]) => name === part).map(([, text]) => text);
}

it('shows what the guided mode makes of the parts', () => {
	const { rows, blocks } = section('Guided mode');
	const textOf = (part: string) => textsOf(part, rows)[0];
	const prompt = guidedPrompt({
		subject: textOf('Subject'),
		action: textOf('Action'),
		setting: textOf('Setting'),
		secondaryMotion: textOf('Secondary Motion'),
		camera: CAMERA_MOVES.find(({ label }) => label === textOf('Camera'))?.value,
		lighting: textOf('Lighting'),
		style: textOf('Style'),
		details: textOf('Details'),
	});
	expect(blocks[0].text).toBe(`${prompt}\n`);
});

it('shows what the storyboard mode makes of the scenes', () => {
	const { rows, blocks } = section('Storyboard mode');
	const prompt = storyboardPrompt({
		sharedSubject: textsOf('Shared Subject', rows)[0],
		scenes: textsOf('Scene', rows),
		style: textsOf('Style', rows)[0],
	});
	expect(blocks[0].text).toBe(`${prompt}\n`);
});

it("lists Luma's camera moves", () => {
	const listed = section('Camera moves')
		.text.split('\n')
		.find((line) => line.startsWith('Aerial'));
	expect(listed?.split(', ').sort()).toEqual(CAMERA_MOVES.map(({ label }) => label).sort());
});

it('warns of what the node hints at, and offers what it does not', () => {
	const rows = section('What hurts').rows.map((row) => row.map((cell) => cell.replaceAll('`', '')));
	expect(rows).toHaveLength(4);
	for (const [, instead, better] of rows) {
		expect(promptHints(instead)).toHaveLength(1);
		expect(promptHints(better)).toEqual([]);
	}
	const { text } = section('What hurts');
	for (const word of [
		'vibrant',
		'whimsical',
		'hyper-realistic',
		'beautiful',
		'amazing',
		'stunning',
	]) {
		expect(text).toContain(word);
		expect(promptHints(`A ${word} fox is trotting along`)).toHaveLength(1);
	}
});

it('gives examples that need no hint', () => {
	const examples = read('docs/prompts.md').match(/^> .+$/gm) ?? [];
	expect(examples.length).toBeGreaterThan(3);
	for (const example of examples) expect(promptHints(example.slice(2))).toEqual([]);
});
