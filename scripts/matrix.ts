/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run test:matrix [-- version ...]: the end-to-end tests in each n8n of the table, or in those
 * that are named, side by side.
 */
import { join } from 'node:path';

import { buildStep } from './build';
import { endWith, temporaryFolder, whenAskedToEnd } from './ending';
import { jest } from './jest';
import { addUp, inWords } from './jestResults';
import { ensureN8n } from './n8n/install';
import { n8nReleases, n8nVersions, versionNamed, type N8nVersion } from './n8n/versions';
import { showStep, startStep, type Step } from './steps';
import { textTable } from './textTable';

interface Row {
	version: N8nVersion;
	resultFile: string;
	step: Step;
}

const temporary = temporaryFolder('matrix');
whenAskedToEnd((exitCode) => process.exit(exitCode));

async function build(): Promise<boolean> {
	return await showStep(startStep('Build', buildStep));
}

function testIn(version: N8nVersion): Row {
	const resultFile = join(temporary, `${version}.json`);
	const step = startStep(
		`Tests: e2e, in a real n8n ${n8nReleases[version].release}`,
		jest({ projects: ['e2e'], resultFile, version, workers: 2 }),
		{ talkative: true },
	);
	return { version, resultFile, step };
}

function table(rows: Row[]): string {
	const cells = rows.map(({ version, resultFile, step }) => {
		const { passed, failed } = addUp([resultFile]);
		return [n8nReleases[version].release, String(passed), String(failed), step.took()];
	});
	return textTable([['n8n', 'passed', 'failed', 'time'], ...cells]);
}

async function main(names: string[]): Promise<number> {
	const versions = names.length > 0 ? names.map(versionNamed) : n8nVersions;
	if (!(await build())) return 1;

	await Promise.all(versions.map(ensureN8n));
	// Side by side: most of the time a test waits for n8n.
	const rows = versions.map(testIn);
	for (const { step } of rows) await showStep(step);

	const totals = addUp(rows.map(({ resultFile }) => resultFile));
	console.log(`\n── Summary\n${table(rows)}\n\n${inWords(totals)}`);
	const succeeded = await Promise.all(rows.map(async ({ step }) => await step.finished));
	return succeeded.every(Boolean) ? 0 : 1;
}

endWith(main(process.argv.slice(2)));
