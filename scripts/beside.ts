/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console */
import concurrently, { type CloseEvent } from 'concurrently';
import { join } from 'node:path';

import { temporaryFolder, whenAskedToEnd } from './ending';
import { elapsed } from './progress';
import { readTotals, tellTotals } from './totals';

export interface Suite {
	name: string;
	command: string;
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
	const fileOf = (index: number) => join(folder, String(index));
	const { commands, result } = concurrently(
		suites.map((suite, index) => ({ ...suite, env: { ...suite.env, TOTALS_FILE: fileOf(index) } })),
		{ maxProcesses: lanes, prefix: 'name', prefixColors: 'auto', padPrefix: true },
	);
	whenAskedToEnd(() => commands.forEach((command) => command.kill('SIGTERM')));
	const ends = await result.catch((events: CloseEvent[]) => events);

	const rows = ends.map(({ command, index, exitCode, timings }) => ({
		suite: command.name,
		seconds: Math.round(timings.durationSeconds),
		...readTotals(fileOf(index), exitCode),
	}));
	console.table(rows);
	console.log(`${elapsed(startedAt)} in all`);
	const sum = (count: 'passed' | 'failed' | 'skipped') =>
		rows.reduce((all, row) => all + row[count], 0);
	tellTotals({ passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') });
	return ends.every(({ exitCode }) => exitCode === 0) ? 0 : 1;
}
