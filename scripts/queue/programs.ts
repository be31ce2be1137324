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
	const redis = firstWith(path, 'redis-server');
	// Debian keeps PostgreSQL's server programs out of the path; both have to be of one release.
	const folder = [...debianFolders(), ...path].find((candidate) =>
		['initdb', 'postgres'].every((name) => existsSync(join(candidate, name))),
	);
	if (!redis || !folder) return undefined;
	return { redis, initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
}

function firstWith(folders: string[], name: string): string | undefined {
	return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** Newest release first. */
function debianFolders(): string[] {
	if (!existsSync(DEBIAN_FOLDER)) return [];
	return readdirSync(DEBIAN_FOLDER)
		.sort((a, b) => Number(b) - Number(a))
		.map((release) => join(DEBIAN_FOLDER, release, 'bin'));
}
