/**
 * A reporter of jest: the last line of a run has the counts of tests, which .ci/run adds up. Where
 * several runs are one command, each puts them into the file that TOTALS_FILE names.
 */
'use strict';

const { existsSync, readFileSync, writeFileSync } = require('node:fs');

class Totals {
	onRunComplete(_contexts, results) {
		const totals = {
			passed: results.numPassedTests,
			failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
			skipped: results.numPendingTests + results.numTodoTests,
		};
		process.once('exit', () => tellTotals(totals));
	}
}

function tellTotals({ passed, failed, skipped }) {
	const { TOTALS_FILE: file } = process.env;
	if (file) return writeFileSync(file, JSON.stringify({ passed, failed, skipped }));
	const rest = skipped > 0 ? `, ${skipped} skipped` : '';
	process.stdout.write(`\n${passed} passed, ${failed} failed${rest}\n`);
}

/** What a run has told; one that failed without a word counts as one failed test. */
function readTotals(file, exitCode) {
	if (!existsSync(file)) return { passed: 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
	return JSON.parse(readFileSync(file, 'utf8'));
}

module.exports = Object.assign(Totals, { readTotals, tellTotals });
