/**
 * node test/package/nodeRules.mjs '<pattern>'       remarks about files of the repository
 * node test/package/nodeRules.mjs --as <file>       remarks about the input, as if it stood in that file
 *
 * The rules of eslint-plugin-n8n-nodes-base, whatever a file or the project's own configuration says.
 * A program of its own: inside jest these rules take every file for one of their own tests.
 */
import { text } from 'node:stream/consumers';

import * as parser from '@typescript-eslint/parser';
import { ESLint } from 'eslint';
import plugin from 'eslint-plugin-n8n-nodes-base';

const { community, credentials, nodes } = plugin.configs;

// For nodes in n8n's own repository, and switched off for community nodes by n8n as well: there a
// documentation URL is a slug, inputs are bare words, and a limit has no upper end.
const NOT_FOR_COMMUNITY_NODES = [
	'cred-class-field-documentation-url-miscased',
	'cred-class-field-type-options-password-missing',
	'node-class-description-inputs-wrong-regular-node',
	'node-class-description-outputs-wrong',
	'node-param-type-options-max-value-present',
];

const off = Object.fromEntries(
	NOT_FOR_COMMUNITY_NODES.map((name) => [`n8n-nodes-base/${name}`, 'off']),
);

const eslint = new ESLint({
	allowInlineConfig: false,
	overrideConfigFile: true,
	overrideConfig: [
		{
			files: ['**/*.ts', 'package.json'],
			languageOptions: { parser, parserOptions: { extraFileExtensions: ['.json'] } },
			plugins: { 'n8n-nodes-base': plugin },
		},
		{ files: ['package.json'], rules: community.rules },
		{ files: ['credentials/**/*.ts'], rules: { ...credentials.rules, ...off } },
		{ files: ['nodes/**/*.ts'], rules: { ...nodes.rules, ...off } },
	],
});

const [pattern, filePath] = process.argv.slice(2);
const results =
	pattern === '--as'
		? await eslint.lintText(await text(process.stdin), { filePath })
		: await eslint.lintFiles(pattern);
const remarks = results.flatMap(({ filePath: file, messages }) =>
	messages.map(({ line, message, ruleId }) => `${file}:${line} ${message} (${ruleId})`),
);
process.stdout.write(JSON.stringify({ files: results.length, remarks }));
