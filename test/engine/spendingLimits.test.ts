import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { historyFaults } from '../../simulator';
import { until } from '../../support/eventually';
import { answer, fault } from '../../support/faults';
import { startLuma } from '../../support/engine/engine';
import { askTool } from '../../support/engine/agent';
import { CONTINUE, NEVER, openService, runOnce } from '../../support/engine/runOnce';

const UNREADABLE_LIST = { faults: [fault('history', historyFaults.hasNoRows, 'every')] };
const EXCEEDED = 'would exceed the daily spending limit';

/** Every service of a test has an address of its own, and so an account of its own. */
const limit = (dailyLimitUsd: number) => ({ credential: { dailyLimitUsd } });

describe('the daily limit of the credential', () => {
	it.each<[string, IDataObject]>([
		['a video from text', {}],
		[
			'a video from an image',
			{ operation: 'imageToVideo', startImageUrl: 'http://127.0.0.1:9/a.jpg' },
		],
		['a video that is extended', { operation: 'extend', sourceTaskId: '={{ $json.taskId }}' }],
		['a video that is not waited for', { waitMode: 'none' }],
	])('holds for %s', async (_, parameters) => {
		const { execute, simulator } = await openService();
		const { json } = await execute();
		const { error } = await execute(parameters, { ...limit(0.3), items: json });

		expect(error?.message).toContain(EXCEEDED);
		expect(simulator.tasks.size).toBe(1);
	});

	it('holds for an agent, which learns why', async () => {
		const { optionsOf, simulator } = await openService();
		const { answers } = await askTool(optionsOf({}, limit(0.1)));

		expect(answers).toEqual([expect.stringContaining(EXCEEDED)]);
		expect(simulator.tasks.size).toBe(0);
	});

	it('lets the items through that fit where On Error is set to continue', async () => {
		const { json, errorItems, simulator } = await runOnce(
			{},
			{ ...limit(0.5), items: [{}, {}, {}], settings: { onError: 'continueErrorOutput' } },
		);

		expect(json).toHaveLength(2);
		const errors = errorItems.map(({ json: { error } }) => error);
		expect(errors).toEqual([expect.stringContaining(EXCEEDED)]);
		expect(simulator.tasks.size).toBe(2);
	});

	it('creates nothing when the list cannot be read, and says so', async () => {
		const { error, count } = await runOnce({}, { service: UNREADABLE_LIST, ...limit(5) });

		expect(error?.message).toBe("PiAPI's task list could not be read, so nothing was created");
		expect(error?.description).toContain("'Daily Spending Limit (USD)'");
		expect(count('create')).toBe(0);
	});

	it('names a wrong key as such', async () => {
		const { error } = await runOnce({}, { service: { apiKey: 'another-key' }, ...limit(5) });
		expect(error?.message).toBe('PiAPI does not accept this key');
	});

	it('returns the room of a video that was cancelled by Stop', async () => {
		const { execute, optionsOf, tasks } = await openService({ queueSeconds: Infinity });
		const running = startLuma(optionsOf({}, limit(0.2)));
		await until('the task is created', () => tasks().length > 0);
		running.stop();
		await running.done;
		await until('it is cancelled', () => tasks()[0].status === 'cancelled');
		const { error } = await execute({ waitMode: 'none' }, limit(0.2));

		expect(error).toBeUndefined();
	});

	it('holds for executions that are suspended', async () => {
		const { execute, simulator } = await openService(NEVER);
		const { json } = await execute({ waitMode: 'callback' }, limit(0.3));
		const { error } = await execute({ waitMode: 'callback' }, limit(0.3));

		expect(json).toMatchObject([{ status: 'waiting' }]);
		expect(error?.message).toContain(EXCEEDED);
		expect(simulator.tasks.size).toBe(1);
	});
});

describe('the balance to keep', () => {
	it('is not fallen short of', async () => {
		const { json, simulator, count } = await runOnce(
			{ options: { keepBalanceUsd: 0.5 } },
			{
				service: { balanceUsd: 1 },
				items: [{}, {}, {}],
				...CONTINUE,
			},
		);

		expect(simulator.tasks.size).toBe(2);
		expect(json[2].error).toContain("would take your balance below 'Keep Balance Above (USD)'");
		expect(json[2].whatToDo).toContain('Your balance is $0.60');
		expect(count('account')).toBe(1);
	});

	it('creates nothing when the balance cannot be read', async () => {
		const faults = [fault('account', answer(403), 'every')];
		const { error, count } = await runOnce(
			{ options: { keepBalanceUsd: 1 } },
			{ service: { faults } },
		);

		expect(error?.message).toBe('Your PiAPI balance could not be read, so nothing was created');
		expect(count('create')).toBe(0);
	});
});

describe('a dry run', () => {
	async function tryOut(options: IDataObject, { dailyLimitUsd = 0, balanceUsd = 5 }) {
		return await runOnce(
			{ options: { dryRun: true, ...options } },
			{ service: { balanceUsd }, ...limit(dailyLimitUsd), items: [{}, {}, {}] },
		);
	}

	it('ends with a hint: nothing was created, what it would cost, and what the balance is', async () => {
		const { hints, json } = await tryOut({}, { balanceUsd: 0 });

		expect(hints[0]).toContain('nothing was created');
		expect(hints[0]).toContain('$0.60');
		expect(hints[0]).toContain('balance is $0.00, which is not enough');
		expect(Object.keys(json[0])).toEqual([
			...['prompt', 'dryRun', 'expectedCostUsd', 'expectedCostOfAllItemsUsd', 'balanceUsd'],
			...['balanceIsEnough', 'dailyRoomUsd', 'isWithinLimits', 'hints', 'request'],
		]);
	});

	it('shows the room that the daily limit leaves', async () => {
		const { hints, json } = await tryOut({}, { dailyLimitUsd: 0.7 });

		expect(json[0]).toMatchObject({ dailyRoomUsd: 0.7, isWithinLimits: true });
		expect(hints).toEqual([expect.stringContaining('daily limit leaves $0.70')]);
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
		const options = { dryRun: true };
		const { json, error } = await runOnce({ options }, { service: UNREADABLE_LIST, ...limit(5) });

		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ dailyRoomUsd: null, isWithinLimits: false });
	});
});
