/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { join } from 'node:path';

import type { N8nVersion } from './n8n/versions';
import { command } from './steps';

export interface JestRun {
	projects: string[];
	/** Where jest writes its results as JSON. */
	resultFile: string;
	/** The n8n that the tests start, if they do. */
	version: N8nVersion;
	workers?: number;
	environment?: Record<string, string>;
}

/** A step's work: tests of some of jest's projects. */
export function jest({ projects, resultFile, version, workers, environment }: JestRun) {
	const words = [join('node_modules', '.bin', 'jest'), '--silent', '--selectProjects', ...projects];
	if (workers !== undefined) words.push(`--maxWorkers=${workers}`);
	return command([...words, '--json', `--outputFile=${resultFile}`], {
		N8N_VERSION: version,
		// What the node under test does must not depend on who runs the tests.
		PIAPI_API_KEY: '',
		...environment,
	});
}
