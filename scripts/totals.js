/**
 * A reporter of jest: the last line of a run has the counts of tests, which .ci/run adds up. Where
 * several runs are one command, they go into the file that TOTALS_FILE names.
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
		const { TOTALS_FILE: file } = process.env;
		if (file) writeFileSync(file, JSON.stringify(totals));
		else process.once('exit', () => process.stdout.write(`\n${inWords([totals])}\n`));
	}
}

/** What a run has written; one that broke counts as one failed test. */
function readTotals(file) {
	if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
	return JSON.parse(readFileSync(file, 'utf8'));
}

function inWords(runs) {
	const sum = (count) => runs.reduce((all, run) => all + run[count], 0);
	const line = `${sum('passed')} passed, ${sum('failed')} failed`;
	return sum('skipped') > 0 ? `${line}, ${sum('skipped')} skipped` : line;
}

module.exports = Object.assign(Totals, { inWords, readTotals });
