/**
 * Installs the development tools, and each n8n that the demo and the tests run, from their lock files.
 * Plain JavaScript, because setup.mjs needs it before anything is installed. npm does it, save for what
 * `npm ci` cannot do:
 * - It refuses a lock file without the optional packages of other platforms; these lock files are
 *   written where the registry has only this platform's.
 * - Without the address of each package it reads the whole history of all of them, which takes half as
 *   long again; the lock files have none, as they name a registry.
 * - It runs all install scripts or none. One of the tools accepts no npm, and two packages need theirs:
 *   these are built in a folder of their own meanwhile, as compiling takes as long as the rest.
 */
'use strict';

const { execFile } = require('node:child_process');
const { createHash } = require('node:crypto');
const { cpSync, existsSync, mkdirSync, readFileSync } = require('node:fs');
const { renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { promisify } = require('node:util');

const { withProgress } = require('./progress');

/** Packages whose install script an installation cannot do without, and the folder it writes. */
const NATIVE = { sqlite3: join('build', 'Release'), node: 'bin' };
const INSTALL = ['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
const lockOf = (folder) => join(folder, 'package-lock.json');

/** What it says; what it complains about is in the message when it fails. */
async function npm(args, cwd) {
	const options = { cwd, maxBuffer: Infinity, shell: process.platform === 'win32' };
	const running = promisify(execFile)('npm', args, options);
	const stopWithParent = () => running.child.kill();
	process.once('exit', stopWithParent);
	const { stdout } = await running.finally(() => process.removeListener('exit', stopWithParent));
	return stdout;
}

/** Fills node_modules beside and moves it into place at the end: half an installation is none. */
async function install(folder) {
	const staging = join(folder, '.install');
	const modules = join(folder, 'node_modules');
	const manifest = readJson(join(folder, 'package.json'));
	const lock = readJson(lockOf(folder));
	const addressed = await withAddresses(lock, folder);
	// A registry may keep its files elsewhere; without addresses npm asks it for each of them.
	await fill(staging, manifest, addressed).catch(() => fill(staging, manifest, lock));
	rmSync(modules, { recursive: true, force: true });
	renameSync(join(staging, 'all', 'node_modules'), modules);
	rmSync(staging, { recursive: true, force: true });
	writeFileSync(join(modules, '.installed'), fingerprint(folder));
}

async function fill(staging, manifest, lock) {
	rmSync(staging, { recursive: true, force: true });
	const native = Object.keys(NATIVE).filter((name) => `node_modules/${name}` in lock.packages);
	const [all, built] = [join(staging, 'all'), join(staging, 'native')];
	await Promise.all([installInto(all, manifest, lock), buildNative(built, native, lock)]);
	for (const name of native) {
		const path = join('node_modules', name, NATIVE[name]);
		cpSync(join(built, path), join(all, path), { recursive: true });
	}
}

async function buildNative(folder, native, lock) {
	if (native.length === 0) return;
	const versionOf = (name) => lock.packages[`node_modules/${name}`].version;
	const dependencies = Object.fromEntries(native.map((name) => [name, versionOf(name)]));
	const root = { name: 'native', private: true, dependencies };
	// npm leaves out what the new root does not lead to.
	await installInto(folder, root, { ...lock, packages: { ...lock.packages, '': root } });
	await npm(['rebuild', ...native], folder);
}

async function installInto(folder, manifest, lock) {
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
	writeFileSync(lockOf(folder), JSON.stringify(lock));
	await npm(INSTALL, folder);
}

/** The address of each package in the registry that npm is set to use, for its scope or for all. */
async function withAddresses(lock, folder) {
	const settings = JSON.parse(await npm(['config', 'list', '--json'], folder));
	const packages = Object.entries(lock.packages).map(([path, entry]) => {
		if (path === '' || entry.link || !entry.integrity) return [path, entry];
		const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 13);
		const registry = settings[`${name.split('/')[0]}:registry`] ?? settings.registry;
		const file = `${name.split('/').pop()}-${entry.version}.tgz`;
		return [path, { ...entry, resolved: `${registry.replace(/\/?$/, '/')}${name}/-/${file}` }];
	});
	return { ...lock, packages: Object.fromEntries(packages) };
}

function fingerprint(folder) {
	return createHash('sha256')
		.update(readFileSync(lockOf(folder)))
		.digest('hex');
}

function isInstalled(folder) {
	const file = join(folder, 'node_modules', '.installed');
	return existsSync(file) && readFileSync(file, 'utf8') === fingerprint(folder);
}

/** What is missing of it, with a line of progress. */
async function ensureInstalled(parts) {
	const missing = parts.filter(({ folder }) => !isInstalled(folder));
	if (missing.length === 0) return;
	const names = missing.map(({ name }) => name).join(' and ');
	await withProgress(`Installing ${names} (once, some minutes)`, `✓ Installed: ${names}`, () =>
		Promise.all(missing.map(({ folder }) => install(folder))),
	);
}

function n8nPart(version) {
	const folder = join(__dirname, '..', 'n8n', version);
	const { packages } = readJson(lockOf(folder));
	return { name: `n8n ${packages['node_modules/n8n'].version}`, folder };
}

async function ensureN8n(...versions) {
	await ensureInstalled(versions.map(n8nPart));
}

module.exports = { ensureInstalled, ensureN8n, n8nPart };
