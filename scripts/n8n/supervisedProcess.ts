/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import execa, { type ExecaChildProcess } from 'execa';
import { createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../../support/eventually';

/** A start takes about 15 s; a machine that is ten times slower keeps it too. */
const START_TIMEOUT_MS = 600_000;
const POLL_INTERVAL_MS = 200;
const LAST_LINES = 20;

/** In its folder: all that it writes to its terminal, for readers in other processes. */
export const LOG_FILE = 'terminal.log';

export interface SupervisedProgram {
	/** What its user calls it, for messages. */
	name: string;
	/** The program and its arguments. */
	command: string[];
	/** Where it keeps its data; removed at its end. */
	folder: string;
	environment: NodeJS.ProcessEnv;
	/** What ends it; default SIGKILL, as nothing of its data is needed afterwards. */
	endSignal?: NodeJS.Signals;
}

/** A running program that ends with this process, however that ends. */
export interface SupervisedProcess {
	/** All that it has written to its terminal so far. */
	log(): string;
	/** The end of the log, for a message. */
	lastLogLines(): string;
	/** Settles when it has ended, by stop() or by itself. */
	ended: Promise<unknown>;
	/** Kills it in the middle of whatever it does (kill -9). */
	crash(): Promise<void>;
	/** Starts it again on the same data. */
	restart(): Promise<void>;
	/** Ends it with everything it started. */
	stop(): Promise<void>;
}

/**
 * Starts a program under supervisor.js.
 *
 * @param isReady whether it can be used; asked after its start, and again after a crash
 */
export async function supervise(
	program: SupervisedProgram,
	isReady: (log: string) => boolean | Promise<boolean>,
): Promise<SupervisedProcess> {
	let log = '';
	const lastLogLines = () => log.trimEnd().split('\n').slice(-LAST_LINES).join('\n');

	let running!: ExecaChildProcess;
	const restart = async () => {
		const startOfLog = log.length;
		running = startUnderSupervisor(program);
		running.all?.on('data', (chunk: Buffer) => {
			log += chunk.toString();
		});
		const hasStarted = async () => {
			if (running.exitCode !== null) throw new Error('It ended while starting.');
			return await isReady(log.slice(startOfLog));
		};
		await until('it has started', hasStarted, START_TIMEOUT_MS, POLL_INTERVAL_MS).catch(
			({ message }: Error) => {
				throw new Error(`${program.name}: ${message} Its last words:\n${lastLogLines()}`);
			},
		);
	};
	const crash = async () => {
		running.stdin?.write('crash');
		await running;
	};
	const stop = async () => {
		running.stdin?.end();
		await running;
		// After a crash it is still there.
		rmSync(program.folder, { recursive: true, force: true });
	};
	await restart().catch(async (error: Error) => {
		await stop();
		throw error;
	});
	return { log: () => log, lastLogLines, ended: running, crash, restart, stop };
}

function startUnderSupervisor(program: SupervisedProgram): ExecaChildProcess {
	const { folder, command, environment, endSignal = 'SIGKILL' } = program;
	const words = [join(__dirname, 'supervisor.js'), folder, endSignal, ...command];
	const supervisor = execa(process.execPath, words, {
		env: environment,
		extendEnv: false,
		all: true,
		buffer: false,
		reject: false,
		// Ctrl-C goes to this process alone, which then ends the supervisor in its own order.
		detached: true,
	});
	supervisor.all?.pipe(createWriteStream(join(folder, LOG_FILE), { flags: 'a' }));
	return supervisor;
}
