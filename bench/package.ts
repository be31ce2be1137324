/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import execa from 'execa';
import { statSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '../scripts/ending';
import { repository } from '../scripts/n8n/versions';
import { goal, spreadOf, type Section } from './report';

/** Loads a package by n8n's own loader, after all that every n8n has loaded before. */
const LOAD = `
	require('reflect-metadata');
	const { PackageDirectoryLoader } = require('n8n-core');
	const { LoggerProxy } = require('n8n-workflow');
	LoggerProxy.init(new Proxy({}, { get: () => () => {} }));
	const began = performance.now();
	new PackageDirectoryLoader(process.argv[1]).loadAll().then(() => {
		console.log('\\n' + (performance.now() - began));
		process.exit();
	});`;

/** The package as npm delivers it: its size, and how long n8n takes to load it. */
export async function measurePackage(isQuick: boolean): Promise<Section> {
	const folder = temporaryFolder('packed');
	const pack = ['pack', '--ignore-scripts', '--pack-destination', folder];
	const { stdout: name } = await execa('npm', pack, { cwd: repository });
	const tarball = join(folder, name);
	await execa('tar', ['-xzf', tarball, '-C', folder]);
	const options = { cwd: repository, env: { NODE_PATH: join(repository, 'node_modules') } };
	const times: number[] = [];
	for (let round = 0; round < (isQuick ? 1 : 11); round++) {
		const words = ['-e', LOAD, join(folder, 'package')];
		const { stdout } = await execa(process.execPath, words, options);
		times.push(Number(stdout.split('\n').at(-1)));
	}
	const [load, kilobytes] = [spreadOf(times), statSync(tarball).size / 1000];
	return {
		title: 'Package',
		note: 'As npm delivers it, loaded by n8n’s own loader in a fresh process each time.',
		rows: [{ 'Load time, ms': load, 'Tarball, kB': kilobytes }],
		goals: [
			goal('Load time (median)', load.median, 'at most 45 ms'),
			goal('Size of the tarball', kilobytes, 'at most 92 kB'),
		],
		reason: 'It has a hundred files that people can read. Minified they would be 103 kB.',
	};
}

/** From `git clone` on: takes minutes, and depends on the network. */
export async function measureFirstStart(): Promise<Section> {
	const temporary = temporaryFolder('first-start');
	const folder = join(temporary, 'clone');
	const env = { PIAPI_API_KEY: '', npm_config_cache: join(temporary, 'npm') };
	const start = ['start', '--', '--once', '--render-seconds', '1'];
	const times = [performance.now()];
	await execa('git', ['clone', '--quiet', repository, folder]);
	for (let round = 0; round < 2; round++) {
		await execa('npm', start, { cwd: folder, env });
		times.push(performance.now());
	}
	const [minutes, seconds] = [(times[1] - times[0]) / 60_000, (times[2] - times[1]) / 1000];
	return {
		title: 'First start',
		note: 'From `git clone` until the example workflow has its video and n8n has ended, with an empty npm cache; and once more with everything installed.',
		rows: [{ 'First video, minutes': minutes, 'Once more, s': seconds }],
		goals: [
			goal('First video from a clone', minutes, 'at most 5 minutes'),
			goal('First video with everything installed', seconds, 'at most 25 s'),
		],
		reason: 'Installing n8n takes most of it.',
		headlines: [['First video from a clone, minutes', minutes, '–']],
	};
}
