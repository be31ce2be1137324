/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run test:busy [-- test test:queue …]: shows that no test judges by the clock on the wall. Each
 * suite runs with two busy loops per core beside it. It takes about an hour.
 */
import execa from 'execa';
import { availableParallelism } from 'node:os';

import { endWith, whenAskedToEnd } from './ending';
import { elapsed } from './progress';

const LOOPS_PER_CORE = 2;
const SUITES = ['test', 'test', 'test', 'test:queue', 'test:browser'];

/** Ends when this process is gone, however that happens. */
const BUSY_LOOP =
	'const parent = process.ppid; while (process.ppid === parent) for (let i = 0; i < 1e8; i++);';

whenAskedToEnd((exitCode) => process.exit(exitCode));

/** @param suites to run; all of them, and npm test three times, when it is empty */
async function main(suites: string[]): Promise<number> {
	const count = LOOPS_PER_CORE * availableParallelism();
	const loops = Array.from({ length: count }, () => execa(process.execPath, ['-e', BUSY_LOOP]));
	// They end with this process.
	for (const loop of loops) loop.catch(() => undefined);
	const rows: object[] = [];
	let failed = 0;
	for (const suite of suites.length > 0 ? suites : SUITES) {
		const startedAt = Date.now();
		const { exitCode } = await execa('npm', ['run', suite], { reject: false, stdio: 'inherit' });
		if (exitCode !== 0) failed++;
		rows.push({ suite, result: exitCode === 0 ? 'passed' : 'failed', time: elapsed(startedAt) });
	}
	console.table(rows);
	console.log(`${rows.length - failed} passed, ${failed} failed`);
	return failed;
}

endWith(main(process.argv.slice(2)));
