/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run docs: writes the parts of the pages that follow from the code between their markers.
 * npm run docs -- --check: writes nothing, and ends with 1 when a page is not up to date.
 */
import '../../bench/typescriptFirst';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { format, resolveConfig } from 'prettier';

import { repository } from '../n8n/versions';
import { fill } from './markers';
import { generatedPages } from './pages';

async function main(isCheck: boolean): Promise<number> {
	const stale: string[] = [];
	for (const { path, sections, complete } of await generatedPages()) {
		const filepath = join(repository, path);
		const before = readFileSync(filepath, 'utf8');
		const options = { ...(await resolveConfig(filepath)), filepath };
		const page = complete ? complete(before) : before;
		const after = await format(fill(page, sections, path), options);
		if (after === before) continue;
		stale.push(path);
		if (!isCheck) writeFileSync(filepath, after);
	}
	if (!isCheck)
		console.log(stale.length > 0 ? `→ ${stale.join(', ')}` : 'All pages are up to date.');
	if (isCheck && stale.length > 0) {
		console.error(`Not up to date: ${stale.join(', ')}. To write them again: npm run docs`);
		return 1;
	}
	return 0;
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
main(values.check).then(
	(exitCode) => process.exit(exitCode),
	(error: Error) => {
		console.error(`✗ ${error.message}`);
		process.exit(1);
	},
);
