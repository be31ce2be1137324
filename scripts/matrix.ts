/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run test:matrix [-- version ...]: the end-to-end tests in each n8n of the table, or in those
 * that are named, one after the other.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { whenAskedToEnd } from './ending';
import { addUp, inWords } from './jestResults';
import { ensureN8n } from './n8n/install';
import { n8nReleases, n8nVersions, versionNamed, type N8nVersion } from './n8n/versions';
import { command, showStep, startStep, type Step } from './steps';

interface Row {
	version: N8nVersion;
	resultFile: string;
	step: Step;
}

const temporary = mkdtempSync(join(tmpdir(), 'luma-matrix-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
whenAskedToEnd((exitCode) => process.exit(exitCode));

async function build(): Promise<boolean> {
	return await showStep(startStep('Build', command(['npm', 'run', 'build'])));
}

async function testIn(version: N8nVersion): Promise<Row> {
	const resultFile = join(temporary, `${version}.json`);
	const jest = [join('node_modules', '.bin', 'jest'), '--selectProjects', 'e2e'];
	const step = startStep(
		`Tests: e2e, in a real n8n ${n8nReleases[version].release}`,
		command([...jest, '--maxWorkers=2', '--json', `--outputFile=${resultFile}`], {
			N8N_VERSION: version,
			// What the node under test does must not depend on who runs the tests.
			PIAPI_API_KEY: '',
		}),
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

main(process.argv.slice(2)).then(
	(code) => process.exit(code),
	(error: Error) => {
		console.error(`✗ ${error.message}`);
		process.exit(1);
	},
);
