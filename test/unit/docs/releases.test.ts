/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { describe, expect, it } from '@jest/globals';
import execa from 'execa';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { n8nReleases, repository } from '../../../scripts/n8n/versions';
import { read, sectionsOf } from '../../../support/texts/markdown';

const { version } = JSON.parse(read('package.json')) as { version: string };

describe('the check of a tag', () => {
	async function remarksAbout(tag: string, changelog = read('CHANGELOG.md')): Promise<string> {
		const folder = mkdtempSync(join(tmpdir(), 'release-'));
		try {
			for (const file of ['package.json', 'package-lock.json']) {
				cpSync(join(repository, file), join(folder, file));
			}
			writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
			const script = join(repository, '.github/release.mjs');
			const { exitCode, stderr } = await execa('node', [script, tag], {
				cwd: folder,
				reject: false,
			});
			expect(exitCode).toBe(stderr === '' ? 0 : 1);
			return stderr;
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	}

	it('accepts the version of the package', async () => {
		expect(await remarksAbout(`v${version}`)).toBe('');
	});

	it.each(['v99.0.0', version, 'main', ''])('rejects the tag “%s”', async (tag) => {
		expect(await remarksAbout(tag)).not.toBe('');
	});

	it('rejects a version that the changelog does not have, or has without a date', async () => {
		expect(await remarksAbout(`v${version}`, '## [Unreleased]')).toContain('CHANGELOG.md');
		expect(await remarksAbout(`v${version}`, `## [${version}]`)).toContain('CHANGELOG.md');
	});
});

it('the changelog has “Unreleased”, then each version with its date, the newest first, and a link', () => {
	const headings = sectionsOf(read('CHANGELOG.md'));
	const titles = headings.filter(({ level }) => level === 2).map(({ title }) => title);
	const [first, ...versions] = titles;
	expect(first).toBe('Unreleased');
	for (const title of versions) expect(title).toMatch(/^\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d$/);
	const newest = (a: string, b: string) => b.localeCompare(a, 'en', { numeric: true });
	expect(versions).toEqual([...versions].sort(newest));
	const linked = [...read('CHANGELOG.md').matchAll(/^\[(.+)\]: https:/gm)];
	expect(linked.map(([, name]) => name)).toEqual(titles.map((title) => title.split(' ')[0]));
	const kinds = headings.filter(({ level }) => level === 3).map(({ title }) => title);
	expect(['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']).toEqual(
		expect.arrayContaining(kinds),
	);
});

it('the README lists exactly the n8n releases of the end-to-end tests', () => {
	const rows = sectionsOf(read('README.md')).flatMap(({ rows: cells }) => cells);
	const listed = rows.map(([first]) => first).filter((first) => /^\d+\.\d+\.\d+$/.test(first));
	expect(listed).toEqual(Object.values(n8nReleases).map(({ release }) => release));
});
