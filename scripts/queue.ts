/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * npm run test:queue: n8n in queue mode (Redis, PostgreSQL, a main process and two workers with five
 * slots each) against the simulator. It shows what suspending is worth beside polling, and that
 * nothing is lost, run twice or paid twice when workers and the main process are killed and calls
 * are forged, doubled or late.
 *
 * Redis and PostgreSQL are the system's (`apt-get install redis-server postgresql`), started on free
 * ports with data folders of their own. It takes about 5 minutes and ends with a table, which goes
 * into the file that QUEUE_RESULTS names too, as JSON.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { buildStep } from './build';
import { endWith, temporaryFolder, whenAskedToEnd } from './ending';
import { jest } from './jest';
import { addUp, inWords } from './jestResults';
import { ensureN8n } from './n8n/install';
import { n8nReleases } from './n8n/versions';
import { findPrograms, INSTALL_HINT } from './queue/programs';
import { table, type QueueResults } from './queue/results';
import { showStep, startStep } from './steps';

const VERSION = '2.8';

const temporary = temporaryFolder('queue');
whenAskedToEnd((exitCode) => process.exit(exitCode));

const jestResults = join(temporary, 'jest.json');
const queueResults = resolve(process.env.QUEUE_RESULTS || join(temporary, 'queue.json'));

async function test(): Promise<boolean> {
	const step = startStep(
		`Tests: queue mode, in a real n8n ${n8nReleases[VERSION].release}`,
		jest({
			projects: ['queue'],
			resultFile: jestResults,
			version: VERSION,
			environment: { QUEUE_RESULTS: queueResults },
		}),
		{ talkative: true },
	);
	return await showStep(step);
}

async function main(): Promise<number> {
	if (!findPrograms()) {
		console.error(INSTALL_HINT);
		return 1;
	}
	await ensureN8n(VERSION);
	const built = await showStep(startStep('Build', buildStep));
	const succeeded = built && (await test());

	console.log('\n── Summary');
	if (existsSync(queueResults)) {
		const results = JSON.parse(readFileSync(queueResults, 'utf8')) as QueueResults;
		console.log(`${table(results)}\n`);
	}
	console.log(inWords(addUp([jestResults])));
	return succeeded ? 0 : 1;
}

endWith(main());
