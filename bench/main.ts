/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run bench: lateness, runs of many items, memory, downloads, the package and queue mode, measured
 * against the simulator and beside what people do without the node. It takes about 8 minutes on a
 * machine that does nothing else, and writes bench/results.json and docs/benchmarks.md.
 *
 * npm run bench -- lateness growth: only these parts; writes nothing.
 * npm run bench -- --quick: fewer and smaller runs, to see whether it works; writes nothing.
 */
import { parseArgs } from 'node:util';

import { format } from 'prettier';

import { endWith, whenAskedToEnd } from '../scripts/ending';
import { repository } from '../scripts/n8n/versions';
import { elapsed, runQuietly, withProgress } from '../scripts/progress';
import { measureConditions, measureSideBySide } from './batches';
import { measureDownloads } from './downloads';
import { measureGrowth } from './growth';
import { measureJoin } from './join';
import { measureLateness } from './lateness';
import { measurePackage } from './package';
import { tablesOf, type Section } from './section';
import { FULL, QUICK, type Plan } from './plans';
import { measureQueue } from './queue';
import { measureFirstStart, measureStartUp } from './startUp';
import { PAGE, RESULTS, write } from './write';

/** By the names that the command takes, in the order in which they are measured. */
const PARTS: Record<string, (plan: Plan) => Promise<Section>> = {
	package: async (plan) => await measurePackage(plan.package),
	lateness: async (plan) => await measureLateness(plan.lateness),
	conditions: async (plan) => await measureConditions(plan.batches),
	sideBySide: async (plan) => await measureSideBySide(plan.batches),
	growth: async (plan) => await measureGrowth(plan.growth),
	downloads: async (plan) => await measureDownloads(plan.downloads),
	join: async (plan) => await measureJoin(plan.join),
	queue: async (plan) => await measureQueue(plan.queue),
	startUp: async (plan) => await measureStartUp(plan.startUp),
	firstStart: measureFirstStart,
};

/** Measured only when it is named: it installs everything, which takes minutes. */
const ON_REQUEST = 'firstStart';

async function main(): Promise<number> {
	const startedAt = Date.now();
	const { values, positionals } = parseArgs({
		options: { quick: { type: 'boolean', default: false } },
		allowPositionals: true,
	});
	const unknown = positionals.find((name) => !(name in PARTS));
	if (unknown)
		throw new Error(`No part "${unknown}"; choose from ${Object.keys(PARTS).join(', ')}`);

	await withProgress('Building the package', '✓ The package is built', () =>
		runQuietly('npm', ['run', 'build'], { cwd: repository, shell: process.platform === 'win32' }),
	);
	const sections: Section[] = [];
	const usual = Object.keys(PARTS).filter((name) => name !== ON_REQUEST);
	for (const name of positionals.length > 0 ? positionals : usual) {
		const measure = PARTS[name];
		const plan = values.quick ? QUICK : FULL;
		sections.push(await withProgress(name, `✓ ${name}`, async () => await measure(plan)));
	}
	const isWhole = !values.quick && positionals.length === 0;
	if (isWhole) await write(sections);

	const goals = sections.flatMap((section) => section.goals);
	console.log(`\n${await format(tablesOf(sections), { parser: 'markdown' })}`);
	const met = goals.filter(({ isMet }) => isMet).length;
	console.log(`${met} of ${goals.length} goals are met; ${elapsed(startedAt)} in all.`);
	console.log(isWhole ? `→ ${RESULTS}, ${PAGE}` : 'Nothing was written.');
	return 0;
}

// The programs that measure, n8n and jest end with this process.
whenAskedToEnd((exitCode) => process.exit(exitCode));
endWith(main());
