import { describe, expect, it } from '@jest/globals';

import { RunClock, systemClock } from '../../../nodes/Luma/runtime/clock';
import { answer, fault, RESET } from '../../../support/faults';
import {
	existing,
	virtualRun,
	type VirtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';

const QUEUED = { queueSeconds: 60 };
const statusesOf = ({ simulator }: VirtualRun) =>
	[...simulator.tasks.values()].map(({ status }) => status);

it('cancels what has not started, and names it in one line', async () => {
	const run = await virtualRun({ service: QUEUED, items: 2, stopAfterSeconds: 30 });

	expect(statusesOf(run)).toEqual(['cancelled', 'cancelled']);
	expect(run.log).toHaveLength(1);
	for (const id of run.simulator.tasks.keys()) expect(run.log[0]).toContain(id);
	expect(run.ledger).toEqual({});
});

it('keeps what has started, and names it in one line', async () => {
	const run = await virtualRun({ service: { renderSeconds: 600 }, stopAfterSeconds: 30 });

	expect(run.count('cancel')).toBe(0);
	expect(run.log).toEqual([expect.stringContaining([...run.simulator.tasks.keys()][0])]);
	expect(Object.keys(run.ledger)).toHaveLength(1);
});

it('does not cancel a task that started since it was last seen', async () => {
	const run = await virtualRun({
		service: { renderSeconds: 600, queueSeconds: 29 },
		wait: { pollIntervalMs: 20_000 },
		stopAfterSeconds: 30,
	});

	expect(run.count('cancel')).toBe(1);
	expect(statusesOf(run)).toEqual(['processing']);
	expect(run.log[0]).toContain([...run.simulator.tasks.keys()][0]);
});

it('cancels no task that another execution created', async () => {
	const first = await virtualRun({ service: QUEUED, requests: [{ wait: undefined }] });
	const [taskId] = first.simulator.tasks.keys();
	const requests = [existing(taskId)];
	await virtualRun({ after: first, ledger: {}, requests, stopAfterSeconds: 5 });

	expect(first.count('cancel')).toBe(0);
});

it.each([
	['when Cancel on Stop is off', { cancelOnStop: false, stopAfterSeconds: 30 }, 1],
	['when an item merely fails', { failFast: true, faults: [fault('create', answer(403), [2])] }, 0],
])('cancels nothing %s', async (_, options, lines) => {
	const run = await virtualRun({ service: QUEUED, items: 2, maxConcurrency: 1, ...options });

	expect(run.count('cancel')).toBe(0);
	expect(run.log).toHaveLength(lines);
	for (const id of run.simulator.tasks.keys()) expect(run.log[0] ?? id).toContain(id);
});

it.each([0.3, 10])(
	'awaits a create that is under way for another %d s, cancels its task, and creates nothing more',
	async (seconds) => {
		const run = await virtualRun({
			service: QUEUED,
			faults: [fault('create', { kind: 'slow', seconds: 5 + seconds })],
			items: 2,
			maxConcurrency: 1,
			stopAfterSeconds: 5,
		});
		expect(run.tookMs).toBeLessThanOrEqual(6000);
		await run.clock.pass(20_000);

		expect(run.count('create')).toBe(1);
		expect(statusesOf(run)).toEqual(['cancelled']);
		expect(run.log).toHaveLength(1);
	},
);

it.each([
	['a cleanup that hangs', fault('cancel', { kind: 'hang' }, 'every')],
	['the search for a lost task', fault('create', RESET)],
])('does not wait for %s', async (_, hindrance) => {
	const { tookMs } = await virtualRun({
		service: QUEUED,
		faults: [hindrance],
		stopAfterSeconds: 5,
	});

	expect(tookMs).toBeLessThanOrEqual(6000);
});

describe('a stop at the very start', () => {
	it.each<[string, VirtualRunOptions]>([
		['while a video is created', {}],
		['while many are', { items: 200 }],
		['while the balance is read', { keepBalanceUsd: 1 }],
		['while a task is waited for', { requests: [existing('c42f6ec7')] }],
	])('%s returns as soon as any other', async (_, options) => {
		const routes = ['create', 'account', 'read', 'history', 'cancel'] as const;
		const faults = routes.map((route) => fault(route, { kind: 'slow', seconds: 30 }, 'every'));
		const { tookMs, stopped } = await virtualRun({ ...options, faults, stopAfterSeconds: 0 });

		expect(stopped).toBe(true);
		expect(tookMs).toBeLessThan(1_000);
	});

	it('ends what would be begun, also where it comes before the run', async () => {
		const clock = new RunClock(systemClock, AbortSignal.abort());

		expect(clock.abortSignal.aborted).toBe(true);
		await expect(clock.unlessCancelled(new Promise(() => {}))).resolves.toBeUndefined();
		await expect(clock.sleep(3_600_000)).resolves.toBeUndefined();
	});
});
