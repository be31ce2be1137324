import { describe, expect, it } from '@jest/globals';

import { useBinaryStore } from '../../../support/engine/binaryData';
import { CONTINUE, openService, runOnce } from '../../../support/engine/runOnce';
import { count } from '../../../support/engine/service';

useBinaryStore();

describe('when On Error is set to continue, what concerns all items becomes a message in each', () => {
	const items = [{ hello: 1 }, { hello: 2 }];

	it.each([
		[{}, { apiKey: '' }, 'The PiAPI credential has no API key'],
		[{ options: { maxSpendUsd: '=five' } }, {}, "'Max Spend (USD)' cannot be “five”"],
	])('for %j and %j', async (parameters, credential, message) => {
		const { json, calls } = await runOnce(parameters, { items, credential, ...CONTINUE });

		expect(json.map(({ error }) => error)).toEqual(Array(2).fill(expect.stringContaining(message)));
		expect(json[1]).not.toHaveProperty('hello');
		expect(calls).toEqual([]);
	});

	it('and sends nothing to the success output when there is an error output', async () => {
		const { json, errorItems } = await runOnce(
			{},
			{
				items,
				credential: { baseUrl: 'http://api.piapi.ai' },
				settings: { onError: 'continueErrorOutput' },
			},
		);

		expect(json).toEqual([]);
		expect(errorItems).toHaveLength(2);
	});
});

describe('a free question', () => {
	it('is asked again after a hiccup', async () => {
		const service = await openService({
			faults: [
				{ route: 'account', effect: { kind: 'html', status: 502 } },
				{ route: 'history', effect: { kind: 'reset' } },
			],
		});
		const account = await service.execute({ resource: 'account', operation: 'get' });
		const tasks = await service.execute({ resource: 'task', operation: 'getMany' });

		expect(account.json[0]).toMatchObject({ plan: 'creator' });
		expect(tasks.error).toBeUndefined();
	});

	it('ends when the task list repeats itself', async () => {
		const rows = Array.from({ length: 100 }, (_, index) => ({ task_id: `task-${index}` }));
		const body = { code: 200, data: { data: rows } };
		const { json, simulator } = await runOnce(
			{ resource: 'task', operation: 'getMany', returnAll: true },
			{
				service: {
					faults: [
						{ route: 'history', calls: 'every', effect: { kind: 'answer', status: 200, body } },
					],
				},
			},
		);

		expect(json).toHaveLength(100);
		expect(count(simulator, 'history')).toBe(2);
	});
});

it('explains that a task is running although PiAPI refuses the cancel with a 500', async () => {
	const faults = [{ route: 'cancel', effect: { kind: 'answer', status: 500 } } as const];
	const made = await runOnce(
		{ waitMode: 'none' },
		{ service: { renderSeconds: Infinity, faults } },
	);
	const cancel = { resource: 'task', operation: 'cancel', taskId: made.json[0].taskId };
	const { json } = await made.execute(cancel);

	expect(json[0]).toMatchObject({ cancelled: false, status: 'processing' });
});

it('downloads once although the input item had a message of its own', async () => {
	const made = await runOnce({});
	const { json, simulator } = await made.execute(
		{ operation: 'download', downloadFrom: 'url', videoUrl: '={{ $json.videoUrl }}' },
		{
			items: [{ ...made.json[0], error: 'from before' }],
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		},
	);

	expect(json[0]).not.toHaveProperty('error');
	expect(count(simulator, 'media')).toBe(1);
});

it('keeps the shape of the output when the time is up before the task could be read', async () => {
	const { json } = await runOnce(
		{
			resource: 'task',
			operation: 'wait',
			taskId: 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d',
			options: { pollIntervalSeconds: 0.1, timeoutMinutes: 0.01, onTimeout: 'output' },
		},
		{
			service: {
				faults: [{ route: 'read', calls: 'every', effect: { kind: 'html', status: 502 } }],
			},
		},
	);

	expect(json[0]).toMatchObject({ status: 'timeout', videoUrl: null, prompt: null, costUsd: null });
});
