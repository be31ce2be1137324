/** Which folder may import which: data goes one way, and no two folders import each other. */
const folder = (name) => `^nodes/Luma/${name}/`;

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
		forbid(
			'prompt-is-pure',
			folder('prompt'),
			folder('(operations|jobs|webhooks|polling|piapi|runtime)'),
		),
		forbid(
			'messages-are-pure',
			folder('messages'),
			folder('(operations|jobs|webhooks|piapi|runtime|prompt)'),
		),
		forbid(
			'piapi-knows-no-jobs',
			folder('piapi'),
			folder('(operations|jobs|webhooks|polling|runtime|prompt)'),
		),
		forbid(
			'runtime-knows-no-jobs',
			folder('runtime'),
			folder('(operations|jobs|webhooks|polling|prompt)'),
		),
		forbid(
			'jobs-know-no-fields-and-webhooks',
			folder('jobs'),
			folder('(operations|webhooks|polling)'),
		),
		forbid(
			'polling-knows-no-fields-and-webhooks',
			folder('polling'),
			folder('(operations|webhooks)'),
		),
		forbid('webhooks-know-no-fields', folder('webhooks'), folder('operations')),
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
