/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
import { readCommandLine, usage } from './commandLine';
import { serve } from './server';
import { Simulator } from './simulator';

async function main(): Promise<void> {
	const settings = readCommandLine(process.argv.slice(2));
	if (!settings) return console.log(usage);
	const { options, ...address } = settings;
	const server = await serve(new Simulator(options), address);
	console.log(`PiAPI simulator  ${server.url}`);
	console.log(`API key          ${options.apiKey ?? 'simulated-key'}`);
	console.log('Ctrl-C ends it');
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void server.close());
	}
}

main().catch(({ code, message }: NodeJS.ErrnoException) => {
	const isTaken = code === 'EADDRINUSE';
	console.error(isTaken ? 'This port is in use already. Choose another one with --port.' : message);
	console.error('See npm run simulator -- --help');
	process.exitCode = 1;
});
