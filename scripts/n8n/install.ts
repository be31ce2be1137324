/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { npmInstall, runQuietly, withProgress } from '../progress';
import { n8nFolder, n8nReleases, type N8nVersion } from './versions';

/**
 * Installs an n8n into its folder, unless a finished installation of the same lock file is there.
 * It is a real n8n of more than 2 GB, so this takes minutes, once.
 */
export async function ensureN8n(version: N8nVersion): Promise<void> {
	if (isInstalled(version)) return;

	const { release } = n8nReleases[version];
	await withProgress(
		`n8n ${release} is installed once; this takes about 4 minutes`,
		`n8n ${release} is installed.`,
		() => installN8n(version),
	);
}

export function isInstalled(version: N8nVersion): boolean {
	const file = markerFile(version);
	return existsSync(file) && readFileSync(file, 'utf8') === fingerprint(version);
}

/** Without progress on the terminal, for a caller that shows its own. */
export async function installN8n(version: N8nVersion): Promise<void> {
	const cwd = n8nFolder(version);
	// Whatever an interrupted installation left behind may be half a package.
	rmSync(join(cwd, 'node_modules'), { recursive: true, force: true });
	await npmInstall(cwd);
	// The packages whose install scripts n8n cannot do without.
	const built = n8nReleases[version].ownNode ? ['node', 'sqlite3'] : ['sqlite3'];
	await runQuietly('npm', ['rebuild', ...built], { cwd, shell: process.platform === 'win32' });
	// Last, so that an interrupted installation is done again.
	writeFileSync(markerFile(version), fingerprint(version));
}

function markerFile(version: N8nVersion): string {
	return join(n8nFolder(version), 'node_modules', '.installed');
}

function fingerprint(version: N8nVersion): string {
	const lockFile = readFileSync(join(n8nFolder(version), 'package-lock.json'));
	return createHash('sha256').update(lockFile).digest('hex');
}
