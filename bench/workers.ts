/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { N8nVersion } from '../scripts/n8n/versions';
import { repository } from '../scripts/n8n/versions';
import { runQuietly } from '../scripts/progress';
import { findPrograms } from '../scripts/queue/programs';
import type { QueueResults } from '../scripts/queue/results';

/** The scenes of the queue tests that stand side by side. */
const SCENES = 'fifty executions';

const ROWS = 2;

/** @returns undefined where Redis or PostgreSQL is not installed */
export async function measureWorkers(version: N8nVersion): Promise<QueueResults | undefined> {
	if (!findPrograms()) return undefined;
	const folder = mkdtempSync(join(tmpdir(), 'luma-bench-'));
	const file = join(folder, 'queue.json');
	const jest = join('node_modules', '.bin', 'jest');
	const env = { ...process.env, N8N_VERSION: version, QUEUE_RESULTS: file, PIAPI_API_KEY: '' };
	try {
		await runQuietly(jest, ['--selectProjects', 'queue', '--testNamePattern', SCENES], {
			cwd: repository,
			env,
		}).catch((error: Error) => {
			// A promise of the tests that does not hold is a measurement here; no figures are not.
			if (readRows(file) === undefined) throw error;
		});
		return readRows(file);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function readRows(file: string): QueueResults | undefined {
	if (!existsSync(file)) return undefined;
	const results = JSON.parse(readFileSync(file, 'utf8')) as QueueResults;
	return results.rows.length === ROWS ? results : undefined;
}
