import { describe, expect, it } from '@jest/globals';

import { useBinaryStore } from '../../../support/engine/binaryData';
import { runLuma } from '../../../support/engine/engine';
import { FAST_POLLING, count, PROMPT, startService } from '../../../support/engine/service';

useBinaryStore();

describe('a switch that an expression brings as text or number', () => {
	it.each(['={{ "true" }}', '={{ 1 }}', '=TRUE', true])(
		'%j keeps a dry run dry',
		async (dryRun) => {
			const { simulator, url } = await startService();
			const { json } = await runLuma({ url, parameters: { prompt: PROMPT, options: { dryRun } } });

			expect(json[0]).toMatchObject({ dryRun: true });
			expect(count(simulator, 'create')).toBe(0);
		},
	);

	it('means what it says in the request and in the output', async () => {
		const { simulator, url } = await startService();
		const { json } = await runLuma({
			url,
			parameters: {
				prompt: PROMPT,
				simplify: '=false',
				options: { ...FAST_POLLING, loop: '={{ "true" }}' },
			},
		});

		expect(simulator.calls[0].body).toHaveProperty('input.loop', true);
		expect(json[0]).toHaveProperty('task.task_id');
	});
});

describe('when On Error is set to continue, what concerns all items becomes a message in each', () => {
	const items = [{ hello: 1 }, { hello: 2 }];
	const parameters = { prompt: PROMPT };

	it('reports a credential without a key in each item', async () => {
		const { url } = await startService();
		const { json } = await runLuma({
			url,
			items,
			parameters,
			credential: { apiKey: '' },
			settings: { onError: 'continueRegularOutput' },
		});

		expect(json).toHaveLength(2);
		expect(json[1]).toMatchObject({
			error: expect.stringContaining('The PiAPI credential has no API key'),
		});
		expect(json[1]).not.toHaveProperty('hello');
	});

	it('sends nothing to the success output when there is an error output', async () => {
		const { url } = await startService();
		const { json, errorItems } = await runLuma({
			url,
			items,
			parameters,
			credential: { baseUrl: 'http://api.piapi.ai' },
			settings: { onError: 'continueErrorOutput' },
		});

		expect(json).toEqual([]);
		expect(errorItems).toHaveLength(2);
	});

	it('reports an invalid option of the whole run in each item', async () => {
		const { simulator, url } = await startService();
		const { json } = await runLuma({
			url,
			items,
			parameters: { ...parameters, options: { maxSpendUsd: '=five' } },
			settings: { onError: 'continueRegularOutput' },
		});

		expect(json[0].error).toContain("'Max Spend (USD)' cannot be “five”");
		expect(simulator.calls).toEqual([]);
	});
});

describe('a free question', () => {
	it('is asked again after a hiccup', async () => {
		const { url } = await startService({
			faults: [
				{ route: 'account', effect: { kind: 'html', status: 502 } },
				{ route: 'history', effect: { kind: 'reset' } },
			],
		});
		const account = await runLuma({ url, parameters: { resource: 'account', operation: 'get' } });
		const tasks = await runLuma({ url, parameters: { resource: 'task', operation: 'getMany' } });

		expect(account.json[0]).toMatchObject({ plan: 'creator' });
		expect(tasks.error).toBeUndefined();
	});

	it('ends when the task list repeats itself', async () => {
		const rows = Array.from({ length: 100 }, (_, index) => ({ task_id: `task-${index}` }));
		const body = { code: 200, data: { data: rows } };
		const { simulator, url } = await startService({
			faults: [{ route: 'history', calls: 'every', effect: { kind: 'answer', status: 200, body } }],
		});
		const { json } = await runLuma({
			url,
			parameters: { resource: 'task', operation: 'getMany', returnAll: true },
		});

		expect(json).toHaveLength(100);
		expect(count(simulator, 'history')).toBe(2);
	});
});

it('understands a time without a zone in the zone of the workflow', async () => {
	const { simulator, url } = await startService();
	const parameters = {
		resource: 'task',
		operation: 'getMany',
		createdAfter: '2026-01-31T12:00:00',
	};
	await runLuma({ url, parameters, timezone: 'Asia/Tokyo' });

	const noonInTokyo = Date.UTC(2026, 0, 31, 3) / 1000;
	expect(simulator.calls[0].path).toContain(`start_time=${noonInTokyo}`);
});

it('explains that a task is running although PiAPI refuses the cancel with a 500', async () => {
	const { url } = await startService({
		renderSeconds: 60,
		faults: [{ route: 'cancel', effect: { kind: 'answer', status: 500 } }],
	});
	const made = await runLuma({ url, parameters: { prompt: PROMPT, waitMode: 'none' } });
	const { json } = await runLuma({
		url,
		items: made.json,
		parameters: { resource: 'task', operation: 'cancel', taskId: '={{ $json.taskId }}' },
	});

	expect(json[0]).toMatchObject({ cancelled: false, status: 'processing' });
});

it('downloads once although the input item had a message of its own', async () => {
	const { simulator, url } = await startService();
	const made = await runLuma({ url, parameters: { prompt: PROMPT, options: FAST_POLLING } });
	const { json } = await runLuma({
		url,
		items: [{ ...made.json[0], error: 'from before' }],
		parameters: { operation: 'download', downloadFrom: 'url', videoUrl: '={{ $json.videoUrl }}' },
		settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
	});

	expect(json[0]).not.toHaveProperty('error');
	expect(count(simulator, 'media')).toBe(1);
});

it('keeps the shape of the output when the time is up before the task could be read', async () => {
	const { url } = await startService({
		faults: [{ route: 'read', calls: 'every', effect: { kind: 'html', status: 502 } }],
	});
	const { json } = await runLuma({
		url,
		items: [{ taskId: 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d' }],
		parameters: {
			resource: 'task',
			operation: 'wait',
			taskId: '={{ $json.taskId }}',
			options: { ...FAST_POLLING, timeoutMinutes: 0.01, onTimeout: 'output' },
		},
	});

	expect(json[0]).toMatchObject({ status: 'timeout', videoUrl: null, prompt: null, costUsd: null });
});
