/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/**
 * npm run test:busy [-- test test:queue …]: shows that no test judges by the clock on the wall. Each
 * suite runs with two busy loops per core beside it. It takes about an hour.
 */
import execa from 'execa';
import { availableParallelism } from 'node:os';

import { runBeside } from './beside';
import { endWith } from './ending';

const LOOPS_PER_CORE = 2;
const SUITES = ['test', 'test', 'test', 'test:queue', 'test:browser'];

/** Ends when this process is gone, however that happens. */
const BUSY_LOOP =
	'const parent = process.ppid; while (process.ppid === parent) for (let i = 0; i < 1e8; i++);';

/** @param names of suites to run; all of them, and npm test three times, when it is empty */
async function main(names: string[]): Promise<number> {
	for (let loop = 0; loop < LOOPS_PER_CORE * availableParallelism(); loop++) {
		execa(process.execPath, ['-e', BUSY_LOOP]).catch(() => undefined);
	}
	const suites = names.length > 0 ? names : SUITES;
	return await runBeside(
		suites.map((name) => ({ name, command: `npm run ${name}` })),
		1,
	);
}

endWith(main(process.argv.slice(2)));
