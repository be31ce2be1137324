/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { repository } from '../scripts/n8n/versions';
import { chartOf } from './chart';
import { pageWith } from './page';
import type { Results } from './results';

export const RESULTS = join('bench', 'results.json');
export const CHART = join('docs', 'pictures', 'bench.svg');
export const PAGE = join('docs', 'benchmarks.md');

/** Writes the figures down: for programs, as a picture, and between two marks of the page that explains them. */
export async function document(results: Results): Promise<void> {
	writeFileSync(join(repository, CHART), chartOf(results));
	await save(RESULTS, JSON.stringify(results));
	const page = readFileSync(join(repository, PAGE), 'utf8');
	await save(PAGE, pageWith(page, results));
}

async function save(path: string, text: string): Promise<void> {
	const filepath = join(repository, path);
	const options = await resolveConfig(filepath);
	writeFileSync(filepath, await format(text, { ...options, filepath }));
}
