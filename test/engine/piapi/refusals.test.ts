import { expect, it } from '@jest/globals';

import type { FaultEffect } from '../../../simulator';
import { runOnce } from '../../../support/engine/runOnce';
import { answer, fault } from '../../../support/faults';

it('says to check the key when PiAPI does not accept it, and shows it nowhere', async () => {
	const credential = { apiKey: 'secret-key-4711' };
	const { error, stored, count } = await runOnce({}, { credential });

	expect(error?.message).toBe('PiAPI does not accept this key');
	expect(error?.description).toContain('Check the PiAPI key');
	expect(stored).not.toContain('secret-key-4711');
	expect(count('create')).toBe(1);
});

const LOW = 'Your PiAPI balance is too low for this video';

it.each<[string, FaultEffect, string, string]>([
	['an empty balance (500)', saying(500, 500, 'failed to freeze point'), LOW, 'freeze point'],
	['an empty balance (402)', saying(402, 402, 'insufficient credits'), LOW, 'insufficient'],
	['a plan that is too low', answer(403), 'Your PiAPI plan does not include this', 'forbidden'],
	[
		'bad input inside an HTTP 200',
		saying(200, 400, 'prompt too long'),
		'PiAPI rejected the request',
		'prompt too long',
	],
	[
		'a redirect',
		{ kind: 'answer', status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } },
		"The 'Base URL' of the PiAPI credential redirects to another address",
		'found',
	],
])("%s is explained, with PiAPI's own words, and the create is not repeated", async (...row) => {
	const [, effect, message, words] = row;
	const { error, simulator, count } = await runOnce(
		{},
		{ service: { faults: [fault('create', effect)] } },
	);

	expect(error?.message).toBe(message);
	expect(error?.description).toContain(words);
	expect(count('create')).toBe(1);
	expect(simulator.tasks.size).toBe(0);
});

function saying(status: number, code: number, message: string): FaultEffect {
	return answer(status, { code, message });
}

it('waits as long as Retry-After says when PiAPI asks for fewer requests', async () => {
	const busy: FaultEffect = { kind: 'answer', status: 429, headers: { 'retry-after': '1' } };
	const { error, simulator } = await runOnce({}, { service: { faults: [fault('create', busy)] } });

	const [refused, made] = simulator.calls.filter(({ route }) => route === 'create');
	expect(error).toBeUndefined();
	expect(made.at - refused.at).toBeGreaterThanOrEqual(1000);
	expect(simulator.tasks.size).toBe(1);
});

it('creates nothing more after the first refusal ended the run, and says what was made', async () => {
	const { error, tasks, count } = await runOnce(
		{ options: { maxConcurrency: 1 } },
		{
			service: { faults: [fault('create', answer(403), [2])] },
			items: Array.from({ length: 10 }, () => ({})),
		},
	);

	expect(count('create')).toBe(2);
	expect(error?.message).toBe('Your PiAPI plan does not include this [item 1]');
	expect(error?.description).toContain(tasks[0].taskId);
	expect(error?.description).toMatch(/^1 other video was created in this run/);
	expect(error?.description).toContain('Retry in the Executions list');
	expect(error?.description).not.toMatch(/run (it|the workflow)? ?again/);
});

it('says first that nothing was charged, and what a new run costs, when the run has paid for nothing', async () => {
	const { error, tasks } = await runOnce(
		{ options: { maxConcurrency: 1 } },
		{ service: { outcome: () => ({ message: 'moderation', atOnce: true }) }, items: [{}, {}] },
	);

	expect(tasks.map(({ status }) => status)).toContain('failed');
	expect(error?.description).toMatch(/^Nothing was charged\b.*\$0\.40/);
	expect(error?.description).not.toContain('Executions list');
});
