/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/require-node-api-error */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './ports';
import { n8nFolder, n8nReleases, nodeFor, type N8nVersion } from './versions';

const START_TIMEOUT_MS = 180_000;
const LAST_LINES = 20;
const PACKAGE_NAME = 'n8n-nodes-piapi-luma';

export interface N8nOptions {
	version: N8nVersion;
	/** The folder with the package's package.json and dist/. */
	packageFolder: string;
	/** Taken when it is free, else the next free one after it. */
	preferredPort?: number;
	/** Settings of n8n on top of those every n8n gets, such as N8N_DEFAULT_BINARY_DATA_MODE. */
	environment?: Record<string, string>;
}

export interface N8nServer {
	url: string;
	/** Where this n8n keeps its database and settings; removed by stop(). */
	userFolder: string;
	/** All that n8n has written to its terminal so far. */
	log(): string;
	/** The end of the log, for a message. */
	lastWords(): string;
	/** Settles when n8n has ended, by stop() or by itself. */
	ended: Promise<void>;
	/** Kills n8n in the middle of whatever it does (kill -9), and starts it again on the same data. */
	crashAndRestart(): Promise<void>;
	/** Ends n8n with everything it started. */
	stop(): Promise<void>;
}

/** Starts an n8n of its own: empty database, the package loaded under its true name. */
export async function startN8n(options: N8nOptions): Promise<N8nServer> {
	const port = await freePort(options.preferredPort);
	const url = `http://localhost:${port}`;
	const userFolder = createUserFolder(options.packageFolder);
	const environment = {
		...(await environmentFor(options.version, userFolder, port)),
		...options.environment,
	};

	const keeper = spawnKept(options.version, userFolder, environment);
	let log = '';
	const append = (chunk: Buffer) => (log += chunk.toString());
	keeper.stdout?.on('data', append);
	keeper.stderr?.on('data', append);

	const server: N8nServer = {
		url,
		userFolder,
		ended: new Promise((resolve) => keeper.once('exit', () => resolve())),
		log: () => log,
		lastWords: () => log.trimEnd().split('\n').slice(-LAST_LINES).join('\n'),
		crashAndRestart: async () => {
			const crashed = once(keeper, 'message');
			keeper.send('crash');
			await crashed;
			await untilReady(server, keeper);
		},
		stop: async () => {
			keeper.stdin?.end();
			await server.ended;
		},
	};
	try {
		await untilReady(server, keeper);
	} catch (error) {
		await server.stop();
		throw error;
	}
	return server;
}

function createUserFolder(packageFolder: string): string {
	const userFolder = mkdtempSync(join(tmpdir(), 'n8n-luma-'));
	const packages = join(userFolder, '.n8n', 'nodes', 'node_modules');
	mkdirSync(packages, { recursive: true });
	symlinkSync(packageFolder, join(packages, PACKAGE_NAME), 'junction');
	return userFolder;
}

async function environmentFor(version: N8nVersion, userFolder: string, port: number) {
	// Whatever n8n settings (and keys) the caller's shell has must not leak into this n8n.
	const inherited = Object.entries(process.env).filter(
		([name]) => !/^(N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_URL|PIAPI_|NODE_OPTIONS|JEST_)/.test(name),
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

function spawnKept(version: N8nVersion, userFolder: string, env: NodeJS.ProcessEnv): ChildProcess {
	const n8n = join(n8nFolder(version), 'node_modules', 'n8n', 'bin', 'n8n');
	const keeper = join(__dirname, 'keeper.js');
	return spawn(process.execPath, [keeper, userFolder, nodeFor(version), n8n, 'start'], {
		env,
		stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
		// Ctrl-C goes to this process alone, which then ends the keeper in its own order.
		detached: true,
	});
}

/** n8n answers its own readiness check some seconds before the editor's REST API is there. */
async function untilReady(server: N8nServer, keeper: ChildProcess): Promise<void> {
	const deadline = Date.now() + START_TIMEOUT_MS;
	while (Date.now() < deadline) {
		if (keeper.exitCode !== null) throw notStarted('n8n ended while starting', server);
		const response = await fetch(`${server.url}/rest/settings`).catch(() => undefined);
		if (response?.headers.get('content-type')?.includes('json') && response.ok) return;
		await sleep(250);
	}
	throw notStarted(`n8n did not start within ${START_TIMEOUT_MS / 1000} seconds`, server);
}

function notStarted(what: string, server: N8nServer): Error {
	return new Error(`${what}. Its last words:\n${server.lastWords()}`);
}
