/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { repository } from '../../../scripts/n8n/versions';
import { pages, read, sectionsOf } from '../../../support/texts/markdown';

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const NPM_COMMANDS = ['install', 'version', 'publish', 'ci', 'pack'];

/** The commands on a page: code in its text, and the lines of its shell blocks without comments. */
function commandsOn(page: string): string[] {
	return sectionsOf(read(page))
		.flatMap(({ code, blocks }) => [
			...code,
			...blocks
				.filter(({ language }) => /^(sh|bash)$/.test(language))
				.flatMap(({ text }) => text.split('\n')),
		])
		.map((line) => line.replace(/\s+#.*$/, '').trim())
		.filter((line) => /^(npm|npx|node) /.test(line));
}

function isKnown(command: string): boolean {
	const [program, first, second] = command.split(/\s+/);
	if (program === 'node') return existsSync(join(repository, first));
	if (program !== 'npm') return false;
	return first === 'run' ? second in scripts : first in scripts || NPM_COMMANDS.includes(first);
}

const commands = [...new Set(pages().flatMap(commandsOn))];

it('finds commands in the text and in code blocks', () => {
	expect(commands).toEqual(
		expect.arrayContaining(['npm start', 'npm test', 'npm start -- --once', 'npm run simulator']),
	);
});

it.each(commands)('the documented command %s exists', (command) => {
	expect(isKnown(command)).toBe(true);
});
