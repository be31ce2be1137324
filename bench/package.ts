/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import execa from 'execa';
import { statSync } from 'node:fs';
import { join } from 'node:path';

import { repository } from '../scripts/n8n/versions';
import { pack } from '../support/n8n/pack';
import { decimals, goal, type Section, spreadOf } from './section';

const KB = 1000;

/** Loads a package by n8n's own loader, after all that every n8n has loaded before. */
const LOAD = `
	require('reflect-metadata');
	const { PackageDirectoryLoader } = require('n8n-core');
	const { LoggerProxy } = require('n8n-workflow');
	const silent = () => {};
	LoggerProxy.init({ error: silent, warn: silent, info: silent, debug: silent });
	const began = performance.now();
	new PackageDirectoryLoader(process.argv[1]).loadAll().then(() => {
		console.log('\\n' + (performance.now() - began));
		process.exit();
	});`;

/** The package as npm delivers it: its size, and how long n8n takes to load it. */
export async function measurePackage({ rounds }: { rounds: number }): Promise<Section> {
	const packed = await pack();
	try {
		await execa('tar', ['-xzf', packed.tarball, '-C', packed.folder]);
		const { stdout: files } = await execa('tar', ['-tzf', packed.tarball]);
		const folder = join(packed.folder, 'package');
		const env = { NODE_PATH: join(repository, 'node_modules') };
		const times: number[] = [];
		for (let round = 0; round < rounds; round++) {
			const words = ['-e', LOAD, folder];
			const { stdout } = await execa(process.execPath, words, { cwd: repository, env });
			times.push(Number(stdout.split('\n').at(-1)));
		}
		return sectionOf(times, statSync(packed.tarball).size / KB, files.split('\n').length);
	} finally {
		packed.remove();
	}
}

function sectionOf(times: number[], tarballKb: number, files: number): Section {
	const load = spreadOf(times);
	const slow = `the quickest of ${load.count} loads took ${decimals(load.least)} ms for ${files} files`;
	const large = `it holds ${files} files, not minified: the limit is from before the polling trigger, the spending limits, lists of tasks and picture sizes`;
	return {
		title: 'Package',
		note: 'As npm delivers it, loaded by n8n’s own loader in a fresh process each time.',
		rows: [{ 'Load time, ms': load, 'Tarball, kB': tarballKb, Files: files }],
		goals: [
			goal('Load time of the package (median)', load.median, 'at most 50 ms', slow),
			goal('Size of the tarball', tarballKb, 'at most 80 kB', large),
		],
	};
}
