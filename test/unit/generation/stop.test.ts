import { expect, it } from '@jest/globals';

import { count } from '../../engine/service';
import { virtualRun } from './virtualRun';

it('cancels what has not started, leaves alone what has, and names both in one line', async () => {
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
	expect(log).toEqual([
		`The execution was stopped. Cancelled at PiAPI before they started: ${ids.join('; ')}.`,
	]);
	expect(Object.values(ledger).map(({ costUsd }) => costUsd)).toEqual([0, 0]);
	expect(count(running.simulator, 'cancel')).toBe(0);
	expect(running.log).toEqual([
		`The execution was stopped. Go on at PiAPI: ${[...running.simulator.tasks.keys()][0]}.`,
	]);
	expect(Object.keys(running.ledger)).toHaveLength(1);
});

it('leaves a task alone that started since it was last seen', async () => {
	const { simulator, log } = await virtualRun({
		service: { renderSeconds: 600, queueSeconds: 29 },
		wait: { pollIntervalMs: 20_000 },
		stopAfterSeconds: 30,
	});

	expect(count(simulator, 'cancel')).toBe(1);
	expect([...simulator.tasks.values()][0].status).toBe('processing');
	expect(log[0]).toContain('Go on at PiAPI');
});

it('cancels nothing when Cancel on Stop is off', async () => {
	const { simulator, log } = await virtualRun({
		service: { queueSeconds: 60 },
		stopAfterSeconds: 30,
		cancelOnStop: false,
	});

	expect(count(simulator, 'cancel')).toBe(0);
	expect(log[0]).toContain('Go on at PiAPI');
});

it('cancels no task that another execution made', async () => {
	const first = await virtualRun({
		service: { queueSeconds: 60 },
		requests: [{ wait: undefined }],
	});
	const [taskId] = first.simulator.tasks.keys();
	await virtualRun({
		after: first,
		ledger: {},
		requests: [{ source: { taskId } }],
		stopAfterSeconds: 5,
	});

	expect(count(first.simulator, 'cancel')).toBe(0);
});

it.each([0.3, 10])(
	'sees a create through that was on its way for another %d s, cancels its task, and orders nothing more',
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

it('is not held up by a clean-up that gets stuck', async () => {
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
