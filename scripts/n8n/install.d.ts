import type { N8nVersion } from './versions';

/**
 * Installs an n8n into its folder, with a line of progress, unless a finished installation of the same
 * lock file is there. It is a real n8n of more than 2 GB, so this takes minutes, once.
 */
export function ensureN8n(version: N8nVersion): Promise<void>;

/** Whether a finished installation of the present lock file is there. */
export function isInstalled(version: N8nVersion): boolean;

/** Without progress on the terminal, for a caller that shows its own. */
export function installN8n(version: N8nVersion): Promise<void>;
