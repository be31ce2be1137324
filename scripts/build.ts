/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import execa from 'execa';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { endWith } from './ending';
import { repository } from './n8n/versions';

/** Folders and files that dist/ is made of. */
const SOURCES = ['nodes', 'credentials'];
const SETTINGS = ['gulpfile.js', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** Builds the package, unless dist/ already holds exactly what the present sources lead to. */
export async function ensureBuilt(): Promise<void> {
	if (isBuilt()) return;
	await execa('npm', ['run', 'build'], { cwd: repository });
}

export function isBuilt(folder = repository): boolean {
	const sources = SOURCES.flatMap((name) => filesIn(join(folder, name), name));
	const built = SOURCES.flatMap((name) => filesIn(join(folder, 'dist', name), name));
	const expected = sources.map((file) => file.replace(/\.ts$/, '.js'));
	if (expected.sort().join() !== built.sort().join()) return false;

	const changedAt = (file: string) => statSync(join(folder, file)).mtimeMs;
	const newestSource = Math.max(...[...sources, ...SETTINGS].map(changedAt));
	// gulp gives the other files the times of their sources.
	const compiled = built.filter((file) => file.endsWith('.js'));
	const oldestBuilt = Math.min(...compiled.map((file) => changedAt(join('dist', file))));
	return oldestBuilt > newestSource;
}

function filesIn(path: string, name: string): string[] {
	if (!existsSync(path)) return [];
	return readdirSync(path, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(name, entry.parentPath.slice(path.length), entry.name));
}

// What a test command runs before jest.
if (process.argv[1] === __filename) endWith(ensureBuilt().then(() => 0));
