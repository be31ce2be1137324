/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { read, repository, sectionsOf } from './markdown';

const sections = sectionsOf(read('CONTRIBUTING.md'));

function codeUnder(title: string): string[] {
	const { code, rows } = sections.find((section) => section.title === title)!;
	const inRows = rows.flatMap(([where]) =>
		[...where.matchAll(/`([^`]+)`/g)].map(([, path]) => path),
	);
	return [...new Set([...code, ...inRows])];
}

const HERE = ['', 'nodes/Luma'];

it('has a map with the folders that are there', () => {
	const onMap = codeUnder('The map of the house').filter((path) => path.endsWith('/'));
	for (const path of onMap) {
		expect(HERE.some((folder) => existsSync(join(repository, folder, path)))).toBe(true);
	}
	const rooms = readdirSync(join(repository, 'nodes/Luma'), { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => `nodes/Luma/${name}/`);
	expect(onMap).toEqual(expect.arrayContaining(rooms));
});

it('names files in the recipe that are there', () => {
	const files = codeUnder('How to add an operation').filter((path) =>
		/^[\w/.-]+\.(ts|md)$/.test(path),
	);
	expect(files.length).toBeGreaterThan(5);
	for (const file of files.filter((name) => name !== 'index.ts')) {
		expect([file, `nodes/Luma/${file}`].some((path) => existsSync(join(repository, path)))).toBe(
			true,
		);
	}
});

it('keeps the recipe for an operation at ten lines', () => {
	const { text } = sections.find(({ title }) => title === 'How to add an operation')!;
	expect(text.trim().split('\n')).toHaveLength(10);
});

it('is for one service, and says so wherever people choose it', () => {
	const folder = join(repository, 'nodes/Luma');
	const codexFiles = readdirSync(folder).filter((name) => name.endsWith('.node.json'));
	const { description } = JSON.parse(read('package.json')) as { description: string };
	const { details } = JSON.parse(read('nodes/Luma/Luma.node.json')) as { details: string };

	expect(codexFiles).toContain('Luma.node.json');
	expect(details).toMatch(/one service.*Luma Dream Machine.*PiAPI/);
	expect(description).toMatch(/Luma Dream Machine.*PiAPI/);
	expect(sectionsOf(read('README.md'))[1].text).toMatch(/one service.*Luma Dream Machine.*PiAPI/);
	expect(sectionsOf(read('docs/README.md')).at(-1)?.text).toMatch(
		/one service.*Luma Dream Machine/,
	);
});
