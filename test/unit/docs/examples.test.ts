/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { repository } from '../../../scripts/n8n/versions';
import { read, sectionsOf } from '../../../support/texts/markdown';

const files = readdirSync(join(repository, 'workflows')).filter((name) => name.endsWith('.json'));
const sections = ['docs/examples.md', 'docs/posting.md'].flatMap((page) => sectionsOf(read(page)));
const described = sections.flatMap(({ links, rows }) =>
	links
		.filter((link) => /^\.\.\/workflows\/.+\.json$/.test(link))
		.map((link) => ({ file: basename(link), rows })),
);

it('describes every example workflow', () => {
	expect(files.length).toBeGreaterThan(0);
	expect(described.map(({ file }) => file)).toEqual(expect.arrayContaining(files));
});

describe.each(described)('the table of $file', ({ file, rows }) => {
	const { nodes } = JSON.parse(read(`workflows/${file}`)) as { nodes: Array<{ name: string }> };

	it('names nodes that the workflow has', () => {
		const named = rows.flatMap(([node]) =>
			[...node.matchAll(/\*\*(.+?)\*\*/g)].map(([, name]) => name),
		);

		expect(named.length).toBeGreaterThan(0);
		expect(nodes.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
	});
});
