/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface N8nRelease {
	/** What the lock file in the version's folder installs; for the reader. */
	release: string;
	/** Settings this version needs on top of those every version gets. */
	environment: Record<string, string>;
	/**
	 * How a workflow gets into production: by a change of the workflow, by a call of its own, or by
	 * such a call that only asks for it, and n8n does it in the background.
	 */
	activation: 'change' | 'call' | 'background';
}

/**
 * One row for each n8n this project is run against; its folder is n8n/<version>/. A newer release is installed
 * in the last of them. 2.41.3 could not be: some of n8n's own packages were missing (tried 2026-11).
 */
export const n8nReleases = {
	'1.123': {
		release: '1.123.81',
		environment: {
			// The default engine is native code that wants Node 22.
			N8N_EXPRESSION_ENGINE: 'legacy',
			// Without it, files for the database stay in memory.
			N8N_AVAILABLE_BINARY_DATA_MODES: 'filesystem,database',
		},
		activation: 'change',
	},
	'2.8': { release: '2.8.4', environment: {}, activation: 'call' },
	'2.41': { release: '2.41.1', environment: {}, activation: 'background' },
} satisfies Record<string, N8nRelease>;

export type N8nVersion = keyof typeof n8nReleases;

export const defaultVersion: N8nVersion = '2.8';

export const n8nVersions = Object.keys(n8nReleases) as N8nVersion[];

/** The version that N8N_VERSION names, such as 1.123; the default when it names none. */
export function chosenVersion(): N8nVersion {
	return versionNamed(process.env.N8N_VERSION || defaultVersion);
}

export function versionNamed(name: string): N8nVersion {
	const version = n8nVersions.find((candidate) => candidate === name);
	if (version) return version;
	throw new Error(`There is no n8n ${name} here; choose from ${n8nVersions.join(', ')}.`);
}

export const repository = join(__dirname, '..', '..');

export function n8nFolder(version: N8nVersion): string {
	return join(repository, 'n8n', version);
}

/** The Node program that runs this n8n: its own where it wants a newer one, from the npm package `node`. */
export function nodeFor(version: N8nVersion): string {
	const own = join(n8nFolder(version), 'node_modules', 'node', 'bin', 'node');
	return existsSync(own) ? own : process.execPath;
}
