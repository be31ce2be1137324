/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { existsSync, readFileSync } from 'node:fs';

export interface Totals {
	passed: number;
	failed: number;
	skipped: number;
}

interface JestResults {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	numTodoTests: number;
	numRuntimeErrorTestSuites: number;
}

/** Adds up the JSON results of several jest runs. A run or a file that broke counts as one failed test. */
export function addUp(resultFiles: string[]): Totals {
	const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
	for (const file of resultFiles) {
		if (!existsSync(file)) {
			totals.failed += 1;
			continue;
		}
		const results = JSON.parse(readFileSync(file, 'utf8')) as JestResults;
		totals.passed += results.numPassedTests;
		totals.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
		totals.skipped += results.numPendingTests + results.numTodoTests;
	}
	return totals;
}

export function inWords({ passed, failed, skipped }: Totals): string {
	const line = `${passed} passed, ${failed} failed`;
	return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}
