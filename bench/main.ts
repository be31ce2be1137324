/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run bench: how late, how far, how heavy: measured against the simulator, beside what people do
 * without the node. It takes about 10 minutes on a machine that does nothing else, and writes the
 * figures to bench/results.json, docs/benchmarks.md and docs/pictures/bench.svg.
 *
 * npm run bench -- --quick: a look at whether it works, in under a minute, without n8n; writes nothing.
 */
import { parseArgs } from 'node:util';

import { whenAskedToEnd } from '../scripts/ending';
import { ensureN8n } from '../scripts/n8n/install';
import { defaultVersion, n8nReleases, repository } from '../scripts/n8n/versions';
import { elapsed, runQuietly, withProgress } from '../scripts/progress';
import { CHART, document, PAGE, RESULTS } from './document';
import { judge } from './goals';
import { measure } from './measure';
import { inWords } from './page';
import { FULL, QUICK } from './plans';
import type { Results } from './results';
import { settingNow } from './setting';
import { asText, tablesOf } from './tables';

const VERSION = defaultVersion;

async function main(isQuick: boolean): Promise<void> {
	const startedAt = Date.now();
	if (!isQuick) await ensureN8n(VERSION);
	await withProgress('Building the package', '✓ The package is built', async () =>
		runQuietly('npm', ['run', 'build'], { cwd: repository, shell: process.platform === 'win32' }),
	);

	const measured = await measure(isQuick ? QUICK : FULL, VERSION);
	const setting = settingNow(isQuick ? undefined : n8nReleases[VERSION].release);
	const results: Results = { setting, goals: judge(measured), ...measured };
	if (!isQuick) await document(results);

	console.log(`\n${tablesOf(results).map(asText).join('\n\n')}\n`);
	if (!isQuick && !results.workers) {
		console.log('Workers were left out: Redis or PostgreSQL is not installed here.');
	}
	console.log(inWords(setting));
	const kept = results.goals.filter(({ holds }) => holds).length;
	console.log(`${kept} of ${results.goals.length} goals hold; ${elapsed(startedAt)} in all.`);
	console.log(
		isQuick ? 'A quick look: nothing was written.' : `→ ${[RESULTS, PAGE, CHART].join(', ')}`,
	);
}

// The programs that measure, n8n and jest notice when this process is gone.
whenAskedToEnd((exitCode) => process.exit(exitCode));
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
main(values.quick).then(
	() => process.exit(0),
	(error: Error) => {
		console.error(`✗ ${error.stack}`);
		process.exit(1);
	},
);
