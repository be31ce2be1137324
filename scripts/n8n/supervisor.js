/**
 * Stands between this project and a running n8n (or a database that it needs), and ends it together
 * with everything it started: when asked to, and when the process that wanted it is gone for
 * whatever reason, kill -9 included. It notices by its standard input, a pipe that closes with the
 * other side.
 *
 * node supervisor.js <folder to remove at the end> <signal that ends it> <program> [arguments]
 *
 * The message "crash" kills the program as a power cut would, and "crashed" is sent back once it is
 * gone. The message "start" starts it again on the same folder.
 */
'use strict';

const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');

const [folder, endSignal, program, ...args] = process.argv.slice(2);

let running;
let isCrashing = false;

function start() {
	// Its own process group: n8n, for one, starts task runners that must end with it.
	running = spawn(program, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
	running.on('error', (error) => {
		console.error(error.message);
		process.exit(1);
	});
	running.on('exit', (exitCode) => {
		killGroup('SIGKILL');
		running = undefined;
		if (!isCrashing) leave(exitCode ?? 0);
		isCrashing = false;
		process.send('crashed');
	});
}

function leave(exitCode) {
	// The group's last writes can still be under way.
	rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
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
function end() {
	if (!running) leave(0);
	isCrashing = false;
	killGroup(endSignal);
}

start();
process.on('message', (message) => {
	if (message === 'start') start();
	if (message !== 'crash') return;
	isCrashing = true;
	killGroup('SIGKILL');
});
process.stdin.on('end', end).on('error', end).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
// Output may go to a reader that is gone.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
