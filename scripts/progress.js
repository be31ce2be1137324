/**
 * Progress of long steps on the terminal. Plain JavaScript, because setup.mjs needs it before
 * anything is installed; progress.d.ts holds its types.
 */
'use strict';

const { spawn } = require('node:child_process');

const LINE_EVERY_SECONDS = 15;
const LINES_SHOWN = 20;

/** 0:07, 1:40, 12:05 */
function elapsed(sinceMs) {
	const seconds = Math.round((Date.now() - sinceMs) / 1000);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The lines of the steps that are under way, in the order of their start. */
const lines = new Set();
let drawn = 0;

/** Redraws all lines on a terminal, below the text that stays. */
function draw(text = '') {
	const up = drawn > 1 ? `\x1b[${drawn - 1}A` : '';
	const shown = [...lines].map((line) => line());
	process.stdout.write(`\r${up}\x1b[J${text}${shown.join('\n')}`);
	drawn = shown.length;
}

/**
 * One line for a step, beside those of other steps. It is redrawn each second on a terminal, and
 * repeated now and then in a log file.
 */
function startProgress(label) {
	const startedAt = Date.now();
	const line = () => `${typeof label === 'function' ? label() : label} … ${elapsed(startedAt)}`;
	const { isTTY } = process.stdout;
	const show = () => (isTTY ? draw() : process.stdout.write(`${line()}\n`));
	if (isTTY) lines.add(line);
	// A log file needs no first line for a step that ends at once.
	const first = setTimeout(show, isTTY ? 0 : 1000);
	const timer = setInterval(show, isTTY ? 1000 : LINE_EVERY_SECONDS * 1000);

	return {
		/** Ends the line; `message` takes its place. */
		stop(message) {
			clearTimeout(first);
			clearInterval(timer);
			lines.delete(line);
			const last = message ? `${message} (${elapsed(startedAt)})\n` : '';
			if (isTTY) draw(last);
			else process.stdout.write(last);
		},
	};
}

/** The first and the last lines of a long text: npm tells the reason first, most others last. */
function inShort(text) {
	const lines = text.trim().split('\n');
	if (lines.length <= 2 * LINES_SHOWN) return lines.join('\n');
	return [...lines.slice(0, LINES_SHOWN), '…', ...lines.slice(-LINES_SHOWN)].join('\n');
}

/** Runs a command without showing its output; when it fails, the output is in the message. */
function runQuietly(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
		const stopWithParent = () => child.kill();
		process.once('exit', stopWithParent);

		let output = '';
		const keep = (chunk) => (output += chunk);
		child.stdout.on('data', keep);
		child.stderr.on('data', keep);
		child.on('error', reject);
		child.on('close', (code, signal) => {
			process.removeListener('exit', stopWithParent);
			if (code === 0) return resolve(output);
			const words = [command, ...args].join(' ');
			const end = signal ?? `exit code ${code}`;
			reject(new Error(`"${words}" ended with ${end}:\n${inShort(output)}`));
		});
	});
}

/** Shows `label` while `work` lasts and `done` after it. */
async function withProgress(label, done, work) {
	const progress = startProgress(label);
	try {
		const result = await work();
		progress.stop(done);
		return result;
	} catch (error) {
		progress.stop();
		throw error;
	}
}

module.exports = { elapsed, startProgress, runQuietly, withProgress };
