// Where n8n's engine is part of the tests.
const withN8nCore = { setupFiles: ['<rootDir>/test/setup/n8nCore.ts'] };

const project = (name, options = {}) => ({
	displayName: name,
	rootDir: __dirname,
	testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/n8n'],
	transform: {
		'^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
	},
	...options,
});

// What the node under test does must not depend on who runs the tests.
process.env.PIAPI_API_KEY = '';

// While a change is made, some of the random schedules are enough. All of them: in .ci/run, on GitHub (both
// set CI), and with npm run test:faults.
if (!process.env.CI && process.env.npm_lifecycle_event !== 'test:faults') {
	process.env.SCHEDULES ??= '300';
	process.env.FUZZ_RUNS ??= '50';
}

module.exports = {
	reporters: ['default', '<rootDir>/scripts/totals.js'],
	// For a test that hangs. Whether something is in time is never left to the clock on the wall.
	testTimeout: 600_000,
	projects: [
		project('unit', withN8nCore),
		project('engine', withN8nCore),
		project('package', {
			...withN8nCore,
			modulePaths: ['<rootDir>/node_modules'],
		}),
		project('e2e', {
			globalSetup: '<rootDir>/test/setup/e2e.ts',
			globalTeardown: '<rootDir>/test/setup/e2eEnd.ts',
		}),
		project('browser'),
		project('queue'),
	],
};
