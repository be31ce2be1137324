/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { statSync } from 'node:fs';
import { join } from 'node:path';

import { isInstalled } from '../scripts/n8n/install';
import { n8nFolder, type N8nVersion } from '../scripts/n8n/versions';
import { runQuietly } from '../scripts/progress';
import { pack, repository } from '../support/pack';
import type { Weight } from './results';
import { spreadOf, timesYardstick } from './spread';

/** What every n8n has loaded before it comes to the nodes. */
const PREPARE = `
	require('reflect-metadata');
	const { PackageDirectoryLoader } = require('n8n-core');
	const { LoggerProxy } = require('n8n-workflow');
	const silent = () => {};
	LoggerProxy.init({ error: silent, warn: silent, info: silent, debug: silent });
`;

const HTTP_REQUEST = 'n8n-nodes-base/dist/nodes/HttpRequest/HttpRequest.node.js';

/** The package as npm would deliver it, loaded as n8n does, each time in a fresh process. */
export async function measureWeight(version: N8nVersion, rounds: number): Promise<Weight> {
	const hasN8n = isInstalled(version);
	const home = hasN8n ? n8nFolder(version) : repository;
	const packed = await pack();
	try {
		await runQuietly('tar', ['-xzf', packed.tarball, '-C', packed.folder]);
		const own = `await new PackageDirectoryLoader(${JSON.stringify(join(packed.folder, 'package'))}).loadAll();`;
		const yardstick = `new (require(${JSON.stringify(HTTP_REQUEST)}).HttpRequest)();`;
		const [loads, yardsticks]: [number[], number[]] = [[], []];
		for (let round = 0; round < rounds; round++) {
			loads.push(await millisecondsOf(own, home));
			if (hasN8n) yardsticks.push(await millisecondsOf(yardstick, home));
		}
		const files = await runQuietly('tar', ['-tzf', packed.tarball]);
		return {
			load: spreadOf(loads),
			...(hasN8n && { timesHttpRequest: timesYardstick(loads, yardsticks) }),
			tarballBytes: statSync(packed.tarball).size,
			files: files.trim().split('\n').length,
		};
	} finally {
		packed.remove();
	}
}

/** @param home the folder whose n8n it is */
async function millisecondsOf(code: string, home: string): Promise<number> {
	const script = `${PREPARE}
		(async () => {
			const began = performance.now();
			${code}
			console.log('took', performance.now() - began);
			process.exit();
		})();`;
	const env = { ...process.env, NODE_PATH: join(home, 'node_modules') };
	const output = await runQuietly(process.execPath, ['-e', script], { cwd: home, env });
	return Number(/took (\S+)/.exec(output)?.[1]);
}
