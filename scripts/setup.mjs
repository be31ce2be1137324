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
	const changedAt = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
	const installedAt = changedAt('node_modules/.package-lock.json');
	return installedAt > 0 && installedAt + GRACE_MS >= changedAt('package-lock.json');
}

async function main() {
	checkNode();
	const end = (_signal, number) => process.exit(128 + number);
	process.once('SIGINT', end).once('SIGTERM', end);

	const words = process.argv.slice(2);
	const version = words[0]?.startsWith('--n8n=') ? words.shift().split('=')[1] : undefined;
	// Who only asks for help needs no n8n.
	const wantsN8n = version && !words.some((word) => /^(-h|--help)$/.test(word));
	const parts = [
		...(hasTools() ? [] : [{ name: 'the development tools', folder: root }]),
		...(wantsN8n ? [installer.n8nPart(version)] : []),
	];
	await installer.ensureInstalled(parts).catch(({ message }) => {
		console.error(`✗ Not everything could be installed. ${message}`);
		process.exit(1);
	});
	// The script ends in its own way.
	process.off('SIGINT', end).off('SIGTERM', end);
	if (words.length === 0) return;

	// Loaded only now, because it may have been installed just before.
	const tsx = await import('tsx/cjs/api');
	const script = resolve(words[0]);
	process.argv.splice(1, process.argv.length, script, ...words.slice(1));
	tsx.require(script, import.meta.url);
}

await main();
