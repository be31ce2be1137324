import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import execa from 'execa';

import { serve, Simulator, type Fault } from '../../../simulator';
import { repository } from '../../../scripts/n8n/versions';

const KEY = 'simulated-key';

let simulator: Simulator;
let server: Awaited<ReturnType<typeof serve>>;

/** An account that has made a dozen videos, one of which failed. A further one ends with its second read. */
beforeEach(async () => {
	simulator = new Simulator({ readsPerStep: 1 });
	server = await serve(simulator);
	const input = { prompt: 'a heron takes off', duration: 5 };
	const body = { model: 'luma', task_type: 'video_generation', input };
	const headers = { 'x-api-key': KEY };
	for (let made = 0; made < 12; made++) {
		await simulator.handle({ method: 'POST', path: '/api/v1/task', headers, body });
	}
	const [failed, ...others] = simulator.tasks.values();
	simulator.fail(failed, { message: 'refused by moderation' });
	for (const task of others) simulator.complete(task);
});
afterEach(async () => await server.close());

/** Runs the command as npm does. */
async function check(args: string[] = [], environment: Record<string, string> = {}) {
	const reporter = '--test-reporter=spec';
	const words = ['--import', 'tsx', reporter, 'scripts/checkPiapi/main.ts', ...args];
	const { exitCode, all = '' } = await execa('node', words, {
		all: true,
		cwd: repository,
		env: { PIAPI_API_KEY: KEY, PIAPI_BASE_URL: server.url, ...environment },
		reject: false,
	});
	return { exitCode, output: all };
}

function answerWith(route: Fault['route'], change: (text: string) => string): void {
	const body = (answer: unknown) => JSON.parse(change(JSON.stringify(answer))) as unknown;
	simulator.addFault({ route, calls: 'every', effect: { kind: 'rewrite', body } });
}

describe('at a service that keeps to its pages', () => {
	it('every fact holds that free calls can show, and nothing is created', async () => {
		const { exitCode, output } = await check();
		expect(output).toMatch(/^ℹ fail 0$/m);
		expect(output).toContain('needs --pay');
		expect(output).toContain('320 x 180 pixels, 5 s, without sound');
		expect(exitCode).toBe(0);
		expect(simulator.tasks.size).toBe(12);
	});

	it('all of them hold with one paid video of 5 seconds, whose task is named', async () => {
		const { exitCode, output } = await check(['--pay', '--yes']);
		const [paid, ...others] = [...simulator.tasks.values()].slice(12);
		expect(output).toMatch(/^ℹ fail 0$[^]*^ℹ skipped 4$/m);
		expect(output).toContain(paid.taskId);
		expect({ exitCode, others, seconds: paid.input.duration }).toEqual({
			exitCode: 0,
			others: [],
			seconds: 5,
		});
	});
});

it('names what differs, and never shows the key, whatever PiAPI says', async () => {
	answerWith('history', (text) => text.replace('"task_model":"luma"', `"task_model":"for ${KEY}"`));
	answerWith('read', (text) =>
		text.replace('"failed"', '"archived"').replace('"consume":2000000', '"consume":3000000'),
	);
	const { exitCode, output } = await check();
	expect(output).toMatch(/^ℹ fail 4$/m);
	expect(output).toMatch(/tasks of Luma only .*\n.* other words\]/);
	expect(output).toMatch(/in the same way .*\n.* failed\/processing\]/);
	expect(output).toMatch(/status word is known .*\n.* archived, not known\]/);
	expect(output).toMatch(/\(\$0\.20\) .*\n.* \$0\.3/);
	expect(output).not.toContain(KEY);
	expect(output).not.toContain(repository);
	expect(exitCode).toBe(1);
});

it('never creates a second video when the answer is lost, and says what may have happened', async () => {
	const isOrder = ({ body }: { body?: unknown }) => JSON.stringify(body).includes('"prompt"');
	const effect = { kind: 'reset', afterHandling: true } as const;
	simulator.addFault({ route: 'create', calls: 'every', when: isOrder, effect });
	const { exitCode, output } = await check(['--pay', '--yes']);
	expect(output).toContain('may have been ordered');
	expect(exitCode).toBe(1);
	expect(simulator.tasks.size).toBe(13);
});

it('asks nothing more of PiAPI when the key is refused', async () => {
	const { exitCode, output } = await check([], { PIAPI_API_KEY: 'another' });
	expect(output).toContain('PiAPI refuses the key');
	expect(exitCode).toBe(1);
	expect(simulator.calls.slice(12)).toHaveLength(1);
});

it.each([
	[[], { PIAPI_API_KEY: ' ' }, 'PIAPI_API_KEY'],
	[['--pay'], {}, '$0.20'],
])('%j with %j asks nothing of PiAPI, and says why', async (args, environment, words) => {
	const { exitCode, output } = await check(args, environment);
	expect(exitCode).toBe(2);
	expect(output).toContain(words);
	expect(simulator.calls.slice(12)).toEqual([]);
});
