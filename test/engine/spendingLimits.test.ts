import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { historyFaults, type Fault } from '../../simulator';
import { until } from '../../support/eventually';
import { LUMA, runLuma, startLuma } from '../../support/engine/engine';
import { runAgent } from '../../support/engine/agent';
import { count, FAST_POLLING, PROMPT, startService } from '../../support/engine/service';

const text = { prompt: PROMPT, options: FAST_POLLING };
const image = {
	operation: 'imageToVideo',
	prompt: PROMPT,
	startImageUrl: 'http://127.0.0.1:9/a.jpg',
	options: FAST_POLLING,
};
const unreadableList: Fault = {
	route: 'history',
	calls: 'every',
	effect: historyFaults.hasNoRows,
};

/** Every service of a test has an address of its own, and so an account of its own. */
const limit = (dailyLimitUsd: number) => ({ dailyLimitUsd });

describe('the daily limit of the credential', () => {
	it('holds for executions that run at the same time', async () => {
		const { simulator, url } = await startService();
		const runs = await Promise.all(
			Array.from({ length: 12 }, async () => {
				return await runLuma({ url, parameters: text, credential: limit(1) });
			}),
		);

		expect(simulator.tasks.size).toBe(5);
		const stopped = runs.filter(({ error }) => error);
		expect(stopped).toHaveLength(7);
		for (const { error } of stopped) {
			expect(error?.message).toContain('would exceed the daily spending limit');
			expect(error?.description).toContain('room again in');
			expect(error?.description).toContain('Nothing was created for this item.');
		}
		expect(count(simulator, 'history')).toBeLessThan(12);
	});

	it.each<[string, IDataObject]>([
		['a video from text', text],
		['a video from an image', image],
		['a video that is extended', { operation: 'extend', prompt: PROMPT, sourceTaskId: 'EARLIER' }],
		['a video that is not waited for', { prompt: PROMPT, waitMode: 'none' }],
	])('holds for %s', async (_, parameters) => {
		const { simulator, url } = await startService();
		const [{ taskId }] = (await runLuma({ url, parameters: text })).json;
		const { error } = await runLuma({
			url,
			parameters: {
				...parameters,
				...(parameters.sourceTaskId && { sourceTaskId: taskId }),
			} as IDataObject,
			credential: limit(0.3),
		});

		expect(error?.message).toContain('would exceed the daily spending limit');
		expect(simulator.tasks.size).toBe(1);
	});

	it('holds for an agent, which learns why', async () => {
		const { simulator, url } = await startService();
		let answer = '';
		await runAgent({
			url,
			parameters: { resource: 'video', operation: 'textToVideo', ...text },
			credential: limit(0.1),
			model: {
				call: async (tool) => (answer = String(await tool.invoke({}).catch(String))),
			},
		});

		expect(answer).toContain('would exceed the daily spending limit');
		expect(simulator.tasks.size).toBe(0);
	});

	it('lets the items through that fit where On Error is set to continue', async () => {
		const { simulator, url } = await startService();
		const { json, errorItems } = await runLuma({
			url,
			items: [{}, {}, {}],
			parameters: text,
			credential: limit(0.5),
			settings: { onError: 'continueErrorOutput' },
		});

		expect(json).toHaveLength(2);
		expect(errorItems.map(({ json: { error } }) => error)).toEqual([
			expect.stringContaining('would exceed the daily spending limit'),
		]);
		expect(simulator.tasks.size).toBe(2);
	});

	it('creates nothing when the list cannot be read, and says so', async () => {
		const { simulator, url } = await startService({ faults: [unreadableList] });
		const { error } = await runLuma({ url, parameters: text, credential: limit(5) });

		expect(error?.message).toBe("PiAPI's task list could not be read, so nothing was created");
		expect(error?.description).toContain("'Daily Spending Limit (USD)'");
		expect(count(simulator, 'create')).toBe(0);
	});

	it('names a wrong key as such', async () => {
		const { url } = await startService({ apiKey: 'another-key' });
		const { error } = await runLuma({ url, parameters: text, credential: limit(5) });

		expect(error?.message).toBe('PiAPI does not accept this key');
	});

	it('returns the room of a video that was cancelled by Stop', async () => {
		const { simulator, url } = await startService({ queueSeconds: 60 });
		const running = startLuma({ url, parameters: text, credential: limit(0.2) });
		await until('the task is created', () => simulator.tasks.size > 0);
		running.stop();
		await running.done;
		const [task] = simulator.tasks.values();
		await until('it is cancelled', () => task.status === 'cancelled');
		const next = { prompt: PROMPT, waitMode: 'none' };
		const { error } = await runLuma({ url, parameters: next, credential: limit(0.2) });

		expect(error).toBeUndefined();
	});

	it('holds for executions that are suspended', async () => {
		const { simulator, url } = await startService();
		const suspended = { prompt: PROMPT, waitMode: 'callback' };
		await runLuma({ url, parameters: suspended, credential: limit(0.3) });
		const { error } = await runLuma({ url, parameters: suspended, credential: limit(0.3) });

		expect(error?.message).toContain('would exceed the daily spending limit');
		expect(simulator.tasks.size).toBe(1);
	});
});

describe('the balance to keep', () => {
	it('is not fallen short of', async () => {
		const { simulator, url } = await startService({ balanceUsd: 1 });
		const { json } = await runLuma({
			url,
			items: [{}, {}, {}],
			parameters: { ...text, options: { ...FAST_POLLING, keepBalanceUsd: 0.5 } },
			settings: { onError: 'continueRegularOutput' },
		});

		expect(simulator.tasks.size).toBe(2);
		expect(json[2].error).toContain("would take your balance below 'Keep Balance Above (USD)'");
		expect(json[2].whatToDo).toContain('Your balance is $0.60');
		expect(count(simulator, 'account')).toBe(1);
	});

	it('creates nothing when the balance cannot be read', async () => {
		const { simulator, url } = await startService({
			faults: [{ route: 'account', calls: 'every', effect: { kind: 'answer', status: 403 } }],
		});
		const { error } = await runLuma({
			url,
			parameters: { ...text, options: { keepBalanceUsd: 1 } },
		});

		expect(error?.message).toBe('Your PiAPI balance could not be read, so nothing was created');
		expect(count(simulator, 'create')).toBe(0);
	});
});

describe('a dry run', () => {
	const dry = { prompt: PROMPT, options: { dryRun: true } };

	async function tryOut(options: IDataObject, { dailyLimitUsd = 0, balanceUsd = 5 }) {
		const { url } = await startService({ balanceUsd });
		const run = await runLuma({
			url,
			items: [{}, {}, {}],
			parameters: { ...dry, options: { dryRun: true, ...options } },
			credential: limit(dailyLimitUsd),
		});
		const [{ hints = [] }] = run.data.resultData.runData[LUMA];
		return { ...run, hints: hints.map(({ message }) => message) };
	}

	it('ends with a hint: nothing was created, what it would cost, and what the balance is', async () => {
		const { hints, json } = await tryOut({}, { balanceUsd: 0 });

		expect(hints[0]).toContain('nothing was created');
		expect(hints[0]).toContain('$0.60');
		expect(hints[0]).toContain('balance is $0.00, which is not enough');
		expect(Object.keys(json[0])).toEqual([
			'prompt',
			'dryRun',
			'expectedCostUsd',
			'expectedCostOfAllItemsUsd',
			'balanceUsd',
			'balanceIsEnough',
			'dailyRoomUsd',
			'isWithinLimits',
			'hints',
			'request',
		]);
	});

	it('shows the room that the daily limit leaves', async () => {
		const { hints, json } = await tryOut({}, { dailyLimitUsd: 0.7 });

		expect(json[0]).toMatchObject({ dailyRoomUsd: 0.7, isWithinLimits: true });
		expect(hints).toHaveLength(1);
		expect(hints[0]).toContain('daily limit leaves $0.70');
	});

	it.each<[string, IDataObject, number]>([
		['daily spending limit', {}, 0.5],
		['spending limit of the node', { maxSpendUsd: 0.5 }, 0],
		['Keep Balance Above', { keepBalanceUsd: 4.5 }, 0],
	])('says that not all would be created: %s', async (words, options, dailyLimitUsd) => {
		const { hints, json } = await tryOut(options, { dailyLimitUsd });

		expect(json[0]).toMatchObject({ isWithinLimits: false });
		expect(hints[1]).toContain('not all of it would be created');
		expect(hints[1]).toContain(words);
	});

	it('says that nothing would be created when the list cannot be read', async () => {
		const { url } = await startService({ faults: [unreadableList] });
		const { json, error } = await runLuma({ url, parameters: dry, credential: limit(5) });

		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ dailyRoomUsd: null, isWithinLimits: false });
	});
});
