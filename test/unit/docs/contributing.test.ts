/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { repository } from '../../../scripts/n8n/versions';
import { read, sectionsOf } from '../../../support/texts/markdown';

const sections = sectionsOf(read('CONTRIBUTING.md'));

it('links every folder of nodes/Luma in the project structure', () => {
	const folders = readdirSync(join(repository, 'nodes/Luma'), { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => `nodes/Luma/${name}`);
	const links = sections.flatMap((section) => section.links);

	expect(links).toEqual(expect.arrayContaining(folders));
});

it('names only files that exist', () => {
	const files = sections
		.flatMap(({ code }) => code)
		.filter((code) => /^[\w/.-]+\/([\w.-]+\.(ts|md|json))?$/.test(code));
	const missing = files.filter((file) =>
		['', 'nodes/Luma'].every((folder) => !existsSync(join(repository, folder, file))),
	);

	expect(files.length).toBeGreaterThan(5);
	expect(missing).toEqual([]);
});

it('lists each topic of the tests, with the folders in which it has some', () => {
	const listed = read('CONTRIBUTING.md').matchAll(/^\| `(\w+)`.*\| ([\w, ]+?) *\|$/gm);
	const rows = [...listed].map(([, topic, folders]) => `${topic}: ${folders}`);

	const folders = ['unit', 'engine', 'e2e', 'queue', 'browser'];
	const topicsOf = (folder: string) =>
		readdirSync(join(repository, 'test', folder)).map((name) => name.replace('.test.ts', ''));
	const topics = [...new Set(folders.flatMap(topicsOf))];
	const found = topics.map((topic) => {
		const places = folders.filter((folder) => topicsOf(folder).includes(topic));
		return `${topic}: ${places.join(', ')}`;
	});
	expect(rows.sort()).toEqual([...found, 'package: package'].sort());
});
