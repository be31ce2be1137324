import { describe, expect, it } from '@jest/globals';
import { sleep } from 'n8n-workflow';

import { AdjustableClock } from '../../../support/virtualTime/adjustableClock';
import { until } from '../../../support/eventually';
import { LUMA, retryOf, runLuma, startLuma } from '../../../support/engine/engine';
import { FAST_POLLING, count, PROMPT, startService } from '../../../support/engine/service';

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const SHORT = { ...FAST_POLLING, timeoutMinutes: 0.01 };

describe('Retry On Fail', () => {
	it('picks the task up again when its first try came to the time limit', async () => {
		const { simulator, url } = await startService({ renderSeconds: 1 });
		const { json, error } = await runLuma({
			url,
			parameters: { prompt: PROMPT, options: SHORT },
			settings: RETRY_ON_FAIL,
		});

		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ status: 'completed', taskId: [...simulator.tasks.keys()][0] });
		expect(count(simulator, 'create')).toBe(1);
	});

	it('creates a new task after one that failed, and only for that item', async () => {
		const { simulator, url } = await startService({
			outcome: (_, ordinal) => (ordinal === 2 ? { message: 'no GPU left' } : undefined),
		});
		const { json, error } = await runLuma({
			url,
			items: [{}, {}, {}],
			parameters: { prompt: PROMPT, options: { ...FAST_POLLING, maxConcurrency: 1 } },
			settings: RETRY_ON_FAIL,
		});

		expect(error).toBeUndefined();
		expect(new Set(json.map(({ taskId }) => taskId)).size).toBe(3);
		expect(count(simulator, 'create')).toBe(4);
	});

	it('creates one task when On Error is set to continue, where n8n runs the node again for an item that failed', async () => {
		const { simulator, url } = await startService({ renderSeconds: 60 });
		const { json } = await runLuma({
			url,
			parameters: { prompt: PROMPT, options: SHORT },
			settings: { ...RETRY_ON_FAIL, onError: 'continueRegularOutput' },
		});

		expect(json[0].taskId).toBe([...simulator.tasks.keys()][0]);
		expect(count(simulator, 'create')).toBe(1);
	});

	it('finds the task of a create whose answer got lost, and creates no second one', async () => {
		const { simulator, url } = await startService({
			faults: [{ route: 'create', effect: { kind: 'reset', afterHandling: true } }],
		});
		const { json } = await runLuma({
			url,
			items: [{}, {}],
			parameters: { prompt: PROMPT, options: FAST_POLLING },
			settings: RETRY_ON_FAIL,
		});

		expect(new Set(json.map(({ taskId }) => taskId))).toEqual(new Set(simulator.tasks.keys()));
		expect(count(simulator, 'create')).toBe(2);
	});
});

it('creates one task in all tries of Retry On Fail, although its prompt holds the time', async () => {
	const { simulator, url } = await startService({
		renderSeconds: 1,
		faults: [{ route: 'read', calls: [1, 2, 3], effect: { kind: 'slow', seconds: 0.2 } }],
	});
	const { json } = await runLuma({
		url,
		parameters: {
			prompt: '=A clock that shows {{ $now.toMillis() }}',
			options: {
				...FAST_POLLING,
				seed: '={{ Math.floor(Math.random() * 1e6) }}',
				timeoutMinutes: 0.01,
			},
		},
		settings: RETRY_ON_FAIL,
	});

	expect(json[0]).toMatchObject({ status: 'completed' });
	expect(simulator.tasks.size).toBe(1);
});

describe("a person's retry from n8n's list", () => {
	it('continues with the tasks that were created, and creates only what is missing', async () => {
		const { simulator, url } = await startService({
			faults: [{ route: 'create', calls: [3], effect: { kind: 'answer', status: 402 } }],
		});
		const options = {
			url,
			items: [{}, {}, {}],
			parameters: { prompt: PROMPT, options: { ...FAST_POLLING, maxConcurrency: 1 } },
		};
		const failed = await runLuma(options);
		const retried = await runLuma({ ...options, resume: retryOf(failed) });

		expect(failed.error?.message).toContain('balance is too low');
		expect(retried.json.map(({ status }) => status)).toEqual([
			'completed',
			'completed',
			'completed',
		]);
		expect(simulator.tasks.size).toBe(3);
		expect(count(simulator, 'create')).toBe(4);
	});

	it('creates another task for an item whose settings were changed meanwhile', async () => {
		const { simulator, url } = await startService({ renderSeconds: 60 });
		const failed = await runLuma({ url, parameters: { prompt: PROMPT, options: SHORT } });
		await runLuma({
			url,
			parameters: { prompt: PROMPT, aspectRatio: '1:1', options: SHORT },
			resume: retryOf(failed),
		});

		expect(simulator.tasks.size).toBe(2);
	});

	it('pays for nothing anew where prompt and seed hold the execution, the time or a random number, and shows the prompt that was made', async () => {
		const { simulator, url } = await startService({
			faults: [{ route: 'create', calls: [3], effect: { kind: 'answer', status: 402 } }],
		});
		const options = {
			url,
			items: [{}, {}, {}],
			parameters: {
				prompt:
					'=Scene {{ $itemIndex }}: {{ $execution.id }} {{ $now.toMillis() }} {{ Math.random() }}',
				options: {
					...FAST_POLLING,
					maxConcurrency: 1,
					seed: '={{ Math.floor(Math.random() * 1e6) }}',
				},
			},
		};
		const failed = await runLuma(options);
		expect(failed.error?.description).toMatch(/Retry in the Executions list.*newest/);
		const { json, data } = await runLuma({ ...options, resume: retryOf(failed) });

		const made = [...simulator.tasks.values()];
		expect(made).toHaveLength(3);
		expect(json.map(({ prompt }) => prompt)).toEqual(made.map(({ input }) => input.prompt));
		const hints = data.resultData.runData[LUMA].at(-1)?.hints?.map(({ message }) => message);
		const restored = hints?.filter((hint) => hint.includes('made by an earlier try'));
		expect(restored).toEqual([expect.stringContaining('[items 0, 1]')]);
	});
});

describe('a loop', () => {
	it('creates a task in every run, although the items are the same', async () => {
		const { simulator, url } = await startService();
		const { error } = await runLuma({
			url,
			rounds: 3,
			parameters: { prompt: PROMPT, options: FAST_POLLING },
		});

		expect(error).toBeUndefined();
		expect(simulator.tasks.size).toBe(3);
	});

	it('continues with the run that failed when it is retried', async () => {
		const { simulator, url } = await startService({
			renderSeconds: (_, ordinal) => (ordinal === 2 ? 1 : 0.1),
		});
		const options = { url, rounds: 3, parameters: { prompt: PROMPT, options: SHORT } };
		const failed = await runLuma(options);
		const retried = await runLuma({ ...options, resume: retryOf(failed) });

		expect(failed.error?.message).toContain('time limit');
		expect(retried.error).toBeUndefined();
		expect(simulator.tasks.size).toBe(3);
	});

	it('spends no more than its limit in all rounds together', async () => {
		const { simulator, url } = await startService();
		const { error } = await runLuma({
			url,
			rounds: 3,
			parameters: { prompt: PROMPT, options: { ...FAST_POLLING, maxSpendUsd: 0.5 } },
		});

		expect(error?.message).toBe('This video would exceed the spending limit of the node');
		expect(error?.description).toContain('$0.40');
		expect(simulator.tasks.size).toBe(2);
	});
});

it('rejects the items that would exceed the limit, and continues with the others when On Error is set to continue', async () => {
	const { simulator, url } = await startService();
	const { json } = await runLuma({
		url,
		items: [{}, {}, {}],
		parameters: {
			prompt: PROMPT,
			options: { ...FAST_POLLING, maxConcurrency: 1, maxSpendUsd: 0.4 },
		},
		settings: { onError: 'continueRegularOutput' },
	});

	expect(json.map(({ status }) => status)).toEqual(['completed', 'completed', undefined]);
	expect(json[2].error).toContain('spending limit');
	expect(simulator.tasks.size).toBe(2);
});

describe('a stop', () => {
	it('cancels the tasks that have not started, and returns without waiting for its videos', async () => {
		const { simulator, url } = await startService({ queueSeconds: 3600 });
		const running = startLuma({ url, items: [{}, {}, {}], parameters: { prompt: PROMPT } });
		await until('all are ordered', () => simulator.tasks.size === 3);

		running.stop();
		await running.done;
		const statuses = () => [...simulator.tasks.values()].map(({ status }) => status);
		await until('all are cancelled', () => statuses().every((status) => status === 'cancelled'));
		expect(statuses()).toHaveLength(3);
	});

	it('sees a create through that is on its way, and cancels its task', async () => {
		const clock = new AdjustableClock();
		const slow = { kind: 'slow', seconds: 90 } as const;
		const { simulator, url } = await startService({
			clock,
			queueSeconds: 3600,
			faults: [{ route: 'create', effect: slow }],
		});
		const running = startLuma({
			url,
			items: [{}, {}],
			parameters: { prompt: PROMPT, options: { maxConcurrency: 1 } },
		});
		await until('the create is on its way', () => count(simulator, 'create') === 1);

		running.stop();
		await running.done;
		expect(simulator.calls.filter(({ status }) => status === 'hang')).toHaveLength(1);
		clock.advance(slow.seconds * 1000);
		const statuses = () => [...simulator.tasks.values()].map(({ status }) => status);
		await until('the task is cancelled', () => statuses().includes('cancelled'));
		expect(statuses()).toEqual(['cancelled']);
		expect(count(simulator, 'create')).toBe(1);
	});

	it('is heeded while thousands of items are still being checked', async () => {
		const { simulator, url } = await startService();
		const items = Array.from({ length: 3000 }, () => ({}));
		const running = startLuma({ url, items, parameters: { prompt: PROMPT } });
		await sleep(0);
		running.stop();
		await running.done;

		expect(simulator.calls).toEqual([]);
	});

	it('cancels no task when Cancel on Stop is off', async () => {
		const { simulator, url } = await startService({ queueSeconds: 60 });
		const running = startLuma({
			url,
			parameters: { prompt: PROMPT, options: { cancelOnStop: false } },
		});
		await until('it is ordered', () => simulator.tasks.size === 1);
		running.stop();
		await running.done;
		await sleep(300);

		expect(count(simulator, 'cancel')).toBe(0);
	});
});
