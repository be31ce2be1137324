/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import execa from 'execa';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '../scripts/ending';
import { ensureN8n } from '../scripts/install';
import { defaultVersion, repository } from '../scripts/n8n/versions';
import { hasServices, INSTALL_HINT } from '../scripts/queue/services';
import type { QueueResults } from '../support/queue/batch';
import { goal, type Section } from './report';

/** The queue tests, which note down what they came to. */
export async function measureQueue(isQuick: boolean): Promise<Section> {
	const [title, reason] = ['Queue mode', 'An execution holds a slot to begin, and to continue.'];
	if (!hasServices()) return { title, note: INSTALL_HINT, rows: [], goals: [], reason };
	await ensureN8n(defaultVersion);
	const file = join(temporaryFolder('bench'), 'queue.json');
	const tests = `suspended executions wait${isQuick ? '' : '|polling, they wait|main process'}`;
	const words = ['--selectProjects', 'queue', '--testNamePattern', tests];
	const env = { N8N_VERSION: defaultVersion, QUEUE_RESULTS: file, PIAPI_API_KEY: '' };
	const jest = join('node_modules', '.bin', 'jest');
	// A test that fails is a measurement here; a run without figures is not.
	const { all } = await execa(jest, words, { cwd: repository, env, all: true, reject: false });
	if (!existsSync(file)) throw new Error(all);
	const results = JSON.parse(readFileSync(file, 'utf8')) as QueueResults;
	const [suspended, polling] = ['suspended', 'polling'].map((name) => {
		const row = results.rows.find(({ mode }) => mode === name);
		return { ...row, held: (row?.slotSeconds ?? NaN) / (row?.executions ?? NaN) };
	});
	const wrong = results.rows.map(
		(row) => row.lost + row.runTwice + Math.abs(row.created - row.executions),
	);
	return {
		title,
		note: `${results.workers} workers with ${results.slotsPerWorker} slots each, of which an execution holds one while it runs.`,
		rows: results.rows.map((row) => ({
			Mode: row.mode,
			Executions: row.executions,
			'Wall time, s': row.wallSeconds,
			'× one task': row.timesOneTask ?? '–',
			'Slot time, s': row.slotSeconds ?? '–',
			'Reads per task': row.readsPerTask,
			'Paid tasks': row.created,
		})),
		goals: [
			goal('Lost, run or paid twice, in queue mode', Math.max(...wrong), 'at most 0'),
			goal('Wall time, suspended', suspended.timesOneTask ?? NaN, 'at most 1.3 × one task'),
			goal('Slot time of an execution, suspended', suspended.held, 'at most 0.33 s'),
		],
		reason,
		headlines: [['Slot time of an execution, s', suspended.held, polling.held]],
	};
}
