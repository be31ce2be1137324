/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import execa from 'execa';
import { serve, Simulator } from '../../../simulator';
import { repository } from '../docs/markdown';

let simulator: Simulator;
let server: Awaited<ReturnType<typeof serve>>;

beforeEach(async () => {
	simulator = new Simulator({ queueSeconds: 0, renderSeconds: 0 });
	server = await serve(simulator);
});
afterEach(async () => await server.close());

/** Runs the command as npm does. */
async function run(args: string[], environment: Record<string, string>) {
	const words = [join('scripts', 'setup.mjs'), join('scripts', 'check-piapi.ts'), ...args];
	return await execa('node', words, {
		cwd: repository,
		env: { PIAPI_API_KEY: '', PIAPI_BASE_URL: server.url, ...environment },
		reject: false,
	});
}

it('ends with 0 when all holds, without a word of the key, and with nothing created', async () => {
	const { exitCode, stdout, stderr } = await run([], { PIAPI_API_KEY: 'simulated-key' });
	expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
	expect(stdout).toContain('needs --pay');
	expect(stdout).not.toContain('simulated-key');
	expect(simulator.tasks.size).toBe(0);
}, 60_000);

it('ends with 1 when something differs', async () => {
	simulator.addFault({ route: 'account', calls: [2], effect: { kind: 'answer', status: 403 } });
	const { exitCode, stdout } = await run([], { PIAPI_API_KEY: 'simulated-key' });
	expect(exitCode).toBe(1);
	expect(stdout).toContain('✗ differs');
}, 60_000);

it('ends with 2 and asks nothing of PiAPI without a key, or without a yes to the price', async () => {
	const withoutKey = await run([], {});
	const withoutYes = await run(['--pay'], { PIAPI_API_KEY: 'simulated-key' });
	expect([withoutKey.exitCode, withoutYes.exitCode]).toEqual([2, 2]);
	expect(withoutYes.stderr).toContain('$0.20');
	expect(simulator.calls).toEqual([]);
}, 60_000);
