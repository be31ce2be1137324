import { describe, expect, it } from '@jest/globals';
import { sleep, type IDataObject } from 'n8n-workflow';

import { until } from '../../../support/eventually';
import { answer, fault, handled, LOST, page } from '../../../support/faults';
import { LUMA, retryOf, startLuma, type LumaRun } from '../../../support/engine/engine';
import {
	NEVER,
	openService,
	READY_IN_A_LATER_TRY,
	runOnce,
	SHORT,
} from '../../../support/engine/runOnce';
import { VirtualClock, type FaultEffect } from '../../../simulator';

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const ONE_BY_ONE = { maxConcurrency: 1 };

/** They differ in each try. */
const OF_THE_TIME = {
	prompt: '=Scene {{ $itemIndex }}: {{ $execution.id }} {{ $now.toMillis() }} {{ Math.random() }}',
	seed: '={{ Math.floor(Math.random() * 1e6) }}',
};

const idsOf = ({ json }: Pick<LumaRun, 'json'>) => json.map(({ taskId }) => taskId);

describe('Retry On Fail', () => {
	it('picks the task up again when a try came to the time limit, although prompt and seed hold the time', async () => {
		const { json, error, tasks, count } = await runOnce(
			{ prompt: OF_THE_TIME.prompt, options: { ...SHORT, seed: OF_THE_TIME.seed } },
			{ service: READY_IN_A_LATER_TRY, settings: RETRY_ON_FAIL },
		);

		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ status: 'completed', taskId: tasks[0].taskId });
		expect(count('read')).toBeGreaterThan(1);
		expect(count('create')).toBe(1);
	});

	it('creates one task when On Error is set to continue, where n8n runs the node again for an item that failed', async () => {
		const { json, tasks, count } = await runOnce(
			{ options: SHORT },
			{ service: NEVER, settings: { ...RETRY_ON_FAIL, onError: 'continueRegularOutput' } },
		);

		expect(idsOf({ json })).toEqual([tasks[0].taskId]);
		expect(count('create')).toBe(1);
	});

	it.each<[string, FaultEffect]>([
		['a reset after the task was made', LOST],
		['a 504 page after the task was made', handled(page(504))],
		['an answer that is cut off', { kind: 'cutOff' }],
	])('finds the task behind %s, and creates no second one', async (_, effect) => {
		const { json, simulator, count } = await runOnce(
			{},
			{ service: { faults: [fault('create', effect)] }, items: [{}, {}], settings: RETRY_ON_FAIL },
		);

		expect(new Set(idsOf({ json }))).toEqual(new Set(simulator.tasks.keys()));
		expect(count('create')).toBe(2);
	});
});

describe("a person's retry from n8n's list", () => {
	it('creates another task for an item whose settings were changed meanwhile', async () => {
		const { execute, simulator } = await openService(NEVER);
		const failed = await execute({ options: SHORT });
		const parameters = { aspectRatio: '1:1' };
		await execute({ ...parameters, options: SHORT }, { resume: retryOf(failed) });

		expect(simulator.tasks.size).toBe(2);
	});

	it('creates what is missing, and pays for nothing anew where prompt and seed hold the execution, the time or a random number', async () => {
		const faults = [fault('create', answer(402), [3])];
		const { execute, tasks, count } = await openService({ faults });
		const { prompt, seed } = OF_THE_TIME;
		const parameters = { prompt, options: { ...ONE_BY_ONE, seed } };
		const items: IDataObject[] = [{}, {}, {}];
		const failed = await execute(parameters, { items });
		expect(failed.error?.message).toContain('balance is too low');
		expect(failed.error?.description).toMatch(/Retry in the Executions list.*newest/);
		const { json, data } = await execute(parameters, { items, resume: retryOf(failed) });

		expect(tasks()).toHaveLength(3);
		expect(count('create')).toBe(4);
		// It shows the prompts that were made.
		expect(json.map(({ prompt }) => prompt)).toEqual(tasks().map(({ input }) => input.prompt));
		const hints = data.resultData.runData[LUMA].at(-1)?.hints?.map(({ message }) => message);
		const restored = hints?.filter((hint) => hint.includes('made by an earlier try'));
		expect(restored).toEqual([expect.stringContaining('[items 0, 1]')]);
	});
});

describe('a loop', () => {
	it('creates a task in every run, although the items are the same', async () => {
		const { error, simulator } = await runOnce({}, { rounds: 3 });

		expect(error).toBeUndefined();
		expect(simulator.tasks.size).toBe(3);
	});

	it('continues with the run that failed when it is retried', async () => {
		const { execute, tasks, simulator } = await openService({
			...NEVER,
			renderSeconds: (_, ordinal) => (ordinal === 2 ? Infinity : 0),
		});
		const options = { timeoutMinutes: `={{ $runIndex === 1 ? ${SHORT.timeoutMinutes} : 5 }}` };
		const failed = await execute({ options }, { rounds: 3 });
		simulator.complete(tasks()[1]);
		const retried = await execute({}, { rounds: 3, resume: retryOf(failed) });

		expect(failed.error?.message).toContain('time limit');
		expect(retried.error).toBeUndefined();
		expect(simulator.tasks.size).toBe(3);
	});

	it('spends no more than its limit in all rounds together', async () => {
		const { error, simulator } = await runOnce({ options: { maxSpendUsd: 0.5 } }, { rounds: 3 });

		expect(error?.message).toBe('This video would exceed the spending limit of the node');
		expect(error?.description).toContain('$0.40');
		expect(simulator.tasks.size).toBe(2);
	});
});

describe('a stop', () => {
	it('sees a create through that is on its way, and cancels its task', async () => {
		const clock = new VirtualClock(Date.now());
		const slow = { kind: 'slow', seconds: 90 } as const;
		const { optionsOf, tasks, simulator, count } = await openService({
			...NEVER,
			clock,
			queueSeconds: Infinity,
			faults: [fault('create', slow)],
		});
		const running = startLuma(optionsOf({ options: ONE_BY_ONE }, { items: [{}, {}] }));
		await until('the create is on its way', () => count('create') === 1);

		running.stop();
		await running.done;
		expect(simulator.calls.filter(({ status }) => status === 'hang')).toHaveLength(1);
		await clock.pass(slow.seconds * 1000);
		await until('the task is cancelled', () => tasks()[0]?.status === 'cancelled');
		expect(tasks()).toHaveLength(1);
		expect(count('create')).toBe(1);
	});

	it('is heeded while thousands of items are still being checked', async () => {
		const { optionsOf, simulator } = await openService();
		const items = Array.from({ length: 3000 }, () => ({}));
		const running = startLuma(optionsOf({}, { items }));
		await sleep(0);
		running.stop();
		await running.done;

		expect(simulator.calls).toEqual([]);
	});
});
