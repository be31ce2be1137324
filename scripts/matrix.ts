/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run test:matrix [-- version ...]: the end-to-end tests in each n8n of the table, or in those
 * that are named, one after the other.
 */
import { join } from 'node:path';

import { endWith, temporaryFolder, whenAskedToEnd } from './ending';
import { jest } from './jest';
import { addUp, inWords } from './jestResults';
import { ensureN8n } from './n8n/install';
import { n8nReleases, n8nVersions, versionNamed, type N8nVersion } from './n8n/versions';
import { command, showStep, startStep, type Step } from './steps';

interface Row {
	version: N8nVersion;
	resultFile: string;
	step: Step;
}

const temporary = temporaryFolder('matrix');
whenAskedToEnd((exitCode) => process.exit(exitCode));

async function build(): Promise<boolean> {
	return await showStep(startStep('Build', command(['npm', 'run', 'build'])));
}

async function testIn(version: N8nVersion): Promise<Row> {
	const resultFile = join(temporary, `${version}.json`);
	const step = startStep(
		`Tests: e2e, in a real n8n ${n8nReleases[version].release}`,
		jest({ projects: ['e2e'], resultFile, version, workers: 2 }),
		{ talkative: true },
	);
	await showStep(step);
	return { version, resultFile, step };
}

function table(rows: Row[]): string {
	const cells = rows.map(({ version, resultFile, step }) => {
		const { passed, failed } = addUp([resultFile]);
		return [n8nReleases[version].release, String(passed), String(failed), step.took()];
	});
	return [['n8n', 'passed', 'failed', 'time'], ...cells]
		.map(([first, ...others]) => [first.padEnd(10), ...others.map((cell) => cell.padStart(8))])
		.map((cellsOfLine) => cellsOfLine.join(''))
		.join('\n');
}

async function main(names: string[]): Promise<number> {
	const versions = names.length > 0 ? names.map(versionNamed) : n8nVersions;
	if (!(await build())) return 1;

	for (const version of versions) await ensureN8n(version);
	const rows: Row[] = [];
	for (const version of versions) rows.push(await testIn(version));

	const totals = addUp(rows.map(({ resultFile }) => resultFile));
	console.log(`\n── Summary\n${table(rows)}\n\n${inWords(totals)}`);
	const succeeded = await Promise.all(rows.map(async ({ step }) => await step.finished));
	return succeeded.every(Boolean) ? 0 : 1;
}

endWith(main(process.argv.slice(2)));
