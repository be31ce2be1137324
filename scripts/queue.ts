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
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { whenAskedToEnd } from './ending';
import { addUp, inWords } from './jestResults';
import { ensureN8n } from './n8n/install';
import { n8nReleases } from './n8n/versions';
import { findPrograms, INSTALL_HINT } from './queue/programs';
import { table, type QueueResults } from './queue/results';
import { command, showStep, startStep } from './steps';

const VERSION = '2.8';

const temporary = mkdtempSync(join(tmpdir(), 'luma-queue-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
whenAskedToEnd((exitCode) => process.exit(exitCode));

const jestResults = join(temporary, 'jest.json');
const queueResults = resolve(process.env.QUEUE_RESULTS || join(temporary, 'queue.json'));

async function test(): Promise<boolean> {
	const jest = [join('node_modules', '.bin', 'jest'), '--selectProjects', 'queue'];
	const step = startStep(
		`Tests: queue mode, in a real n8n ${n8nReleases[VERSION].release}`,
		command([...jest, '--json', `--outputFile=${jestResults}`], {
			N8N_VERSION: VERSION,
			QUEUE_RESULTS: queueResults,
			// What the node under test does must not depend on who runs the tests.
			PIAPI_API_KEY: '',
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
	const built = await showStep(startStep('Build', command(['npm', 'run', 'build'])));
	const succeeded = built && (await test());

	console.log('\n── Summary');
	if (existsSync(queueResults)) {
		const results = JSON.parse(readFileSync(queueResults, 'utf8')) as QueueResults;
		console.log(`${table(results)}\n`);
	}
	console.log(inWords(addUp([jestResults])));
	return succeeded ? 0 : 1;
}

main().then(
	(code) => process.exit(code),
	(error: Error) => {
		console.error(`✗ ${error.message}`);
		process.exit(1);
	},
);
