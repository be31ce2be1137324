const { dest, parallel, series, src } = require('gulp');
const { execFile } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { promisify } = require('node:util');

const run = promisify(execFile);

async function clean() {
	await rm('dist', { recursive: true, force: true });
}

async function compile() {
	const tsc = require.resolve('typescript/bin/tsc');
	await run(process.execPath, [tsc, '-p', 'tsconfig.build.json']).catch(({ stdout }) => {
		throw new Error(stdout);
	});
}

/** Icons, the codex files by which n8n finds the nodes in its search, and the schemas of their outputs. */
function assets() {
	return src(
		['nodes/**/*.{svg,node.json}', 'nodes/**/__schema__/**/*.json', 'credentials/**/*.svg'],
		{
			base: '.',
			encoding: false,
		},
	).pipe(dest('dist'));
}

exports.build = series(clean, parallel(compile, assets));
exports.default = exports.build;
