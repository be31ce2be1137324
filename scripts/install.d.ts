import type { N8nVersion } from './n8n/versions';

/**
 * Installs versions of n8n into their folders, with a line of progress, unless finished installations of
 * the same lock files are there. Each is a real n8n of more than 2 GB, so this takes minutes, once.
 */
export function ensureN8n(...versions: N8nVersion[]): Promise<void>;
