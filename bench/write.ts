/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { version } from '../package.json';
import { defaultVersion, n8nReleases, repository } from '../scripts/n8n/versions';
import { pageWith, type Section } from './report';

const RESULTS = join('bench', 'results.json');
const PAGE = join('docs', 'benchmarks.md');

/** Writes these parts in place of the earlier ones, for programs and between two markers of the page. */
export async function write(measured: Record<string, Section>): Promise<void> {
	const earlier = readFileSync(join(repository, RESULTS), 'utf8');
	const { parts: kept } = JSON.parse(earlier) as { parts?: typeof measured };
	const parts = { ...kept, ...measured };
	await save(RESULTS, JSON.stringify({ parts }));
	const page = readFileSync(join(repository, PAGE), 'utf8');
	await save(PAGE, pageWith(page, Object.values(parts)));
}

/** When, where and with what something is measured now. */
export function settingNow(): string {
	const [day, { release }] = [new Date().toISOString().slice(0, 10), n8nReleases[defaultVersion]];
	const memory = Math.round(totalmem() / 1024 ** 3);
	const machine = `${process.platform} ${process.arch}, ${cpus().length} cores (${cpus()[0].model.trim()}), ${memory} GB`;
	return `Measured on ${day} with version ${version}, n8n ${release}, Node.js ${process.versions.node} on ${machine}.`;
}

async function save(path: string, text: string): Promise<void> {
	const filepath = join(repository, path);
	const options = await resolveConfig(filepath);
	writeFileSync(filepath, await format(text, { ...options, filepath }));
}
