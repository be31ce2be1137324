/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import execa from 'execa';
import { join } from 'node:path';

import { repository } from '../scripts/n8n/versions';

/** Runs a program of this folder in a fresh process, which answers one question by {@link answer}. */
export async function askIsolated<T>(file: string, question: object): Promise<T> {
	const words = ['--import', 'tsx', join(__dirname, file), JSON.stringify(question)];
	const { stdout } = await execa(process.execPath, words, { cwd: repository, stderr: 'inherit' });
	return JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1)) as T;
}

/** The program's side: prints what it found as the last line, and ends. */
export function answer<Q>(work: (question: Q) => Promise<unknown>): void {
	work(JSON.parse(process.argv[2]) as Q).then(
		(found) => process.stdout.write(`\n${JSON.stringify(found)}`, () => process.exit()),
		(error: Error) => process.stderr.write(`${error.stack}\n`, () => process.exit(1)),
	);
}
