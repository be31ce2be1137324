import { describe, expect, it } from '@jest/globals';

import { RunClock, systemClock } from '../../../nodes/Luma/runtime/clock';
import {
	existing,
	virtualRun,
	type VirtualRunOptions,
} from '../../../support/virtualTime/virtualRun';
import { count } from '../../../support/engine/service';

it('cancels what has not started, keeps what has, and names each in one line', async () => {
	const { simulator, log, ledger } = await virtualRun({
		service: { renderSeconds: 600, queueSeconds: 60 },
		requests: [{}, {}],
		stopAfterSeconds: 30,
	});
	const running = await virtualRun({ service: { renderSeconds: 600 }, stopAfterSeconds: 30 });

	const ids = [...simulator.tasks.keys()];
	expect([...simulator.tasks.values()].map(({ status }) => status)).toEqual([
		'cancelled',
		'cancelled',
	]);
	expect(log).toHaveLength(1);
	for (const id of ids) expect(log[0]).toContain(id);
	expect(ledger).toEqual({});
	expect(count(running.simulator, 'cancel')).toBe(0);
	expect(running.log).toHaveLength(1);
	expect(running.log[0]).toContain([...running.simulator.tasks.keys()][0]);
	expect(Object.keys(running.ledger)).toHaveLength(1);
});

it('does not cancel a task that started since it was last seen', async () => {
	const { simulator, log } = await virtualRun({
		service: { renderSeconds: 600, queueSeconds: 29 },
		wait: { pollIntervalMs: 20_000 },
		stopAfterSeconds: 30,
	});

	expect(count(simulator, 'cancel')).toBe(1);
	const [task] = simulator.tasks.values();
	expect(task.status).toBe('processing');
	expect(log[0]).toContain(task.taskId);
});

it('cancels nothing when Cancel on Stop is off', async () => {
	const { simulator, log } = await virtualRun({
		service: { queueSeconds: 60 },
		stopAfterSeconds: 30,
		cancelOnStop: false,
	});

	expect(count(simulator, 'cancel')).toBe(0);
	expect(log[0]).toContain([...simulator.tasks.keys()][0]);
});

it('cancels no task that another execution created', async () => {
	const first = await virtualRun({
		service: { queueSeconds: 60 },
		requests: [{ wait: undefined }],
	});
	const [taskId] = first.simulator.tasks.keys();
	await virtualRun({
		after: first,
		ledger: {},
		requests: [existing(taskId)],
		stopAfterSeconds: 5,
	});

	expect(count(first.simulator, 'cancel')).toBe(0);
});

it.each([0.3, 10])(
	'awaits a create that is under way for another %d s, cancels its task, and creates nothing more',
	async (seconds) => {
		const run = await virtualRun({
			service: {
				queueSeconds: 60,
				faults: [{ route: 'create', effect: { kind: 'slow', seconds: 5 + seconds } }],
			},
			requests: [{}, {}],
			maxConcurrency: 1,
			stopAfterSeconds: 5,
		});
		expect(run.clock.now() - started(run)).toBeLessThanOrEqual(6000);
		await run.clock.run(async () => await run.clock.sleep(20_000));

		expect(count(run.simulator, 'create')).toBe(1);
		expect([...run.simulator.tasks.values()].map(({ status }) => status)).toEqual(['cancelled']);
		expect(run.log).toHaveLength(1);
	},
);

function started({ simulator }: { simulator: { calls: readonly { at: number }[] } }): number {
	return simulator.calls[0].at;
}

it('does not wait for a cleanup that hangs', async () => {
	const run = await virtualRun({
		service: {
			queueSeconds: 60,
			faults: [{ route: 'cancel', calls: 'every', effect: { kind: 'hang' } }],
		},
		stopAfterSeconds: 5,
	});

	expect(run.clock.now() - started(run)).toBeLessThanOrEqual(6000);
});

it('cancels nothing when an item merely fails', async () => {
	const { simulator } = await virtualRun({
		failFast: true,
		service: {
			queueSeconds: 60,
			faults: [{ route: 'create', calls: [2], effect: { kind: 'answer', status: 403 } }],
		},
		requests: [{}, {}],
		maxConcurrency: 1,
	});

	expect(count(simulator, 'cancel')).toBe(0);
});

describe('a stop at the very start', () => {
	const slow = { kind: 'slow', seconds: 30 } as const;

	it.each<[string, VirtualRunOptions]>([
		['while a video is created', {}],
		['while many are', { requests: Array.from({ length: 200 }, () => ({})) }],
		['while the balance is read', { keepBalanceUsd: 1 }],
		['while a task is waited for', { requests: [existing('c42f6ec7')] }],
	])('%s returns as soon as any other', async (_, options) => {
		const routes = ['create', 'account', 'read', 'history', 'cancel'] as const;
		const faults = routes.map((route) => ({ route, calls: 'every', effect: slow }) as const);
		const { clock, startedAt, stopped } = await virtualRun({
			...options,
			service: { faults },
			stopAfterSeconds: 0,
		});

		expect(stopped).toBe(true);
		expect(clock.now() - startedAt).toBeLessThan(1_000);
	});

	it('ends what would be begun, also where it comes before the run', async () => {
		const clock = new RunClock(systemClock, AbortSignal.abort());

		expect(clock.abortSignal.aborted).toBe(true);
		await expect(clock.unlessCancelled(new Promise(() => {}))).resolves.toBeUndefined();
		await expect(clock.sleep(3_600_000)).resolves.toBeUndefined();
	});
});
