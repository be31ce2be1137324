/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run docs: writes the parts of the pages that follow from the code between their markers, and the schemas
 * of the outputs.
 * npm run docs -- --check: writes nothing, and ends with 1 when a page is not up to date.
 */
import '../../bench/typescriptFirst';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { format, resolveConfig } from 'prettier';

import { repository } from '../n8n/versions';
import { fill } from './markers';
import { generatedFiles, type GeneratedFile } from './pages';

async function main(isCheck: boolean): Promise<number> {
	const stale: string[] = [];
	for (const file of await generatedFiles()) {
		const filepath = join(repository, file.path);
		const before = existsSync(filepath) ? readFileSync(filepath, 'utf8') : '';
		const options = { ...(await resolveConfig(filepath)), filepath };
		const after = await format(contentOf(file, before), options);
		if (after === before) continue;
		stale.push(file.path);
		if (isCheck) continue;
		mkdirSync(dirname(filepath), { recursive: true });
		writeFileSync(filepath, after);
	}
	if (!isCheck)
		console.log(stale.length > 0 ? `→ ${stale.join(', ')}` : 'All pages are up to date.');
	if (isCheck && stale.length > 0) {
		console.error(`Not up to date: ${stale.join(', ')}. To write them again: npm run docs`);
		return 1;
	}
	return 0;
}

function contentOf(file: GeneratedFile, before: string): string {
	if ('content' in file) return file.content;
	const page = file.complete ? file.complete(before) : before;
	return fill(page, file.sections, file.path);
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
main(values.check).then(
	(exitCode) => process.exit(exitCode),
	(error: Error) => {
		console.error(`✗ ${error.message}`);
		process.exit(1);
	},
);
