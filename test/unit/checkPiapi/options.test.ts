import { describe, expect, it } from '@jest/globals';
import { readCommand, usage } from '../../../scripts/checkPiapi/options';

const key = { PIAPI_API_KEY: ' the key ' };

describe('npm run check:piapi', () => {
	it('makes free calls to PiAPI unless told to pay', () => {
		expect(readCommand([], key)).toEqual({
			kind: 'check',
			apiKey: 'the key',
			baseUrl: 'https://api.piapi.ai',
			pays: false,
		});
		expect(readCommand(['--pay', '--yes'], key)).toMatchObject({ kind: 'check', pays: true });
	});

	it('names the price, and pays only after --yes', () => {
		const command = readCommand(['--pay'], key);
		expect(command.kind).toBe('usage');
		expect(command).toHaveProperty('message', expect.stringMatching(/\$0\.20[\s\S]*--yes/));
	});

	it('takes another address, without the slash at its end', () => {
		const at = (PIAPI_BASE_URL: string) => readCommand([], { ...key, PIAPI_BASE_URL });
		expect(at('http://127.0.0.1:8788/')).toMatchObject({ baseUrl: 'http://127.0.0.1:8788' });
		expect(at('https://proxy.test')).toMatchObject({ baseUrl: 'https://proxy.test' });
		expect(at('http://proxy.test')).toMatchObject({ kind: 'usage' });
		expect(at('proxy')).toMatchObject({ kind: 'usage' });
	});

	it.each<[string[], NodeJS.ProcessEnv, string]>([
		[['--bogus'], key, '--bogus'],
		[['more'], key, 'more'],
		[['--yes'], key, '--pay'],
		[[], {}, 'PIAPI_API_KEY'],
		[[], { PIAPI_API_KEY: ' ' }, 'PIAPI_API_KEY'],
	])('answers %j with %j in the environment by naming %s', (args, environment, named) => {
		const command = readCommand(args, environment);
		expect(command.kind).toBe('usage');
		expect(command).toHaveProperty('message', expect.stringContaining(named));
	});

	it('offers help that names every option', () => {
		expect(readCommand(['--help'], {})).toEqual({ kind: 'help' });
		for (const word of ['--pay', '--yes', 'PIAPI_API_KEY', 'PIAPI_BASE_URL']) {
			expect(usage).toContain(word);
		}
	});
});
