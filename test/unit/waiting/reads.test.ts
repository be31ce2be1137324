import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
	existing,
	virtualRun,
	type VirtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';
import { historyFaults, type FaultEffect, type SimulatorOptions } from '../../../simulator';
import { answer, fault, page } from '../../../support/faults';

const MINUTE_MS = 60_000;
const ROOMY: SimulatorOptions = { concurrency: 6000, balanceUsd: 6000 };
const HANGS: FaultEffect = { kind: 'hang' };

/** Seconds from the end of each task at the service until the node saw it. */
function latenessOf({ simulator, outcomes }: VirtualRun): number[] {
	return outcomes.map(({ taskId = '', endedAt }) => {
		return (Number(endedAt) - Number(simulator.tasks.get(taskId)?.endedAt)) / 1000;
	});
}

const succeeded = ({ outcomes }: VirtualRun) =>
	outcomes.filter(({ status }) => status === 'succeeded').length;

describe('the poll interval by the age of a task', () => {
	it('lets its end be seen within 4 s, later within a tenth of its time, by 42 reads in 120 s', async () => {
		const lengths = fc.double({ min: 1, max: 1500, noNaN: true });
		const wait = { timeoutMs: 60 * MINUTE_MS };
		await fc.assert(
			fc.asyncProperty(lengths, async (renderSeconds) => {
				const run = await virtualRun({ service: { renderSeconds }, wait });
				const most = renderSeconds <= 120 ? 4 : renderSeconds / 10;
				expect(latenessOf(run)[0]).toBeLessThanOrEqual(most);
				if (renderSeconds <= 120) expect(run.count('read')).toBeLessThanOrEqual(42);
			}),
			{ examples: [[5], [60.7], [115], [120], [300], [600], [1500]] },
		);
	});

	it('is that of the user, where one is set', async () => {
		const wait = { pollIntervalMs: 10_000 };
		const run = await virtualRun({ service: { renderSeconds: 95 }, wait });
		expect(run.count('read')).toBe(10);
	});
});

describe('many tasks at once', () => {
	/** Lists that show ended tasks as open: what the list says is believed for 45 s at the most. */
	const BELIEVED = ['lagsBy60Seconds', 'saysProcessingForEver'];

	it.each<{ what: string; items: number; seconds: number } & VirtualRunOptions>([
		{ what: 'together in the task list', items: 50, seconds: 4 },
		{ what: 'page by page when they do not fit on one', items: 350, seconds: 4 },
		{
			what: 'less often when PiAPI limits requests',
			...{ items: 50, seconds: 30, service: { requestsPerMinute: 60 } },
		},
		...Object.entries(historyFaults).map(([kind, effect]) => ({
			what: `with a task list of the kind ${kind}`,
			...{ items: 20, seconds: BELIEVED.includes(kind) ? 49 : 4 },
			faults: [fault('history', effect, 'every')],
			service: { renderSeconds: 60 },
		})),
	])('are looked at $what: each is seen within $seconds s', async (options) => {
		const { items, seconds, faults = [], service } = options;
		const roomy = { ...ROOMY, renderSeconds: 120, ...service };
		const run = await virtualRun({ items, faults, service: roomy });

		expect([run.simulator.tasks.size, succeeded(run)]).toEqual([items, items]);
		expect(Math.max(...latenessOf(run))).toBeLessThanOrEqual(seconds);
		if (faults.length === 0) expect(run.simulator.calls.length).toBeLessThanOrEqual(5 * items);
	});

	it('do not wait for the read of one that hangs', async () => {
		let first = '';
		const isFirst = ({ path }: { path: string }) => (first ||= path) === path;
		const run = await virtualRun({
			service: { ...ROOMY, renderSeconds: 20 },
			faults: [{ ...fault('read', HANGS, 'every'), when: isFirst }],
			items: 10,
			wait: { timeoutMs: 90_000 },
		});

		expect(succeeded(run)).toBe(9);
		const ended = latenessOf(run).filter((seconds) => seconds < 60);
		expect(Math.max(...ended)).toBeLessThanOrEqual(4);
	});

	it.each([
		[10, 1.1],
		[50, 1.1],
		[1000, 1.3],
	])('have the last of %d videos of 30 s within %d times the time of one', async (items, most) => {
		const run = await virtualRun({ service: { ...ROOMY, renderSeconds: 30 }, items });
		const last = Math.max(...run.outcomes.map(({ endedAt }) => Number(endedAt)));
		expect(last - run.startedAt).toBeLessThanOrEqual(most * 30_000);

		// Without more requests at once than the limit lets through.
		const calls = run.simulator.calls.map(({ at }) => at);
		const crowd = Math.max(
			...calls.map((at) => calls.filter((other) => other > at - 100 && other <= at).length),
		);
		expect(crowd).toBeLessThanOrEqual(26);
		expect(succeeded(run)).toBe(items);
	});
});

describe('a read of a task that was seen before', () => {
	it.each([
		...[400, 401, 402, 403, 404, 413].map((status) => answer(status)),
		...[302, 403].map(page),
	])('does not end the wait when it meets a single %j', async (effect) => {
		const faults = [fault('read', effect, [20])];
		expect(succeeded(await virtualRun({ service: { renderSeconds: 100 }, faults }))).toBe(1);
	});

	it('ends the wait when PiAPI refuses it several times over half a minute', async () => {
		const faults = [fault('read', answer(401), 'every')];
		const run = await virtualRun({ service: { renderSeconds: 600 }, faults });
		expect(run.codes).toEqual(['wrongKey']);
		expect(run.count('read')).toBeGreaterThanOrEqual(3);
		expect(run.tookMs).toBeGreaterThanOrEqual(30_000);
	});

	it('ends the wait at once when the task of another workflow was never seen', async () => {
		const faults = [fault('read', answer(401), 'every')];
		const run = await virtualRun({ faults, requests: [existing('c42f6ec7')] });
		expect(run.codes).toEqual(['wrongKey']);
		expect(run.count('read')).toBe(1);
	});
});

it.each([
	['an outage of ten minutes', fault('read', page(502), [...Array(63).keys()].slice(3)), 60],
	['a connection that hangs, before 40 s are over', fault('read', HANGS), 2 / 3],
])('outlasts %s', async (_, gone, minutes) => {
	const wait = { timeoutMs: minutes * MINUTE_MS };
	const run = await virtualRun({ service: { renderSeconds: 10 }, faults: [gone], wait });

	expect(succeeded(run)).toBe(1);
	expect(run.count('create')).toBe(1);
});

it('ends on time even when the last read hangs', async () => {
	const run = await virtualRun({
		service: { renderSeconds: 600 },
		faults: [fault('read', HANGS, 'every')],
		wait: { timeoutMs: 60_000 },
	});

	expect(run.codes).toEqual(['timeLimit']);
	expect(run.tookMs).toBeLessThan(62_000);
});

it('takes a task that cannot be read yet for new, and one that stays unknown for gone', async () => {
	const late = await virtualRun({ faults: [fault('read', answer(404), [1, 2, 3])] });
	const gone = await virtualRun({ faults: [fault('read', answer(404), 'every')] });

	expect(succeeded(late)).toBe(1);
	expect(gone.codes).toEqual(['unknownTask']);
	expect(gone.outcomes[0].error?.details.taskId).toBe(gone.taskIds[0]);
});

describe('the link of a completed task that comes late', () => {
	it.each([1, 60, 240, 290])('is waited for: %d s', async (linkLagSeconds) => {
		const { outcomes } = await virtualRun({
			service: { renderSeconds: 20, linkLagSeconds },
			items: 6,
		});
		for (const { task } of outcomes) expect(task?.videoUrl).toContain(task?.taskId);
	});

	it.each([
		['after five minutes', 15, 'withoutVideo', 5 * 60 + 20, 6 * 60 + 20],
		['at the time limit of the item, if that is earlier', 2, 'timeLimit', 119, 126],
	])('is given up %s', async (_, minutes, code, least, most) => {
		const run = await virtualRun({
			service: { renderSeconds: 20, linkLagSeconds: 3_600 },
			wait: { timeoutMs: minutes * MINUTE_MS },
		});
		expect(run.codes).toEqual([code]);
		expect(run.tookMs / 1000).toBeGreaterThanOrEqual(least);
		expect(run.tookMs / 1000).toBeLessThan(most);
	});

	it('is waited for in the same way by Task → Wait', async () => {
		const first = await virtualRun({
			service: { renderSeconds: 20, linkLagSeconds: 240 },
			wait: { timeoutMs: 25_000 },
		});
		const [taskId] = first.simulator.tasks.keys();
		const second = await virtualRun({ after: first, requests: [existing(taskId)] });
		expect(first.codes).toEqual(['timeLimit']);
		expect(second.outcomes[0].task?.videoUrl).toContain(taskId);
	});
});

it('stops waiting for all when one item in error ends the run', async () => {
	const { codes, tookMs } = await virtualRun({
		service: {
			renderSeconds: (_, ordinal) => (ordinal === 2 ? 3 : 600),
			outcome: (_, ordinal) => (ordinal === 2 ? { message: 'no GPU left' } : undefined),
		},
		items: 3,
		failFast: true,
	});

	expect(codes[1]).toBe('generationFailed');
	expect(tookMs).toBeLessThan(10_000);
});
