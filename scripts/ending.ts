/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error, no-console */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';

const POLL_INTERVAL_MS = 500;

/**
 * Calls `end` once with the exit code when this process is asked to end. npm's own shell keeps a
 * SIGTERM for itself and leaves its child behind; so losing the parent counts as one.
 */
export function whenAskedToEnd(end: (exitCode: number) => void): void {
	let asked = false;
	const ask = (exitCode: number) => {
		// Whoever asks twice does not want to wait.
		if (asked) process.exit(exitCode);
		asked = true;
		end(exitCode);
	};
	process.on('SIGINT', () => ask(130));
	process.on('SIGTERM', () => ask(143));

	if (process.env.npm_lifecycle_event === undefined) return;
	const parent = process.ppid;
	const watch = setInterval(() => {
		if (process.ppid === parent) return;
		clearInterval(watch);
		ask(143);
	}, POLL_INTERVAL_MS);
	watch.unref();
}

/** A folder for this process, which goes with it. */
export function temporaryFolder(name: string): string {
	const folder = mkdtempSync(join(tmpdir(), `luma-${name}-`));
	process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/**
 * Ends the process with the exit code of its work, or with what went wrong.
 *
 * @param help the command that explains how to use this one
 */
export function endWith(work: Promise<number | void>, help?: string): void {
	work.then(
		(exitCode) => process.exit(exitCode ?? 0),
		(error: Error) => {
			const isUsage = error instanceof UsageError;
			console.error(isUsage ? `${error.message}.\nSee: ${help}` : `✗ ${error.message}`);
			process.exit(isUsage ? 2 : 1);
		},
	);
}

/** What is wrong with a command, in words for the person who typed it. */
export class UsageError extends Error {}

/** The flags of a command. */
export function readFlags<T extends NonNullable<ParseArgsConfig['options']>>(options: T) {
	try {
		return parseArgs({ options }).values;
	} catch (error) {
		// Node's first sentence names the flag; what follows is advice for programmers.
		throw new UsageError((error as Error).message.split('. ')[0]);
	}
}
