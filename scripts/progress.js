/** Progress of long steps on the terminal. Plain JavaScript, as install.js. */
'use strict';

const LINE_EVERY_SECONDS = 15;

/** 0:07, 1:40, 12:05 */
function elapsed(sinceMs) {
	const seconds = Math.round((Date.now() - sinceMs) / 1000);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * Shows `label` while `work` lasts and `done` after it: one line, drawn anew each second on a terminal,
 * and repeated now and then in a log file.
 */
async function withProgress(label, done, work) {
	const startedAt = Date.now();
	const { isTTY } = process.stdout;
	const show = (text) => process.stdout.write(isTTY ? `\r\x1b[K${text}` : `${text}\n`);
	const timer = setInterval(
		() => show(`${label} … ${elapsed(startedAt)}`),
		isTTY ? 1000 : LINE_EVERY_SECONDS * 1000,
	);
	show(`${label} …`);
	try {
		const result = await work();
		show(`${done} (${elapsed(startedAt)})`);
		return result;
	} finally {
		clearInterval(timer);
		if (isTTY) process.stdout.write('\n');
	}
}

module.exports = { elapsed, withProgress };
