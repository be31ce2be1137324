/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { isBuilt } from '../../../scripts/build';

let folder: string;

/** @param at - seconds since the epoch */
function write(file: string, at: number): void {
	const path = join(folder, file);
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, '');
	utimesSync(path, at, at);
}

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'built-'));
	for (const file of ['gulpfile.js', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']) {
		write(file, 100);
	}
	write('nodes/Luma/Luma.node.ts', 100);
	write('nodes/Luma/luma.svg', 100);
	write('credentials/PiapiApi.credentials.ts', 100);
	write('dist/nodes/Luma/Luma.node.js', 200);
	write('dist/nodes/Luma/luma.svg', 100);
	write('dist/credentials/PiapiApi.credentials.js', 200);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
	['a source has changed', () => write('nodes/Luma/Luma.node.ts', 300)],
	['a picture has changed', () => write('nodes/Luma/luma.svg', 300)],
	['a setting has changed', () => write('tsconfig.json', 300)],
	['a source is new', () => write('nodes/Luma/more.ts', 100)],
	['a source is gone', () => rmSync(join(folder, 'nodes/Luma/Luma.node.ts'))],
	['a part of the build is missing', () => rmSync(join(folder, 'dist/nodes/Luma/luma.svg'))],
	['nothing is built', () => rmSync(join(folder, 'dist'), { recursive: true })],
])('asks for a new build when %s', (_, change) => {
	expect(isBuilt(folder)).toBe(true);
	change();
	expect(isBuilt(folder)).toBe(false);
});
