/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import execa from 'execa';
import { LoggerProxy } from 'n8n-workflow';
import {
	mkdirSync,
	readdirSync,
	readFileSync,
	realpathSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import 'reflect-metadata';

import { PackageDirectoryLoader } from 'n8n-core';

import { repository } from '../../scripts/n8n/versions';
import { startMockServer } from '../../support/mockServer';
import { pack, type Packed } from '../../support/n8n/pack';

let packed: Packed;
/** Somebody's folder, with the package installed in it. */
let home: string;
/** The package there, and what is in it. */
let own: string;
let files: string[];

beforeAll(async () => {
	packed = await pack();
	home = await installed('home', packed.tarball);
	own = join(home, 'node_modules/n8n-nodes-piapi-luma');
	const entries = readdirSync(own, { recursive: true, encoding: 'utf8' });
	files = entries.filter((path) => statSync(join(own, path)).isFile()).sort();
});

afterAll(() => packed.remove());

type Versions = Record<string, string[]>;

function readJson(path: string): Record<string, object> {
	return JSON.parse(readFileSync(join(own, path), 'utf8')) as Record<string, object>;
}

async function npm(words: string[], cwd: string): Promise<string> {
	return (await execa('npm', words, { cwd })).stdout;
}

/** Installs tarballs as n8n does, without what they need for their own development; from no registry. */
async function installed(name: string, ...tarballs: string[]): Promise<string> {
	const folder = join(packed.folder, name);
	mkdirSync(folder);
	writeFileSync(join(folder, 'package.json'), '{ "name": "somebody", "version": "1.0.0" }');
	const settings = ['--offline', '--ignore-scripts', '--legacy-peer-deps', '--no-audit'];
	await npm(['install', ...settings, ...tarballs], folder);
	return folder;
}

/**
 * What `npm audit` looks at in a folder, and how much it finds: what it asks npm's list of known
 * weaknesses about, which knows none, is what there is to audit.
 */
async function audit(folder: string): Promise<{ asked: Versions; found: number }> {
	const advisories = await startMockServer(() => ({}));
	try {
		const registry = `--registry=${advisories.url}`;
		const words = ['audit', '--omit=dev', '--json', '--prefer-online', registry];
		const report = JSON.parse(await npm(words, folder)) as {
			metadata: { vulnerabilities: { total: number } };
		};
		const asked = advisories.received.findLast(({ method }) => method === 'POST');
		return {
			asked: JSON.parse(asked?.content.toString() ?? '{}') as Versions,
			found: report.metadata.vulnerabilities.total,
		};
	} finally {
		await advisories.close();
	}
}

describe('what is published', () => {
	it('is a tarball smaller than 130 kB, of nothing but dist and the papers', () => {
		expect(statSync(packed.tarball).size / 1000).toBeLessThan(130);
		const others = files.filter((path) => !path.startsWith('dist/'));
		expect(others).toEqual(['LICENSE.md', 'README.md', 'package.json']);
		expect(files.filter((path) => /\.(ts|map|tsbuildinfo)$/.test(path))).toEqual([]);
	});

	it('needs nothing but the n8n that it runs in', () => {
		const needs = Object.entries(readJson('package.json')).filter(
			([name]) => /dependenc/i.test(name) && name !== 'devDependencies',
		);
		const modules = readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'));

		expect(needs).toEqual([['peerDependencies', { 'n8n-workflow': '*' }]]);
		expect(modules).toEqual(['n8n-nodes-piapi-luma']);
		expect(readdirSync(own)).not.toContain('node_modules');
	});

	it('runs nothing when it is installed', () => {
		const hooks = /^(pre|post)?(install|prepare|publish|pack|uninstall)(Only)?$/;
		const { scripts } = readJson('package.json');
		expect(Object.keys(scripts).filter((name) => hooks.test(name))).toEqual([]);
	});

	it('gives npm audit nothing to look at but itself', async () => {
		const { asked, found } = await audit(home);
		expect(Object.keys(asked)).toEqual(['n8n-nodes-piapi-luma']);
		expect(found).toBe(0);
	});

	it("passes n8n's own scan for community packages", async () => {
		const scan = `
			import { analyzePackage } from '@n8n/scan-community-package/scanner/scanner.mjs';
			process.stdout.write(JSON.stringify(await analyzePackage(${JSON.stringify(own)})));`;
		const words = ['--input-type=module', '-e', scan];
		const { stdout } = await execa('node', words, { cwd: repository });

		expect(JSON.parse(stdout)).toEqual({ passed: true });
	});

	it('is code that loads nothing but its own files and n8n-workflow', async () => {
		const entries = files.filter((path) => /\.(node|credentials)\.js$/.test(path));
		const script = `
			require('n8n-workflow');
			const before = new Set(Object.keys(require.cache));
			for (const file of ${JSON.stringify(entries)}) require('./' + file);
			const loaded = Object.keys(require.cache).filter((file) => !before.has(file));
			process.stdout.write(JSON.stringify(loaded));`;
		const env = { NODE_PATH: join(repository, 'node_modules') };
		const { stdout } = await execa('node', ['-e', script], { cwd: own, env });

		const loaded = JSON.parse(stdout) as string[];
		const dist = realpathSync(join(own, 'dist'));
		expect(loaded.length).toBeGreaterThan(0);
		expect(loaded.filter((file) => !file.startsWith(dist))).toEqual([]);
	});
});

describe('n8n loads from it', () => {
	let loader: PackageDirectoryLoader;
	beforeAll(async () => {
		LoggerProxy.init({ ...console, log: () => {}, debug: () => {} } as never);
		loader = new PackageDirectoryLoader(own);
		await loader.loadAll();
	});

	it('the Luma node and its credential, with icons and the words by which people search', () => {
		const iconsOf = (name: string) => ({
			light: expect.stringContaining(`${name}.svg`),
			dark: expect.stringContaining(`${name}.dark.svg`),
		});

		expect(loader.types.credentials).toEqual([
			expect.objectContaining({
				name: 'piapiApi',
				displayName: 'PiAPI API',
				iconUrl: iconsOf('piapi'),
			}),
		]);
		expect(loader.types.nodes.find(({ name }) => name === 'luma')).toMatchObject({
			displayName: 'Luma Dream Machine',
			iconUrl: iconsOf('luma'),
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
		expect(schemas).toEqual(paths.sort());
		for (const path of schemas) {
			const { type, properties } = readJson(path);
			expect(type).toBe('object');
			// Without any, n8n takes it for none.
			expect(Object.keys(properties)).not.toEqual([]);
		}
	});
});

it('would see what came along with it', async () => {
	const other = join(packed.folder, 'other');
	mkdirSync(other);
	writeFileSync(join(other, 'package.json'), '{ "name": "a-stowaway", "version": "1.2.3" }');
	await npm(['pack', '--pack-destination', packed.folder], other);
	const folder = await installed(
		'together',
		packed.tarball,
		join(packed.folder, 'a-stowaway-1.2.3.tgz'),
	);

	expect((await audit(folder)).asked).toMatchObject({ 'a-stowaway': ['1.2.3'] });
});
