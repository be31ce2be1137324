import { expect, it } from '@jest/globals';
import { readCommandLine, usage } from '../../../simulator/commandLine';

it('has a default for everything, and reads every option', () => {
	expect(readCommandLine([])).toMatchObject({ port: 8788, host: '127.0.0.1' });
	expect(readCommandLine(['--help'])).toBeUndefined();
	const faults = '[{"route":"read","effect":{"kind":"reset"}}]';
	const args = `--port 0 --host ::1 --key k --render-seconds .5 --concurrency 3 --dialect works
		--plan free --balance-usd 2 --fail-when owl --links-expire-after-seconds 60 --media-bytes 1000
		--config-echo withoutSecret --requests-per-minute 60 --faults ${faults}`.split(/\s+/);
	const command = readCommandLine(args);
	expect(command).toMatchObject({
		port: 0,
		host: '::1',
		options: {
			apiKey: 'k',
			renderSeconds: 0.5,
			concurrency: 3,
			dialect: 'works',
			plan: 'free',
			balanceUsd: 2,
			linksExpireAfterSeconds: 60,
			mediaBytes: 1000,
			configEcho: 'withoutSecret',
			requestsPerMinute: 60,
			faults: [{ route: 'read', effect: { kind: 'reset' } }],
		},
	});
	const outcome = command?.options.outcome;
	expect(outcome?.({ prompt: 'an owl' }, 1)?.message).toContain('moderation');
	expect(outcome?.({ prompt: 'a heron' }, 2)).toBeUndefined();
	for (const arg of args.filter((text) => text.startsWith('--'))) expect(usage).toContain(arg);
});

it.each([
	[['--bogus'], '--bogus'],
	[['--port', '70000'], '--port cannot be "70000"'],
	[['--concurrency', '0'], '--concurrency cannot be "0"'],
	[['--render-seconds', 'soon'], '--render-seconds cannot be "soon"'],
	[['--dialect', 'klingon'], 'current, older'],
	[['--faults', '{}'], '--faults cannot be "{}"'],
	[['--faults', '['], 'JSON'],
])('answers %j with a clear message', (args, message) => {
	expect(() => readCommandLine(args)).toThrow(message);
});
