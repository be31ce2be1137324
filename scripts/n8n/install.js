/** Installs the n8n that the demo and the tests run. Plain JavaScript, as packages.js. */
'use strict';

const { createHash } = require('node:crypto');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const { installPackages } = require('../packages');
const { withProgress } = require('../progress');

const root = dirname(dirname(__dirname));

function folderOf(version) {
	return join(root, 'n8n', version);
}

function lockOf(version) {
	return readFileSync(join(folderOf(version), 'package-lock.json'));
}

function markerFile(version) {
	return join(folderOf(version), 'node_modules', '.installed');
}

function fingerprint(version) {
	return createHash('sha256').update(lockOf(version)).digest('hex');
}

function isInstalled(version) {
	const file = markerFile(version);
	return existsSync(file) && readFileSync(file, 'utf8') === fingerprint(version);
}

async function installN8n(version) {
	await installPackages(folderOf(version));
	writeFileSync(markerFile(version), fingerprint(version));
}

async function ensureN8n(version) {
	if (isInstalled(version)) return;
	const { packages } = JSON.parse(lockOf(version).toString());
	const { version: release } = packages['node_modules/n8n'];
	await withProgress(
		`Installing n8n ${release} (once, about 3 minutes)`,
		`✓ n8n ${release} is installed`,
		() => installN8n(version),
	);
}

module.exports = { ensureN8n, installN8n, isInstalled };
