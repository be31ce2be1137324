/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
import { readCommandLine, usage } from './commandLine';
import { serve } from './server';
import { Simulator } from './simulator';

async function main(): Promise<void> {
	const command = readCommandLine(process.argv.slice(2));
	if (command.kind === 'help') return console.log(usage);
	if (command.kind === 'problem') {
		console.error(`${command.message}\nSee npm run simulator -- --help`);
		process.exitCode = 2;
		return;
	}
	const { options, port, host } = command;
	const server = await serve(new Simulator(options), { port, host });
	console.log(`PiAPI simulator  ${server.url}`);
	console.log(`API key          ${options.apiKey ?? 'simulated-key'}`);
	console.log('Ctrl-C ends it');
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void server.close());
	}
}

main().catch((error: NodeJS.ErrnoException) => {
	const isTaken = error.code === 'EADDRINUSE';
	console.error(isTaken ? 'This port is in use already. Choose another one with --port.' : error);
	process.exitCode = 1;
});
