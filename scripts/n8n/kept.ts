/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/require-node-api-error */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A start takes about 15 s; a machine that is ten times slower keeps it too. */
const START_TIMEOUT_MS = 600_000;
const LOOK_EVERY_MS = 200;
const LAST_LINES = 20;

export interface KeptProgram {
	/** What its user calls it, for messages. */
	name: string;
	/** The program and its arguments. */
	command: string[];
	/** Where it keeps its data; removed at its end. */
	folder: string;
	environment: NodeJS.ProcessEnv;
	/** A file that gets all it writes to its terminal, for readers in other processes. */
	logFile?: string;
	/** What ends it; default SIGKILL, as nothing of its data is needed afterwards. */
	endSignal?: NodeJS.Signals;
}

/** A running program that ends with this process, however that ends. */
export interface KeptProcess {
	/** All that it has written to its terminal so far. */
	log(): string;
	/** The end of the log, for a message. */
	lastWords(): string;
	/** Settles when it has ended, by stop() or by itself. */
	ended: Promise<void>;
	/** Kills it in the middle of whatever it does (kill -9). */
	crash(): Promise<void>;
	/** Starts it again on the same data. */
	restart(): Promise<void>;
	crashAndRestart(): Promise<void>;
	/** Ends it with everything it started. */
	stop(): Promise<void>;
}

/**
 * Starts a program in the care of keeper.js.
 *
 * @param isReady whether it can be used; asked after its start, and again after a crash
 */
export async function keep(
	program: KeptProgram,
	isReady: (log: string) => boolean | Promise<boolean>,
): Promise<KeptProcess> {
	const keeper = spawnKeeper(program);
	let log = '';
	const append = (chunk: Buffer) => {
		log += chunk.toString();
		if (program.logFile) appendFileSync(program.logFile, chunk);
	};
	keeper.stdout?.on('data', append);
	keeper.stderr?.on('data', append);

	const lastWords = () => log.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
	/** Where the log of the present life begins. */
	let birth = 0;
	const untilReady = async () => {
		const deadline = Date.now() + START_TIMEOUT_MS;
		const notStarted = (what: string) =>
			new Error(`${program.name} ${what}. Its last words:\n${lastWords()}`);
		while (Date.now() < deadline) {
			if (keeper.exitCode !== null) throw notStarted('ended while starting');
			if (await isReady(log.slice(birth))) return;
			await sleep(LOOK_EVERY_MS);
		}
		throw notStarted(`did not start within ${START_TIMEOUT_MS / 1000} seconds`);
	};

	const kept: KeptProcess = {
		log: () => log,
		lastWords,
		ended: new Promise((resolve) => keeper.once('exit', () => resolve())),
		crash: async () => {
			const crashed = once(keeper, 'message');
			keeper.send('crash');
			await crashed;
		},
		restart: async () => {
			birth = log.length;
			keeper.send('start');
			await untilReady();
		},
		crashAndRestart: async () => {
			await kept.crash();
			await kept.restart();
		},
		stop: async () => {
			keeper.stdin?.end();
			await kept.ended;
		},
	};
	try {
		await untilReady();
	} catch (error) {
		await kept.stop();
		throw error;
	}
	return kept;
}

function spawnKeeper({ folder, command, environment, endSignal = 'SIGKILL' }: KeptProgram) {
	const keeper = join(__dirname, 'keeper.js');
	return spawn(process.execPath, [keeper, folder, endSignal, ...command], {
		env: environment,
		stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
		// Ctrl-C goes to this process alone, which then ends the keeper in its own order.
		detached: true,
	});
}
