/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { repository } from '../../../scripts/n8n/versions';
import { pages, read, sectionsOf } from '../../../support/texts/markdown';

const ours = pages();

/** Why a link on a page has no target; undefined when it has one. */
function remarkAbout(page: string, link: string): string | undefined {
	if (/^[a-z]+:/i.test(link)) return isWellFormed(link) ? undefined : 'is no address';
	const [file, anchor] = link.split('#');
	const target = file === '' ? page : join(dirname(page), file);
	if (!existsSync(join(repository, target))) return 'is not there';
	if (anchor === undefined) return undefined;
	const anchors = sectionsOf(read(target)).map((section) => section.anchor);
	return anchors.includes(anchor) ? undefined : 'has no such heading';
}

function isWellFormed(link: string): boolean {
	return URL.canParse(link) && /^https:\/\/[\w.-]+\.[a-z]{2,}(\/\S*)?$/.test(link);
}

describe.each(ours)('%s', (page) => {
	const sections = sectionsOf(read(page));

	it('has only links and pictures whose targets exist', () => {
		const remarks = sections
			.flatMap(({ links }) => links)
			.map((link) => ({ link, remark: remarkAbout(page, link) }))
			.filter(({ remark }) => remark !== undefined);
		expect(remarks).toEqual([]);
	});

	it('has no two headings with the same anchor', () => {
		// A changelog repeats "Added" for every version.
		const anchors = sections
			.filter(({ level }) => page !== 'CHANGELOG.md' || level < 3)
			.map(({ anchor }) => anchor);
		expect(anchors).toEqual([...new Set(anchors)]);
	});
});

it('links every page of the docs from the index', () => {
	const links = sectionsOf(read('docs/README.md')).flatMap((section) => section.links);
	const docs = ours.filter((page) => dirname(page) === 'docs').map((page) => page.slice(5));
	expect(links).toEqual(expect.arrayContaining(docs.filter((page) => page !== 'README.md')));
});
