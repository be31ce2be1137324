/**
 * Stands between this project and a running n8n, and ends it together with everything n8n started:
 * when asked to, and when the process that wanted n8n is gone for whatever reason, kill -9
 * included. It notices by its standard input, a pipe that closes with the other side.
 *
 * node keeper.js <folder to remove at the end> <program> [arguments]
 *
 * The message "crash" kills n8n as a power cut would, and starts it again on the same folder;
 * "crashed" is sent back once the old n8n is gone.
 */
'use strict';

const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');

const [folder, program, ...args] = process.argv.slice(2);

let n8n;
let startsAgain = false;

function start() {
	// Its own process group: n8n starts task runners that must end with it.
	n8n = spawn(program, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
	n8n.on('error', (error) => {
		console.error(error.message);
		process.exit(1);
	});
	n8n.on('exit', (exitCode) => {
		killGroup();
		if (startsAgain) {
			startsAgain = false;
			process.send('crashed');
			start();
			return;
		}
		// The group's last writes can still be under way.
		rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
		process.exit(exitCode ?? 0);
	});
}

function killGroup() {
	try {
		process.kill(-n8n.pid, 'SIGKILL');
	} catch {
		// Nobody of the group is left.
	}
}

// The folder is thrown away, so there is nothing that a slow, orderly shutdown would save.
function end() {
	startsAgain = false;
	killGroup();
}

start();
process.on('message', (message) => {
	if (message !== 'crash') return;
	startsAgain = true;
	killGroup();
});
process.stdin.on('end', end).on('error', end).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
// Output may go to a reader that is gone.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
