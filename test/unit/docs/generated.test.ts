import { describe, expect, it } from '@jest/globals';
import execa from 'execa';

import { fill, placeFor } from '../../../scripts/docs/markers';
import { stable } from '../../../scripts/docs/stable';
import { read, repository, sectionsOf } from './markdown';

// It takes 6 seconds; a busy machine needs many times that.
const LIMIT_MS = 300_000;

it(
	'keeps the generated parts of the docs up to date with the code',
	async () => {
		const program = ['--import', 'tsx', 'scripts/docs/main.ts', '--check'];
		const { stderr } = await execa('node', program, { cwd: repository, reject: false });
		expect(stderr).toBe('');
	},
	LIMIT_MS,
);

it('explains every field that the sample outputs of docs/operations.md have', () => {
	const sections = sectionsOf(read('docs/operations.md'));
	const samples = sections
		.filter(({ level, blocks }) => level === 2 && blocks.length > 0)
		.filter(({ title }) => title.startsWith('Video'))
		.flatMap(({ blocks }) => blocks.map(({ text }) => JSON.parse(text) as object));
	const explained = sections.find(({ anchor }) => anchor === 'fields-of-the-output')?.rows ?? [];
	const names = explained.map(([name]) => name.replaceAll('`', ''));

	expect(samples.length).toBeGreaterThan(0);
	for (const sample of samples) expect(names).toEqual(expect.arrayContaining(Object.keys(sample)));
});

describe('filling the markers of a page', () => {
	const page = `Written by hand.\n\n${placeFor('fields')}\n\nAlso by hand.\n`;

	it('replaces what stands between them and leaves the rest as it is', () => {
		const once = fill(page, { fields: 'first' }, 'page.md');
		const twice = fill(once, { fields: 'second, with $& and $1' }, 'page.md');

		expect(once).toContain('\n\nfirst\n\n');
		expect(twice).not.toContain('first');
		expect(twice).toContain('\n\nsecond, with $& and $1\n\n');
		expect(twice).toMatch(/^Written by hand\.[^]*Also by hand\.\n$/);
	});

	it('refuses a page that has a place for something unknown', () => {
		expect(() => fill(page, {}, 'page.md')).toThrow('page.md');
	});

	it('refuses a page that has no place for a section, and shows the lines to add', () => {
		const sections = { fields: 'one', samples: 'two' };
		expect(() => fill(page, sections, 'page.md')).toThrow(placeFor('samples'));
	});
});

describe('a sample output', () => {
	const task = '11111111-2222-3333-4444-555555555555';
	const other = '66666666-7777-8888-9999-000000000000';

	it('is the same for two runs that differ in ids, times, ports and duration', () => {
		const output = (id: string, port: number, second: number) => ({
			taskId: id,
			error: `No video (task ${id})`,
			status: 'completed',
			videoUrl: `http://127.0.0.1:${port}/media/${id}/video.mp4`,
			createdAt: `2026-02-03T04:05:0${second}.678Z`,
			meta: { created_at: `2026-02-03T04:05:0${second}.678901234Z` },
			waitSeconds: second,
		});
		expect(stable(output(task, 4000, 1))).toEqual(stable(output(other, 5000, 2)));
	});

	it('keeps apart two ids, and keeps what does not differ from run to run', () => {
		const { first, second, ...same } = stable({
			first: task,
			second: other,
			status: 'failed',
			completedAt: null,
			startedAt: '0001-01-01T00:00:00Z',
			image: 'https://example.com/cup.jpg',
			costUsd: 0.2,
			waitSeconds: null,
		}) as Record<string, unknown>;

		expect(first).not.toBe(second);
		expect(same).toEqual({
			status: 'failed',
			completedAt: null,
			startedAt: '0001-01-01T00:00:00Z',
			image: 'https://example.com/cup.jpg',
			costUsd: 0.2,
			waitSeconds: null,
		});
	});
});
