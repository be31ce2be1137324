/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import execa from 'execa';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../n8n/server';
import { supervise } from '../n8n/supervisedProcess';

export const INSTALL_HINT =
	'These tests need Redis and PostgreSQL; please install them: apt-get install redis-server postgresql';

/** Whether the programs are there that queue mode needs besides n8n. */
export function hasServices(): boolean {
	return ['redis-server', 'initdb', 'postgres'].every((name) => find(name) !== '');
}

function program(name: string): string {
	const file = find(name);
	if (!file) throw new Error(INSTALL_HINT);
	return file;
}

/** Debian keeps PostgreSQL's server programs out of the path. Its newest release comes first. */
function find(name: string): string {
	const search = `ls -rv /usr/lib/postgresql/*/bin/${name} || command -v ${name}`;
	const { stdout } = execa.sync('sh', ['-c', search], { reject: false });
	return stdout.split('\n')[0];
}

export const DATABASE_USER = 'n8n';

/** A server of our own: data in a folder that goes with it, on a free port of this machine only. */
export async function startRedis() {
	const port = await freePort();
	const folder = mkdtempSync(join(tmpdir(), 'luma-redis-'));
	const where = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder];
	const command = [program('redis-server'), ...where, '--save', '', '--appendonly', 'no'];
	const supervised = await supervise(
		{ name: 'Redis', command, folder, environment: process.env },
		(log) => log.includes('Ready to accept connections'),
	);
	return { ...supervised, port };
}

export async function startPostgres() {
	const port = await freePort();
	const folder = mkdtempSync(join(tmpdir(), 'luma-postgres-'));
	const data = join(folder, 'data');
	// PostgreSQL refuses to run as root. Its packages make a user for it.
	const isRoot = process.getuid?.() === 0;
	const asUser = isRoot
		? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups']
		: [];
	if (isRoot) await execa('chown', ['postgres:postgres', folder]);
	const environment = { ...process.env, LC_ALL: 'C' };

	const rules = ['--auth=trust', `--username=${DATABASE_USER}`, '--encoding=UTF8', '--no-sync'];
	const [first, ...others] = [...asUser, program('initdb'), '-D', data, ...rules];
	await execa(first, others, { cwd: folder, env: environment });

	const where = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', ''];
	// Nothing of it has to survive a power cut.
	const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
	const inWords = settings.flatMap((setting) => ['-c', setting]);
	const supervised = await supervise(
		{
			name: 'PostgreSQL',
			command: [...asUser, program('postgres'), ...where, ...inWords],
			folder,
			environment,
			// Gives its shared memory back, which a kill would not.
			endSignal: 'SIGQUIT',
		},
		(log) => log.includes('ready to accept connections'),
	);
	return { ...supervised, port };
}
