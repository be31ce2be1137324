/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console */
import concurrently, { type CloseEvent } from 'concurrently';
import { join } from 'node:path';

import { temporaryFolder, whenAskedToEnd } from './ending';
import { elapsed } from './progress';
import { inWords, readTotals } from './totals';

export interface Suite {
	name: string;
	command: string;
	/** Whether its jest counts tests. */
	hasTests?: boolean;
	env?: Record<string, string>;
}

/** A command of jest for some of its projects. */
export function jest(projects: string, workers: number): string {
	const program = join('node_modules', '.bin', 'jest');
	return `${program} --silent --selectProjects ${projects} --maxWorkers=${workers}`;
}

/**
 * Runs suites beside each other, their lines with their names. One that fails does not hide the others.
 * Ends with a summary and the count of tests.
 *
 * @param lanes how many run at once
 * @returns the exit code
 */
export async function runBeside(suites: Suite[], lanes: number): Promise<number> {
	const startedAt = Date.now();
	const folder = temporaryFolder('totals');
	const fileOf = (suite: Suite) => join(folder, String(suites.indexOf(suite)));
	const { commands, result } = concurrently(
		suites.map((suite) => ({ ...suite, env: { ...suite.env, TOTALS_FILE: fileOf(suite) } })),
		{ maxProcesses: lanes, prefix: 'name', prefixColors: 'auto', padPrefix: true },
	);
	whenAskedToEnd(() => commands.forEach((command) => command.kill('SIGTERM')));
	const ends = await result.catch((events: CloseEvent[]) => events);

	console.log('\n── Summary');
	const runs = suites.filter(({ hasTests }) => hasTests).map((suite) => readTotals(fileOf(suite)));
	for (const suite of suites) {
		const { exitCode, timings } = ends.find(({ index }) => index === suites.indexOf(suite))!;
		const sign = exitCode === 0 ? '✓ passed' : '✗ failed';
		const took = elapsed(Date.now() - timings.durationSeconds * 1000).padStart(5);
		const counts = suite.hasTests ? `: ${inWords([readTotals(fileOf(suite))])}` : '';
		console.log(`${sign}  ${took}  ${suite.name}${counts}`);
	}
	console.log(`          ${elapsed(startedAt).padStart(5)}  in all\n\n${inWords(runs)}`);
	return ends.every(({ exitCode }) => exitCode === 0) ? 0 : 1;
}
