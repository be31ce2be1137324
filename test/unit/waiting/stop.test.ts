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

it.each<[string, VirtualRunOptions, number, string[]]>([
	['cancels what has not started', { service: QUEUED, items: 2 }, 2, ['cancelled', 'cancelled']],
	['keeps what has started', { service: { renderSeconds: 600 } }, 0, ['processing']],
	[
		'keeps what has started since it was last seen',
		{ service: { renderSeconds: 600, queueSeconds: 29 }, wait: { pollIntervalMs: 20_000 } },
		1,
		['processing'],
	],
	[
		'keeps all when Cancel on Stop is off',
		{ service: QUEUED, cancelOnStop: false },
		0,
		['pending'],
	],
])('%s, and names it in one line', async (_, options, cancels, statuses) => {
	const run = await virtualRun({ ...options, stopAfterSeconds: 30 });

	expect(run.count('cancel')).toBe(cancels);
	expect(statusesOf(run)).toEqual(statuses);
	expect(run.log).toHaveLength(1);
	for (const id of run.simulator.tasks.keys()) expect(run.log[0]).toContain(id);
	const kept = statuses.filter((status) => status !== 'cancelled');
	expect(Object.keys(run.ledger)).toHaveLength(kept.length);
});

it('cancels no task that another execution created', async () => {
	const first = await virtualRun({ service: QUEUED, requests: [{ wait: undefined }] });
	const [taskId] = first.simulator.tasks.keys();
	const requests = [existing(taskId)];
	await virtualRun({ after: first, ledger: {}, requests, stopAfterSeconds: 5 });

	expect(first.count('cancel')).toBe(0);
});

it('cancels nothing when an item merely fails', async () => {
	const faults = [fault('create', answer(403), [2])];
	const options = { failFast: true, items: 2, maxConcurrency: 1 };
	const run = await virtualRun({ service: QUEUED, faults, ...options });

	expect(run.count('cancel')).toBe(0);
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
