/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console */
/**
 * npm run docs: writes the parts of the pages that follow from the code between their markers, and the schemas
 * of the outputs.
 * npm run docs -- --check: writes nothing, and ends with 1 when a page is not up to date.
 */
import '../../bench/typescriptFirst';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { endWith, readFlags } from '../ending';
import { repository } from '../n8n/versions';
import { fill } from './markdown';
import { generatedFiles } from './pages';

async function main(isCheck: boolean): Promise<void> {
	const stale: string[] = [];
	for (const file of await generatedFiles()) {
		const filepath = join(repository, file.path);
		const before = existsSync(filepath) ? readFileSync(filepath, 'utf8') : '';
		const options = { ...(await resolveConfig(filepath)), filepath };
		const content = 'content' in file ? file.content : fill(before, file.sections, file.path);
		const after = await format(content, options);
		if (after === before) continue;
		stale.push(file.path);
		if (isCheck) continue;
		mkdirSync(dirname(filepath), { recursive: true });
		writeFileSync(filepath, after);
	}
	const names = stale.join(', ');
	if (stale.length > 0 && isCheck) {
		throw new Error(`Not up to date: ${names}. To write them again: npm run docs`);
	}
	console.log(stale.length > 0 ? `→ ${names}` : 'All pages are up to date.');
}

const { check } = readFlags({ check: { type: 'boolean', default: false } });
endWith(main(check));
