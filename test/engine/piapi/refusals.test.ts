import { describe, expect, it } from '@jest/globals';

import type { FaultEffect } from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { FAST_POLLING, count, PROMPT, startService } from '../../../support/engine/service';

it('says to check the key when PiAPI does not accept it, and shows it nowhere', async () => {
	const { simulator, url } = await startService();
	const run = await runLuma({
		url,
		credential: { apiKey: 'secret-key-4711' },
		parameters: { prompt: PROMPT },
	});

	expect(run.error?.message).toBe('PiAPI does not accept this key');
	expect(run.error?.description).toContain('Check the PiAPI key');
	expect(run.stored).not.toContain('secret-key-4711');
	expect(count(simulator, 'create')).toBe(1);
});

const REFUSALS: Array<[string, FaultEffect, string]> = [
	[
		'an empty balance (500)',
		{ kind: 'answer', status: 500, body: { code: 500, message: 'failed to freeze point' } },
		'Your PiAPI balance is too low for this video',
	],
	[
		'an empty balance (402)',
		{ kind: 'answer', status: 402, body: { code: 402, message: 'insufficient credits' } },
		'Your PiAPI balance is too low for this video',
	],
	[
		'a plan that is too low',
		{ kind: 'answer', status: 403 },
		'Your PiAPI plan does not include this',
	],
	[
		'bad input inside an HTTP 200',
		{ kind: 'answer', status: 200, body: { code: 400, message: 'prompt too long' } },
		'PiAPI rejected the request',
	],
	[
		'a redirect',
		{ kind: 'answer', status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } },
		"The 'Base URL' of the PiAPI credential redirects to another address",
	],
];

describe.each(REFUSALS)('%s', (_, effect, message) => {
	it('is explained, and the create is not repeated', async () => {
		const { simulator, url } = await startService({ faults: [{ route: 'create', effect }] });
		const { error } = await runLuma({ url, parameters: { prompt: PROMPT, options: FAST_POLLING } });

		expect(error?.message).toBe(`${message}`);
		expect(count(simulator, 'create')).toBe(1);
		expect(simulator.tasks.size).toBe(0);
	});
});

it("quotes PiAPI's own words", async () => {
	const body = { code: 400, message: 'prompt too long' };
	const { url } = await startService({
		faults: [{ route: 'create', effect: { kind: 'answer', status: 400, body } }],
	});
	const { error } = await runLuma({ url, parameters: { prompt: PROMPT } });

	expect(error?.description).toContain('prompt too long');
});

it('waits as long as Retry-After says when PiAPI asks for fewer requests', async () => {
	const { simulator, url } = await startService({
		faults: [
			{ route: 'create', effect: { kind: 'answer', status: 429, headers: { 'retry-after': '1' } } },
		],
	});
	const { error } = await runLuma({ url, parameters: { prompt: PROMPT, options: FAST_POLLING } });

	const [refused, made] = simulator.calls.filter(({ route }) => route === 'create');
	expect(error).toBeUndefined();
	expect(made.at - refused.at).toBeGreaterThanOrEqual(1000);
	expect(simulator.tasks.size).toBe(1);
});

const LOST_ANSWERS: Array<[string, FaultEffect]> = [
	['a reset after the task was made', { kind: 'reset', afterHandling: true }],
	['a 504 page after the task was made', { kind: 'html', status: 504, afterHandling: true }],
	['an answer that is cut off', { kind: 'cutOff' }],
];

describe.each(LOST_ANSWERS)('%s', (_, effect) => {
	it('is never followed by a second create', async () => {
		const { simulator, url } = await startService({ faults: [{ route: 'create', effect }] });
		const { json } = await runLuma({ url, parameters: { prompt: PROMPT, options: FAST_POLLING } });

		expect(json[0].status).toBe('completed');
		expect(simulator.tasks.size).toBe(1);
		expect(count(simulator, 'create')).toBe(1);
	});
});

it('creates nothing more after the first refusal ended the run', async () => {
	const { simulator, url } = await startService({
		faults: [{ route: 'create', calls: [2], effect: { kind: 'answer', status: 403 } }],
	});
	const { error } = await runLuma({
		url,
		items: Array.from({ length: 10 }, () => ({})),
		parameters: { prompt: PROMPT, options: { ...FAST_POLLING, maxConcurrency: 1 } },
	});

	expect(count(simulator, 'create')).toBe(2);
	expect(error?.message).toBe('Your PiAPI plan does not include this [item 1]');
	expect(error?.description).toContain([...simulator.tasks.keys()][0]);
	expect(error?.description).toContain('1 other video was created in this run');
	expect(error?.description).toContain('Retry in the Executions list');
	expect(error?.description).toMatch(/^1 other video/);
	expect(error?.description).not.toMatch(/run (it|the workflow)? ?again/);
});

it('says first that nothing was charged, and what a new run costs, when the run has paid for nothing', async () => {
	const { simulator, url } = await startService({
		outcome: () => ({ message: 'moderation', atOnce: true }),
	});
	const { error } = await runLuma({
		url,
		items: [{}, {}],
		parameters: { prompt: PROMPT, options: { ...FAST_POLLING, maxConcurrency: 1 } },
	});

	expect([...simulator.tasks.values()].map(({ status }) => status)).toContain('failed');
	expect(error?.description).toMatch(/^Nothing was charged\b.*\$0\.40/);
	expect(error?.description).not.toContain('Executions list');
});

it('points to the retry when the item that ends the run is paid itself', async () => {
	const { url } = await startService({ renderSeconds: 60 });
	const { error } = await runLuma({
		url,
		parameters: { prompt: PROMPT, options: { ...FAST_POLLING, timeoutMinutes: 0.01 } },
	});

	expect(error?.description).toContain('Retry in the Executions list');
	expect(error?.description).not.toMatch(/Nothing was charged/);
});
