/**
 * Gets a fresh clone ready: installs the development tools when they are missing or older than the
 * lock file, and at the same time the n8n that is asked for. It must work without any dependency and
 * cost nothing when there is nothing to do.
 *
 * node scripts/setup.mjs [--n8n=<version>] [script.ts [arguments]]
 *
 * Then runs the script, in this very process: a signal that is sent to npm would not get through a
 * shell that runs one command after the other.
 */
import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import installer from './install.js';

const OLDEST_NODE = 20;
const NEWEST_NODE = 24;
// `npm install` writes both lock files in the same moment, in any order.
const GRACE_MS = 5_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const changedAt = (...path) =>
	statSync(join(root, ...path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

function checkNode() {
	const major = Number(process.versions.node.split('.')[0]);
	if (major >= OLDEST_NODE && major <= NEWEST_NODE) return;
	console.error(
		`This project runs on Node ${OLDEST_NODE} to ${NEWEST_NODE}; this is Node ${process.versions.node}.\n` +
			'Please switch to Node 20, 22 or 24 (for example "nvm install 22") and try again.',
	);
	process.exit(1);
}

/** Whether npm has installed the tools by a person's own command; it writes that file last. */
function hasTools() {
	const installedAt = changedAt('node_modules', '.package-lock.json');
	return installedAt > 0 && installedAt + GRACE_MS >= changedAt('package-lock.json');
}

async function run(script, args) {
	// Loaded only now, because it may have been installed just before.
	const tsx = await import('tsx/cjs/api');
	process.argv.splice(1, process.argv.length, script, ...args);
	tsx.require(script, import.meta.url);
}

async function main() {
	checkNode();
	const end = { SIGINT: () => process.exit(130), SIGTERM: () => process.exit(143) };
	for (const signal of Object.keys(end)) process.once(signal, end[signal]);

	const words = process.argv.slice(2);
	const version = words[0]?.startsWith('--n8n=') ? words.shift().split('=')[1] : undefined;
	// Who only asks for help needs no n8n.
	const wantsN8n = version && !words.some((word) => /^(-h|--help)$/.test(word));
	try {
		await installer.ensureInstalled([
			...(hasTools() ? [] : [{ name: 'the development tools', folder: root }]),
			...(wantsN8n ? [installer.n8nPart(version)] : []),
		]);
	} catch (error) {
		console.error(`✗ Not everything could be installed. ${error.message}`);
		process.exit(1);
	}
	// The script ends in its own way.
	for (const signal of Object.keys(end)) process.removeListener(signal, end[signal]);

	const [script, ...args] = words;
	if (script) await run(resolve(script), args);
}

await main();
