import { expect, it } from '@jest/globals';
import execa from 'execa';

import { repository } from '../../../scripts/n8n/versions';
import { read, sectionsOf } from '../../../support/texts/markdown';

it('keeps the generated parts of the docs up to date with the code', async () => {
	const program = ['--import', 'tsx', 'scripts/docs/main.ts', '--check'];
	const { stderr } = await execa('node', program, { cwd: repository, reject: false });
	expect(stderr).toBe('');
});

it('explains every field that the sample outputs of docs/operations.md have', () => {
	const sections = sectionsOf(read('docs/operations.md'));
	const ofVideos = sections
		.filter(({ level, blocks }) => level === 2 && blocks.length > 0)
		.filter(({ title }) => title.startsWith('Video'));
	const shared = sections.find(({ anchor }) => anchor === 'fields-of-the-output')?.rows ?? [];

	expect(ofVideos.length).toBeGreaterThan(0);
	for (const { blocks, rows } of ofVideos) {
		const names = [...shared, ...rows].flatMap(([name]) => name.replaceAll('`', '').split(', '));
		for (const { text } of blocks) {
			expect(names).toEqual(expect.arrayContaining(Object.keys(JSON.parse(text) as object)));
		}
	}
});
