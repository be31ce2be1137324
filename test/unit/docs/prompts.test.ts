import { expect, it } from '@jest/globals';

import { promptHints } from '../../../nodes/Luma/prompt/hints';
import { read, sectionsOf } from '../../../support/texts/markdown';

const page = read('docs/prompts.md');
const toAvoid = sectionsOf(page).find(({ anchor }) => anchor === 'what-to-avoid')!;

it('shows examples to avoid that the node hints at, with better ones that it does not', () => {
	const rows = toAvoid.rows.map((row) => row.map((cell) => cell.replaceAll('`', '')));

	expect(rows.length).toBeGreaterThan(0);
	for (const [, instead, better] of rows) {
		expect(promptHints(instead)).not.toEqual([]);
		expect(promptHints(better)).toEqual([]);
	}
});

it('lists words to avoid that the node hints at', () => {
	const words = [...page.matchAll(/_([a-z-]+)_/g)].map(([, word]) => word);

	expect(words.length).toBeGreaterThan(0);
	for (const word of words) expect(promptHints(`A ${word} fox is trotting along`)).not.toEqual([]);
});

it('gives only example prompts that need no hint', () => {
	const examples = page.match(/^> .+$/gm) ?? [];

	expect(examples.length).toBeGreaterThan(0);
	for (const example of examples) expect(promptHints(example.slice(2))).toEqual([]);
});
