/**
 * Stands between this project and a running n8n (or a database that it needs), and ends it together
 * with everything it started: when its standard input, a pipe, closes. That is when it is asked to, and
 * when the process that wanted it is gone for whatever reason, kill -9 included.
 *
 * node supervisor.js <folder to remove at the end> <signal that ends it> <program> [arguments]
 *
 * Whatever is written to it kills the program as a power cut would, and leaves the folder as it is.
 */
'use strict';

const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');

const [folder, endSignal, program, ...args] = process.argv.slice(2);
let keepsFolder = false;

// Its own process group: n8n, for one, starts task runners that must end with it.
const running = spawn(program, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
running.on('error', ({ message }) => {
	console.error(message);
	leave(1);
});
running.on('exit', (exitCode) => {
	killGroup('SIGKILL');
	leave(exitCode ?? 0);
});

function leave(exitCode) {
	// The group's last writes can still be under way.
	const patiently = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };
	if (!keepsFolder) rmSync(folder, patiently);
	process.exit(exitCode);
}

function killGroup(signal) {
	try {
		process.kill(-running.pid, signal);
	} catch {
		// Nobody of the group is left.
	}
}

// The folder is thrown away, so there is nothing that a slow, orderly shutdown would save.
const end = () => killGroup(endSignal);

process.stdin.on('data', () => {
	keepsFolder = true;
	killGroup('SIGKILL');
});
process.stdin.on('end', end).on('error', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
// Output may go to a reader that is gone.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
