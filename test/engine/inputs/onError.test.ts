import { describe, expect, it } from '@jest/globals';

import { useBinaryStore } from '../../../support/engine/binaryData';
import { CONTINUE, NEVER, openService, runOnce, SHORT } from '../../../support/engine/runOnce';
import { count } from '../../../support/engine/service';
import { answer, fault, page, RESET } from '../../../support/faults';

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
		const credential = { baseUrl: 'http://api.piapi.ai' };
		const settings = { onError: 'continueErrorOutput' } as const;
		const { json, errorItems } = await runOnce({}, { items, credential, settings });

		expect(json).toEqual([]);
		expect(errorItems).toHaveLength(2);
	});
});

describe('a free question', () => {
	it('is asked again after a hiccup', async () => {
		const faults = [fault('account', page(502)), fault('history', RESET)];
		const service = await openService({ faults });
		const account = await service.execute({ resource: 'account', operation: 'get' });
		const tasks = await service.execute({ resource: 'task', operation: 'getMany' });

		expect(account.json[0]).toMatchObject({ plan: 'creator' });
		expect(tasks.error).toBeUndefined();
	});

	it('ends when the task list repeats itself', async () => {
		const rows = Array.from({ length: 100 }, (_, index) => ({ task_id: `task-${index}` }));
		const same = answer(200, { code: 200, data: { data: rows } });
		const service = { faults: [fault('history', same, 'every')] };
		const getMany = { resource: 'task', operation: 'getMany', returnAll: true };
		const { json, simulator } = await runOnce(getMany, { service });

		expect(json).toHaveLength(100);
		expect(count(simulator, 'history')).toBe(2);
	});
});

it('explains that a task is running although PiAPI refuses the cancel with a 500', async () => {
	const service = { ...NEVER, faults: [fault('cancel', answer(500))] };
	const made = await runOnce({ waitMode: 'none' }, { service });
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
	const taskId = 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d';
	const options = { ...SHORT, onTimeout: 'output' };
	const service = { faults: [fault('read', page(502), 'every')] };
	const wait = { resource: 'task', operation: 'wait', taskId, options };
	const { json } = await runOnce(wait, { service });

	expect(json[0]).toMatchObject({ status: 'timeout', videoUrl: null, prompt: null, costUsd: null });
});
