/**
 * Installs what a lock file says. Plain JavaScript, because setup.mjs needs it before anything is
 * installed.
 */
'use strict';

const { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const { runQuietly } = require('./progress');

/** Packages whose install script an installation cannot do without, and the folder it writes. */
const NATIVE = { sqlite3: join('build', 'Release'), node: 'bin' };

/**
 * Not `npm ci`: that refuses a lock file without the optional packages of other platforms, and a lock
 * file written where the registry has only this platform's is like that.
 */
const INSTALL = ['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];

function npm(args, cwd) {
	return runQuietly('npm', args, { cwd, shell: process.platform === 'win32' });
}

/** Brings the packages that are there in line with the lock file. */
async function updatePackages(folder) {
	await npm(INSTALL, folder);
}

/**
 * Makes node_modules anew. It is filled in a folder beside and moved into place at the end, so that an
 * interrupted installation is never taken for a finished one.
 */
async function installPackages(folder) {
	const staging = join(folder, '.install');
	rmSync(staging, { recursive: true, force: true });
	const manifest = readJson(join(folder, 'package.json'));
	const lock = readJson(join(folder, 'package-lock.json'));
	const registryOf = await readRegistries(folder);

	const all = join(staging, 'all');
	await Promise.all([
		installInto(all, manifest, lock, registryOf),
		buildNative(join(staging, 'native'), manifest, lock, registryOf),
	]);
	for (const name of nativeIn(lock)) {
		const built = join('node_modules', name, NATIVE[name]);
		cpSync(join(staging, 'native', built), join(all, built), { recursive: true });
	}
	const modules = join(folder, 'node_modules');
	rmSync(modules, { recursive: true, force: true });
	renameSync(join(all, 'node_modules'), modules);
	rmSync(staging, { recursive: true, force: true });
}

/** Compiling takes as long as downloading everything else, so it is done at the same time. */
async function buildNative(folder, manifest, lock, registryOf) {
	const native = nativeIn(lock);
	if (native.length === 0) return;
	const versions = native.map((name) => [name, lock.packages[`node_modules/${name}`].version]);
	const dependencies = Object.fromEntries(versions);
	const root = { name: manifest.name, private: true, dependencies };
	// npm leaves out what the new root does not lead to.
	const packages = { ...lock.packages, '': root };
	await installInto(folder, root, { ...lock, packages }, registryOf);
	await npm(['rebuild', ...native], folder);
}

function nativeIn(lock) {
	return Object.keys(NATIVE).filter((name) => `node_modules/${name}` in lock.packages);
}

async function installInto(folder, manifest, lock, registryOf) {
	mkdirSync(folder, { recursive: true });
	writeJson(join(folder, 'package.json'), manifest);
	const lockFile = join(folder, 'package-lock.json');
	writeJson(lockFile, withAddresses(lock, registryOf));
	try {
		await npm(INSTALL, folder);
	} catch {
		// A registry may keep its files elsewhere; without addresses npm asks it for each of them.
		rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
		writeJson(lockFile, lock);
		await npm(INSTALL, folder);
	}
}

/**
 * The lock file with the address of each package. The committed one has none, as they name a registry;
 * without them npm reads the whole history of every package first, which takes half as long again.
 */
function withAddresses(lock, registryOf) {
	const packages = Object.entries(lock.packages).map(([path, entry]) => {
		if (path === '' || entry.link || !entry.integrity) return [path, entry];
		const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 13);
		const file = `${name.split('/').pop()}-${entry.version}.tgz`;
		return [path, { ...entry, resolved: `${registryOf(name)}${name}/-/${file}` }];
	});
	return { ...lock, packages: Object.fromEntries(packages) };
}

/** The registry that npm is set to use, for a package's scope or for all. */
async function readRegistries(folder) {
	const settings = JSON.parse(await npm(['config', 'list', '--json'], folder));
	return (name) => {
		const registry = settings[`${name.split('/')[0]}:registry`] ?? settings.registry;
		return registry.endsWith('/') ? registry : `${registry}/`;
	};
}

function readJson(file) {
	return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file, value) {
	writeFileSync(file, JSON.stringify(value));
}

module.exports = { installPackages, updatePackages, withAddresses };
