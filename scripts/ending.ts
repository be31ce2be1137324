/* eslint-disable @n8n/community-nodes/no-restricted-globals */

const LOOK_EVERY_MS = 500;

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
	}, LOOK_EVERY_MS);
	watch.unref();
}
