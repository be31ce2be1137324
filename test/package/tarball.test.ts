/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import execa from 'execa';
import { LoggerProxy } from 'n8n-workflow';
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import 'reflect-metadata';

import { PackageDirectoryLoader } from 'n8n-core';

const repository = resolve(__dirname, '../..');

let folder: string;
let tarball: string;
let files: string[];
let loader: PackageDirectoryLoader;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'tarball-'));
	const pack = ['pack', '--json', '--pack-destination', folder];
	const { stdout: packed } = await execa('npm', pack, { cwd: repository });
	const [{ filename, files: list }] = JSON.parse(packed) as Array<{
		filename: string;
		files: Array<{ path: string }>;
	}>;
	tarball = join(folder, filename);
	files = list.map(({ path }) => path);
	await execa('tar', ['xzf', tarball, '-C', folder]);

	LoggerProxy.init({ ...console, log: () => {}, debug: () => {} } as never);
	loader = new PackageDirectoryLoader(join(folder, 'package'));
	await loader.loadAll();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed tarball', () => {
	it('is smaller than 130 kB', () => {
		const kilobytes = statSync(tarball).size / 1000;
		expect(kilobytes).toBeLessThan(130);
	});

	it('holds nothing but dist and the papers', () => {
		const others = files.filter((path) => !path.startsWith('dist/'));
		expect(others.sort()).toEqual(['LICENSE.md', 'README.md', 'package.json']);
		expect(files.filter((path) => /\.(ts|map|tsbuildinfo)$/.test(path))).toEqual([]);
	});

	it('brings no dependencies', () => {
		const { dependencies, peerDependencies } = JSON.parse(
			readFileSync(join(folder, 'package/package.json'), 'utf8'),
		) as Record<string, object | undefined>;
		expect(dependencies).toBeUndefined();
		expect(peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});
});

it("passes n8n's own scan for community packages", async () => {
	const scan = `
		import { analyzePackage } from '@n8n/scan-community-package/scanner/scanner.mjs';
		process.stdout.write(JSON.stringify(await analyzePackage(${JSON.stringify(join(folder, 'package'))})));`;
	const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', scan], {
		cwd: repository,
	});

	expect(JSON.parse(stdout)).toEqual({ passed: true });
});

describe('n8n loads from it', () => {
	it('the Luma node, with icons and the words by which people search', () => {
		const luma = loader.types.nodes.find(({ name }) => name === 'luma');

		expect(luma).toMatchObject({
			displayName: 'Luma Dream Machine',
			iconUrl: {
				light: expect.stringContaining('luma.svg'),
				dark: expect.stringContaining('luma.dark.svg'),
			},
			codex: { alias: expect.arrayContaining(['luma', 'video', 'reels']) },
		});
	});

	it('the fields of the output of each operation, for its editor', () => {
		const luma = loader.types.nodes.find(({ name }) => name === 'luma')!;
		const operations = luma.properties.filter(({ name }) => name === 'operation');
		const paths = operations.flatMap(({ displayOptions, options = [] }) =>
			options.map((option) => {
				const resource = String(displayOptions?.show?.resource?.[0]);
				const operation = String('value' in option && option.value);
				return `dist/nodes/Luma/__schema__/v1.0.0/${resource}/${operation}.json`;
			}),
		);
		const schemas = files.filter((path) => path.includes('__schema__'));
		expect(schemas.sort()).toEqual(paths.sort());
		for (const path of schemas) {
			const text = readFileSync(join(folder, 'package', path), 'utf8');
			const { type, properties } = JSON.parse(text) as { type: string; properties: object };
			expect(type).toBe('object');
			// Without any, n8n takes it for none.
			expect(Object.keys(properties)).not.toEqual([]);
		}
	});

	it('the credential, with its icons', () => {
		const [piapiApi] = loader.types.credentials;

		expect(piapiApi).toMatchObject({
			name: 'piapiApi',
			displayName: 'PiAPI API',
			iconUrl: {
				light: expect.stringContaining('piapi.svg'),
				dark: expect.stringContaining('dark'),
			},
		});
	});

	it('its code with nothing but its own files and n8n-workflow', async () => {
		const script = `
			require('n8n-workflow');
			const before = new Set(Object.keys(require.cache));
			for (const file of ${JSON.stringify(files.filter((path) => /\.(node|credentials)\.js$/.test(path)))}) require('./' + file);
			const loaded = Object.keys(require.cache).filter((file) => !before.has(file));
			process.stdout.write(JSON.stringify(loaded));`;
		const { stdout } = await execa(process.execPath, ['-e', script], {
			cwd: join(folder, 'package'),
			env: { NODE_PATH: join(repository, 'node_modules') },
		});
		const own = realpathSync(join(folder, 'package', 'dist'));
		const loaded = JSON.parse(stdout) as string[];
		expect(loaded.length).toBeGreaterThan(0);
		expect(loaded.filter((file) => !file.startsWith(own))).toEqual([]);
	});
});
