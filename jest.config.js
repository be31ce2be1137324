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

module.exports = {
	// For a test that hangs. Whether something is in time is never left to the clock on the wall.
	testTimeout: 600_000,
	projects: [
		project('unit'),
		project('engine', { setupFiles: ['<rootDir>/test/setup/engine.ts'] }),
		project('package', { modulePaths: ['<rootDir>/node_modules'] }),
		project('e2e', {
			globalSetup: '<rootDir>/test/setup/e2e.ts',
			globalTeardown: '<rootDir>/test/setup/e2eEnd.ts',
		}),
		project('browser'),
		project('queue'),
	],
};
