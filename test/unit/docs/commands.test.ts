/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { pages, read, repository, sectionsOf } from './markdown';

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
// What npm itself does.
const NPMS_OWN = ['install', 'version', 'publish', 'ci', 'pack'];

/** The commands of a page: code in its text, and the lines of its shell blocks without their comments. */
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
	return first === 'run' ? second in scripts : first in scripts || NPMS_OWN.includes(first);
}

const commands = [...new Set(pages().flatMap(commandsOn))];

it('finds the commands in the text and in the blocks', () => {
	expect(commands).toEqual(
		expect.arrayContaining(['npm start', 'npm test', 'npm start -- --once', 'npm run simulator']),
	);
});

it.each(commands)('%s exists', (command) => {
	expect(isKnown(command)).toBe(true);
});

it.each(['npm run nothing', 'npm nothing', 'node scripts/nothing.mjs', 'npx anything'])(
	'sees that %s does not exist',
	(command) => {
		expect(isKnown(command)).toBe(false);
	},
);
