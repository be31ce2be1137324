/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { isBuilt } from '../../../scripts/build';

const SETTINGS = ['gulpfile.js', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const SOURCES = ['nodes/Luma/Luma.node.ts', 'nodes/Luma/luma.svg', 'credentials/PiapiApi.ts'];
const BUILT = ['nodes/Luma/Luma.node.js', 'nodes/Luma/luma.svg', 'credentials/PiapiApi.js'];

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
	for (const file of [...SETTINGS, ...SOURCES]) write(file, 100);
	for (const file of BUILT) write(`dist/${file}`, 200);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
	['a source has changed', () => write('nodes/Luma/Luma.node.ts', 300)],
	['a setting has changed', () => write('tsconfig.json', 300)],
	['a source is new', () => write('nodes/Luma/more.ts', 100)],
	['a source is gone', () => rmSync(join(folder, 'nodes/Luma/Luma.node.ts'))],
	['a part of the build is missing', () => rmSync(join(folder, 'dist/nodes/Luma/luma.svg'))],
])('asks for a new build when %s', (_, change) => {
	expect(isBuilt(folder)).toBe(true);
	change();
	expect(isBuilt(folder)).toBe(false);
});
