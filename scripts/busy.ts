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
const ROUNDS = { test: 3, 'test:queue': 1, 'test:browser': 1 };

/** Ends when this process is gone, however that happens. */
const BUSY_LOOP =
	'const parent = process.ppid; while (process.ppid === parent) for (let i = 0; i < 1e8; i++);';

whenAskedToEnd((exitCode) => process.exit(exitCode));

/** @returns ends the loops */
function keepBusy(): () => void {
	const count = LOOPS_PER_CORE * availableParallelism();
	const loops = Array.from({ length: count }, () =>
		execa(process.execPath, ['-e', BUSY_LOOP], { reject: false, stdio: 'ignore' }),
	);
	return () => loops.forEach((loop) => loop.kill('SIGKILL'));
}

async function runSuite(suite: string): Promise<string> {
	const running = execa('npm', ['run', suite], { all: true, reject: false, stdin: 'ignore' });
	running.all?.pipe(process.stdout);
	const rest = keepBusy();
	const { all = '' } = await running.finally(rest);
	return all.match(/^\d+ passed, \d+ failed.*$/gm)?.at(-1) ?? '0 passed, 1 failed';
}

/** @param names of the suites to run; all of them when it is empty */
async function main(names: string[]): Promise<number> {
	const rows: Array<Record<'suite' | 'round' | 'result' | 'time', string | number>> = [];
	for (const [suite, rounds] of Object.entries(ROUNDS)) {
		if (names.length > 0 && !names.includes(suite)) continue;
		for (let round = 1; round <= rounds; round++) {
			const startedAt = Date.now();
			rows.push({ suite, round, result: await runSuite(suite), time: elapsed(startedAt) });
		}
	}
	console.log('\n── Summary');
	console.table(rows);
	const counts = rows.map(({ result }) => String(result).match(/\d+/g)!.map(Number));
	const sum = (index: number) => counts.reduce((all, count) => all + (count[index] ?? 0), 0);
	console.log(`${sum(0)} passed, ${sum(1)} failed`);
	return sum(1) === 0 ? 0 : 1;
}

endWith(main(process.argv.slice(2)));
