/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
/** npm run check:piapi: whether PiAPI is as this package takes it to be. */
import { setTimeout as delay } from 'node:timers/promises';
import { version } from '../package.json';
import { checkPiapi } from './checkPiapi/check';
import { readCommand, usage } from './checkPiapi/options';
import { endWith } from './ending';

async function main(): Promise<number> {
	const command = readCommand(process.argv.slice(2), process.env);
	if (command.kind === 'help') {
		console.log(usage);
		return 0;
	}
	if (command.kind === 'usage') {
		console.error(`${command.message}\nSee: npm run check:piapi -- --help`);
		return 2;
	}
	const sleep = async (milliseconds: number) => await delay(milliseconds);
	const { exitCode } = await checkPiapi({
		...command,
		version,
		fetch,
		time: { now: () => Date.now(), sleep },
		print: (text) => console.log(text),
	});
	return exitCode;
}

endWith(main());
