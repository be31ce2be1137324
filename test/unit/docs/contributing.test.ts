/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { read, repository, sectionsOf } from './markdown';

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
