/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run bench: the node beside the plain ways to do the same; writes bench/results.json and docs/benchmarks.md.
 * npm run bench -- firstStart: a first video from a clone; writes its row.
 * npm run bench -- growth lists: only these parts; npm run bench -- --quick: smaller runs. Neither writes.
 */
import { parseArgs } from 'node:util';

import execa from 'execa';
import { format } from 'prettier';

import { endWith, whenAskedToEnd } from '../scripts/ending';
import { repository } from '../scripts/n8n/versions';
import { elapsed, withProgress } from '../scripts/progress';
import { measureSideBySide } from './batches';
import { measureDownloads, measureJoin } from './files';
import { measureGrowth } from './growth';
import { measureLists } from './lists';
import { measureFirstStart, measurePackage } from './package';
import { measureQueue } from './queue';
import { pageOf, type Section } from './report';
import { settingNow, write } from './write';

/** In their order. */
const PARTS: Record<string, (isQuick: boolean) => Promise<Section>> = {
	sideBySide: measureSideBySide,
	growth: measureGrowth,
	lists: measureLists,
	downloads: measureDownloads,
	join: measureJoin,
	queue: measureQueue,
	package: measurePackage,
	firstStart: measureFirstStart,
};

/** Measured only when it is named: it installs everything. */
const ON_REQUEST = 'firstStart';

async function main(): Promise<number> {
	const startedAt = Date.now();
	const { values, positionals } = parseArgs({
		options: { quick: { type: 'boolean', default: false } },
		allowPositionals: true,
	});
	const unknown = positionals.find((name) => !(name in PARTS));
	if (unknown) throw new Error(`No part "${unknown}"; there are ${Object.keys(PARTS).join(', ')}`);

	await withProgress('Building the package', '✓ The package is built', () =>
		execa('npm', ['run', 'build'], { cwd: repository }),
	);
	const parts: Record<string, Section> = {};
	const usual = Object.keys(PARTS).filter((name) => name !== ON_REQUEST);
	for (const name of positionals.length > 0 ? positionals : usual) {
		const measure = async () => await PARTS[name](values.quick);
		const section = await withProgress(name, `✓ ${name}`, measure);
		parts[name] = { ...section, setting: settingNow() };
		console.log(`\n${await format(pageOf([parts[name]]), { parser: 'markdown' })}`);
	}
	const isWhole = positionals.length === 0 || positionals.join() === ON_REQUEST;
	if (isWhole && !values.quick) await write(parts);
	console.log(`${elapsed(startedAt)} in all.`);
	return 0;
}

// The programs that measure, n8n and jest end with this process.
whenAskedToEnd((exitCode) => process.exit(exitCode));
endWith(main());
