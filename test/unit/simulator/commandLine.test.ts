import { describe, expect, it } from '@jest/globals';
import { readCommandLine, usage } from '../../../simulator/commandLine';

describe('the command line', () => {
	it('has a default for everything', () => {
		expect(readCommandLine([])).toMatchObject({ kind: 'serve', port: 8788, host: '127.0.0.1' });
	});

	it('reads every option', () => {
		const faults = '[{"route":"read","effect":{"kind":"reset"}}]';
		const args = `--port 0 --host ::1 --key k --render-seconds .5 --queue-seconds 1.5
			--concurrency 3 --dialect works --plan free --balance-usd 2 --fail-when owl
			--links-expire-after-seconds 60 --media-bytes 1000 --config-echo withoutSecret
			--requests-per-minute 60 --answer-seconds 0.2 --faults ${faults}`.split(/\s+/);
		const command = readCommandLine(args);
		expect(command).toMatchObject({
			kind: 'serve',
			port: 0,
			host: '::1',
			options: {
				apiKey: 'k',
				renderSeconds: 0.5,
				queueSeconds: 1.5,
				concurrency: 3,
				dialect: 'works',
				plan: 'free',
				balanceUsd: 2,
				linksExpireAfterSeconds: 60,
				mediaBytes: 1000,
				configEcho: 'withoutSecret',
				requestsPerMinute: 60,
				answerSeconds: 0.2,
				faults: [{ route: 'read', effect: { kind: 'reset' } }],
			},
		});
		const outcome = command.kind === 'serve' ? command.options.outcome : undefined;
		expect(outcome?.({ prompt: 'an owl' }, 1)?.message).toContain('moderation');
		expect(outcome?.({ prompt: 'a heron' }, 2)).toBeUndefined();
		for (const arg of args.filter((text) => text.startsWith('--'))) expect(usage).toContain(arg);
	});

	it('offers help', () => {
		expect(readCommandLine(['--help'])).toEqual({ kind: 'help' });
		expect(readCommandLine(['-h'])).toEqual({ kind: 'help' });
	});

	it.each([
		[['--bogus'], "Unknown option '--bogus'"],
		[['--port'], 'argument missing'],
		[['--port', 'x'], '--port takes a whole number'],
		[['--port', '70000'], '--port takes a number up to 65535'],
		[['--concurrency', '0'], '--concurrency takes a number from 1'],
		[['--render-seconds', 'soon'], '--render-seconds takes a number'],
		[['--requests-per-minute', '0'], '--requests-per-minute takes a number from 1'],
		[['--config-echo', 'loud'], '--config-echo is one of asSent, withoutSecret'],
		[['--dialect', 'klingon'], '--dialect is one of current, older'],
		[['--plan', ''], '--plan is one of free, creator, pro'],
		[['--faults', '{}'], '--faults takes a JSON list'],
		[['--faults', '['], '--faults takes a JSON list'],
	])('answers %j with a clear message', (args, message) => {
		const command = readCommandLine(args);
		expect(command.kind).toBe('problem');
		expect(command).toHaveProperty('message', expect.stringContaining(message));
	});
});
