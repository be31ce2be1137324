/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { version } from '../package.json';
import { defaultVersion, n8nReleases, repository } from '../scripts/n8n/versions';
import { pageWith, type Section } from './section';

export const RESULTS = join('bench', 'results.json');
export const PAGE = join('docs', 'benchmarks.md');

const GB = 1024 ** 3;

/** Writes the figures down for programs, and between two markers of the page that explains them. */
export async function write(sections: Section[]): Promise<void> {
	const setting = settingNow();
	const goals = sections.flatMap((section) => section.goals);
	const figures = sections.map(({ title, rows }) => ({ title, rows }));
	await save(RESULTS, JSON.stringify({ ...setting, goals, figures }));
	const page = readFileSync(join(repository, PAGE), 'utf8');
	await save(PAGE, pageWith(page, sentenceOf(setting), sections));
}

/** Where and with what the figures were measured. */
function settingNow() {
	const cores = cpus();
	const memory = Math.round(totalmem() / GB);
	return {
		date: new Date().toISOString(),
		package: version,
		node: process.versions.node,
		n8n: n8nReleases[defaultVersion].release,
		machine: `${process.platform} ${process.arch}, ${cores.length} cores (${cores[0].model.trim()}), ${memory} GB`,
	};
}

function sentenceOf({ date, package: release, n8n, node, machine }: ReturnType<typeof settingNow>) {
	return `Measured on ${date.slice(0, 10)} with n8n-nodes-piapi-luma ${release}, n8n ${n8n}, Node.js ${node} on ${machine}.`;
}

async function save(path: string, text: string): Promise<void> {
	const filepath = join(repository, path);
	const options = await resolveConfig(filepath);
	writeFileSync(filepath, await format(text, { ...options, filepath }));
}
