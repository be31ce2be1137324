/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run test:busy: shows that no test judges by the clock on the wall. Each suite runs with two busy
 * loops per core beside it: unit, engine and e2e three times, queue and browser once. It takes about
 * an hour.
 */
import execa from 'execa';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { buildStep } from './build';
import { endWith, temporaryFolder, whenAskedToEnd } from './ending';
import { jest } from './jest';
import { addUp, inWords } from './jestResults';
import { ensureN8n } from './n8n/install';
import { defaultVersion } from './n8n/versions';
import { mark, showStep, startStep } from './steps';
import { textTable } from './textTable';

const LOOPS_PER_CORE = 2;
const ROUNDS = { unit: 3, engine: 3, e2e: 3, queue: 1, browser: 1 };

/** Ends when this process is gone, however that happens. */
const BUSY_LOOP =
	'const parent = process.ppid; while (process.ppid === parent) for (let i = 0; i < 1e8; i++);';

const temporary = temporaryFolder('busy');
whenAskedToEnd((exitCode) => process.exit(exitCode));

interface Row {
	suite: string;
	round: number;
	resultFile: string;
	succeeded: boolean;
	took: string;
}

/** @returns ends the loops */
function keepBusy(): () => void {
	const count = LOOPS_PER_CORE * availableParallelism();
	const loops = Array.from({ length: count }, () =>
		execa(process.execPath, ['-e', BUSY_LOOP], { reject: false, stdio: 'ignore' }),
	);
	return () => loops.forEach((loop) => loop.kill('SIGKILL'));
}

async function runSuite(suite: string, round: number): Promise<Row> {
	const resultFile = join(temporary, `${suite}-${round}.json`);
	const step = startStep(
		`Tests on a busy machine: ${suite}, round ${round}`,
		jest({ projects: [suite], resultFile, version: defaultVersion, workers: 2 }),
		{ talkative: true },
	);
	const rest = keepBusy();
	const succeeded = await showStep(step).finally(rest);
	return { suite, round, resultFile, succeeded, took: step.took() };
}

function table(rows: Row[]): string {
	const lines = rows.map(({ suite, round, resultFile, took }) => {
		const { passed, failed } = addUp([resultFile]);
		return [suite, String(round), String(passed), String(failed), took];
	});
	return textTable([['suite', 'round', 'passed', 'failed', 'time'], ...lines]);
}

/** @param names of the suites to run; all of them when it is empty */
async function main(names: string[]): Promise<number> {
	await ensureN8n(defaultVersion);
	if (!(await showStep(startStep('Build', buildStep)))) return 1;

	const rows: Row[] = [];
	for (const [suite, rounds] of Object.entries(ROUNDS)) {
		if (names.length > 0 && !names.includes(suite)) continue;
		for (let round = 1; round <= rounds; round++) rows.push(await runSuite(suite, round));
	}
	const succeeded = rows.every((row) => row.succeeded);
	console.log(`\n── Summary: ${mark(succeeded)}\n${table(rows)}\n`);
	console.log(inWords(addUp(rows.map(({ resultFile }) => resultFile))));
	return succeeded ? 0 : 1;
}

endWith(main(process.argv.slice(2)));
