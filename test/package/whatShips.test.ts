/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import execa from 'execa';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startMockServer } from '../../support/mockServer';
import { pack, type Packed } from '../../support/n8n/pack';

let packed: Packed;
/** Somebody's folder, with the package installed in it. */
let home: string;

beforeAll(async () => {
	packed = await pack();
	home = await installed('home', packed.tarball);
});

afterAll(() => packed.remove());

type Versions = Record<string, string[]>;

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
	const own = () => join(home, 'node_modules/n8n-nodes-piapi-luma');
	const manifest = () =>
		JSON.parse(readFileSync(join(own(), 'package.json'), 'utf8')) as Record<string, object>;

	it('needs nothing but the n8n that it runs in', () => {
		const needs = Object.entries(manifest()).filter(
			([name]) => /dependenc/i.test(name) && name !== 'devDependencies',
		);
		const modules = readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'));

		expect(needs).toEqual([['peerDependencies', { 'n8n-workflow': '*' }]]);
		expect(modules).toEqual(['n8n-nodes-piapi-luma']);
		expect(readdirSync(own())).not.toContain('node_modules');
	});

	it('runs nothing when it is installed', () => {
		const hooks = /^(pre|post)?(install|prepare|publish|pack|uninstall)(Only)?$/;
		expect(Object.keys(manifest().scripts).filter((name) => hooks.test(name))).toEqual([]);
	});

	it('gives npm audit nothing to look at but itself', async () => {
		const { asked, found } = await audit(home);
		expect(Object.keys(asked)).toEqual(['n8n-nodes-piapi-luma']);
		expect(found).toBe(0);
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
