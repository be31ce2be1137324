/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Programs {
	redis: string;
	initdb: string;
	postgres: string;
}

const DEBIAN_FOLDER = '/usr/lib/postgresql';

export const INSTALL_HINT =
	'These tests need Redis and PostgreSQL; please install them: apt-get install redis-server postgresql';

/** The programs that queue mode needs besides n8n; undefined when one of them is not installed. */
export function findPrograms(): Programs | undefined {
	const path = (process.env.PATH ?? '').split(delimiter);
	const folders = [...debianFolders(), ...path];
	const find = (name: string) =>
		folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
	const [redis, initdb, postgres] = ['redis-server', 'initdb', 'postgres'].map(find);
	return redis && initdb && postgres ? { redis, initdb, postgres } : undefined;
}

/** Debian keeps PostgreSQL's server programs out of the path. Newest release first. */
function debianFolders(): string[] {
	if (!existsSync(DEBIAN_FOLDER)) return [];
	const releases = readdirSync(DEBIAN_FOLDER).sort((a, b) => Number(b) - Number(a));
	return releases.map((release) => join(DEBIAN_FOLDER, release, 'bin'));
}
