/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { join } from 'node:path';

export interface N8nRelease {
	/** What the lock file in the version's folder installs; for the reader. */
	release: string;
	/** Takes its Node from the npm package `node` in its own folder, because it wants a newer one. */
	ownNode: boolean;
	/** Settings this version needs on top of those every version gets. */
	environment: Record<string, string>;
}

/** One row for each n8n this project is run against; its folder is n8n/<version>/. */
export const n8nReleases = {
	'2.8': { release: '2.8.4', ownNode: false, environment: {} },
} satisfies Record<string, N8nRelease>;

export type N8nVersion = keyof typeof n8nReleases;

export const repository = join(__dirname, '..', '..');

export function n8nFolder(version: N8nVersion): string {
	return join(repository, 'n8n', version);
}

/** The Node program that runs this n8n. */
export function nodeFor(version: N8nVersion): string {
	const { ownNode }: N8nRelease = n8nReleases[version];
	return ownNode
		? join(n8nFolder(version), 'node_modules', 'node', 'bin', 'node')
		: process.execPath;
}
