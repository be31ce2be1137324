/**
 * The layers of nodes/Luma, from the ground up: what each folder may import besides itself. Data goes one
 * way, so no two folders import each other.
 */
const MAY_IMPORT = {
	runtime: [],
	messages: [],
	prompt: [],
	mp4: [],
	images: [],
	piapi: ['runtime', 'messages', 'images'],
	jobs: ['runtime', 'messages', 'images', 'piapi', 'prompt'],
	suspend: ['runtime', 'messages', 'piapi', 'jobs'],
	triggers: ['runtime', 'messages', 'piapi', 'jobs', 'suspend'],
	operations: ['runtime', 'messages', 'images', 'piapi', 'prompt', 'mp4', 'jobs', 'suspend'],
};

const oneOf = (folders) => `^nodes/Luma/(${folders.join('|')})/`;

const walls = Object.entries(MAY_IMPORT).map(([folder, others]) => ({
	name: `${folder}-imports-${others.join('-') || 'nobody'}`,
	severity: 'error',
	from: { path: oneOf([folder]) },
	to: { path: '^(nodes|credentials)/', pathNot: oneOf([folder, ...others]) },
}));

/** No file in `from` imports a file in one of `to`. */
const forbid = (name, from, to) => ({
	name,
	severity: 'error',
	from: { path: from },
	to: { path: to },
});

module.exports = {
	forbidden: [
		{ name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
		...walls,
		forbid(
			'what-ships-imports-only-what-ships',
			'^(nodes|credentials)/',
			'^(test|support|simulator|scripts|bench)/',
		),
		forbid('tests-are-imported-by-tests-only', '^(bench|scripts|support|simulator)/', '^test/'),
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		exclude: { path: '^(dist|n8n)/' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
	},
};
