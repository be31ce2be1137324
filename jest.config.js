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
	// A busy machine is not a broken promise.
	testTimeout: 20_000,
	projects: [
		project('unit'),
		project('engine', { setupFiles: ['<rootDir>/test/engineSetup.ts'] }),
		project('package', { modulePaths: ['<rootDir>/node_modules'] }),
		project('e2e'),
		project('browser'),
		project('queue'),
	],
};
