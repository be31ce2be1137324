/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run test:browser: what a person does and sees in n8n's editor, in a real browser with a real
 * n8n and the simulated PiAPI. Needs Chromium.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { hasChromium, INSTALL_HINT } from './browser/chromium';
import { whenAskedToEnd } from './ending';
import { addUp, inWords } from './jestResults';
import { ensureN8n } from './n8n/install';
import { defaultVersion, n8nReleases } from './n8n/versions';
import { command, showStep, startStep } from './steps';

const temporary = mkdtempSync(join(tmpdir(), 'luma-browser-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
whenAskedToEnd((exitCode) => process.exit(exitCode));

const resultFile = join(temporary, 'jest.json');

async function main(): Promise<number> {
	if (!hasChromium()) {
		console.error(INSTALL_HINT);
		return 1;
	}
	await ensureN8n(defaultVersion);
	if (!(await showStep(startStep('Build', command(['npm', 'run', 'build']))))) return 1;

	const jest = [join('node_modules', '.bin', 'jest'), '--selectProjects', 'browser'];
	const results = ['--json', `--outputFile=${resultFile}`];
	const test = startStep(
		`Tests: browser, in the editor of a real n8n ${n8nReleases[defaultVersion].release}`,
		command([...jest, ...results], {
			N8N_VERSION: defaultVersion,
			// What the node under test does must not depend on who runs the tests.
			PIAPI_API_KEY: '',
		}),
		{ talkative: true },
	);
	const succeeded = await showStep(test);
	console.log(`\n${inWords(addUp([resultFile]))}`);
	return succeeded ? 0 : 1;
}

main().then(
	(code) => process.exit(code),
	(error: Error) => {
		console.error(`✗ ${error.message}`);
		process.exit(1);
	},
);
