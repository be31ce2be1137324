/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import getPort from 'get-port';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { supervise, type SupervisedProcess } from './supervisedProcess';
import { n8nFolder, n8nReleases, nodeFor, type N8nVersion } from './versions';

export interface LaunchOptions {
	version: N8nVersion;
	/** The folder with the package's package.json and dist/. */
	packageFolder: string;
	/** Settings of n8n on top of those every n8n gets, such as N8N_DEFAULT_BINARY_DATA_MODE. */
	environment?: Record<string, string>;
}

export interface N8nServer extends SupervisedProcess {
	url: string;
	/** Where this n8n keeps its database and settings; removed by stop(). */
	userFolder: string;
}

/** Starts an n8n of its own: empty database, the package loaded under its true name. */
export async function startN8n(options: LaunchOptions, preferred?: number): Promise<N8nServer> {
	const port = await freePort(preferred);
	const url = `http://localhost:${port}`;
	const isReady = async () => await answers(url);
	return { ...(await launch(options, port, ['start'], isReady)), url };
}

/**
 * Starts an n8n that runs what a main process hands out over the queue.
 *
 * @param slots how many executions it runs at once
 */
export async function startWorker(options: LaunchOptions, slots: number) {
	const isReady = (log: string) => log.includes('n8n worker is now ready');
	return await launch(options, await freePort(), ['worker', `--concurrency=${slots}`], isReady);
}

/** n8n answers its own readiness check some seconds before the editor's REST API is there. */
async function answers(url: string): Promise<boolean> {
	const response = await fetch(`${url}/rest/settings`).catch(() => undefined);
	return Boolean(response?.ok && response.headers.get('content-type')?.includes('json'));
}

/** How many ports after the preferred one are tried. */
const OTHER_PORTS = 50;
const LAST_PORT = 65_535;
/**
 * A program opens its port some seconds after it was told which. Systems give the higher ones to any connection
 * in the meantime (Linux from 32768 on).
 */
const LOW_PORTS = { first: 10_000, last: 32_000 };

/** @param preferred taken when it is free, else the next free one after it */
export async function freePort(preferred?: number): Promise<number> {
	const { first, last } = LOW_PORTS;
	const from = preferred ?? first + Math.floor(Math.random() * (last - first));
	const port = getPort.makeRange(from, Math.min(from + OTHER_PORTS, LAST_PORT));
	return await getPort({ host: '127.0.0.1', port });
}

/** n8n with a user folder of its own, in which the package is installed under its true name. */
async function launch(
	{ version, packageFolder, environment }: LaunchOptions,
	port: number,
	args: string[],
	isReady: (log: string) => boolean | Promise<boolean>,
) {
	const n8n = join(n8nFolder(version), 'node_modules', 'n8n', 'bin', 'n8n');
	const command = [nodeFor(version), n8n, ...args];
	const userFolder = mkdtempSync(join(tmpdir(), 'n8n-luma-'));
	const packages = join(userFolder, '.n8n', 'nodes', 'node_modules');
	mkdirSync(packages, { recursive: true });
	symlinkSync(packageFolder, join(packages, 'n8n-nodes-piapi-luma'), 'junction');
	const settings = { ...(await environmentFor(version, userFolder, port)), ...environment };
	const program = { name: 'n8n', command, folder: userFolder, environment: settings };
	return { ...(await supervise(program, isReady)), userFolder };
}

async function environmentFor(version: N8nVersion, userFolder: string, port: number) {
	// Whatever n8n settings (and keys) the caller's shell has must not leak into this n8n.
	const inherited = Object.entries(process.env).filter(
		([name]) =>
			!/^(N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_URL|PIAPI_|LUMA_|NODE_OPTIONS|JEST_)/.test(name),
	);
	return {
		...Object.fromEntries(inherited),
		NODE_ENV: 'production',
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		WEBHOOK_URL: `http://localhost:${port}/`,
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		N8N_SECURE_COOKIE: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		...n8nReleases[version].environment,
	};
}
