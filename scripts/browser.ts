/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run test:browser: what a person does and sees in n8n's editor, in a real browser with a real
 * n8n and the simulated PiAPI. Needs Chromium.
 */
import { join } from 'node:path';

import { hasChromium, INSTALL_HINT } from './browser/chromium';
import { buildStep } from './build';
import { endWith, temporaryFolder, whenAskedToEnd } from './ending';
import { jest } from './jest';
import { addUp, inWords } from './jestResults';
import { ensureN8n } from './n8n/install';
import { defaultVersion, n8nReleases } from './n8n/versions';
import { showStep, startStep } from './steps';

const temporary = temporaryFolder('browser');
whenAskedToEnd((exitCode) => process.exit(exitCode));

const resultFile = join(temporary, 'jest.json');

async function main(): Promise<number> {
	if (!hasChromium()) {
		console.error(INSTALL_HINT);
		return 1;
	}
	await ensureN8n(defaultVersion);
	if (!(await showStep(startStep('Build', buildStep)))) return 1;

	const test = startStep(
		`Tests: browser, in the editor of a real n8n ${n8nReleases[defaultVersion].release}`,
		jest({ projects: ['browser'], resultFile, version: defaultVersion }),
		{ talkative: true },
	);
	const succeeded = await showStep(test);
	console.log(`\n${inWords(addUp([resultFile]))}`);
	return succeeded ? 0 : 1;
}

endWith(main());
