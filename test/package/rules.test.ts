import { describe, expect, it } from '@jest/globals';
import execa from 'execa';

import { repository } from '../../scripts/n8n/versions';

/** Runs a program as anybody would outside of a test: the rules look at NODE_ENV. */
async function answerOf<T>(words: string[], input = ''): Promise<T> {
	const options = { cwd: repository, env: { NODE_ENV: '' }, input };
	const { stdout } = await execa('node', words, options);
	return JSON.parse(stdout) as T;
}

async function remarksOn(words: string[], input?: string) {
	const program = 'test/package/nodeRules.mjs';
	return await answerOf<{ files: number; remarks: string[] }>([program, ...words], input);
}

describe('the rules of eslint-plugin-n8n-nodes-base', () => {
	const everything = ['package.json', 'credentials/**/*.ts', 'nodes/**/*.ts'];

	it.each(everything)('have no remark about %s', async (pattern) => {
		const { files, remarks } = await remarksOn([pattern]);
		expect(files).toBeGreaterThan(0);
		expect(remarks).toEqual([]);
	});

	it.each([
		['package.json', 'community-package-json-license-missing', '{ "name": "n8n-nodes-other" }'],
		[
			'credentials/Other.credentials.ts',
			'cred-class-name-unsuffixed',
			"export class Other implements ICredentialType { name = 'otherApi'; }",
		],
		[
			'nodes/Luma/operations/other.ts',
			'node-param-description-boolean-without-whether',
			"const loop = { displayName: 'Loop', name: 'loop', type: 'boolean', default: false, description: 'Loops' };",
		],
		[
			'nodes/Luma/Other.node.ts',
			'node-execute-block-wrong-error-thrown',
			"export class Other { async execute() { throw new Error('no'); } }",
		],
	])('would have one about a slip in %s', async (file, rule, text) => {
		const { remarks } = await remarksOn(['--as', file], text);
		expect(remarks.join('\n')).toContain(`(n8n-nodes-base/${rule})`);
	});
});

describe("n8n's own scan for community packages", () => {
	const scan = (folder: string) => `
		import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';
		process.stdout.write(JSON.stringify(await analyzePackage('${folder}', SOURCE_FILE_PATTERNS)));`;

	it('has no remark about the sources', async () => {
		const answer = await answerOf(['--input-type=module', '-e', scan(repository)]);
		expect(answer).toEqual({ passed: true });
	});
});
