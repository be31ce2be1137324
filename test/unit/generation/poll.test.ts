import { describe, expect, it } from '@jest/globals';

import { count } from '../../engine/service';
import { virtualRun } from './virtualRun';

/** Seconds from the end of a task at the service until the node saw it, and the reads it took. */
async function latenessOf(renderSeconds: number) {
	const { simulator, generations } = await virtualRun({ service: { renderSeconds } });
	const [task] = simulator.tasks.values();
	return {
		lateness: (Number(generations[0].endedAt) - Number(task.endedAt)) / 1000,
		reads: count(simulator, 'read'),
	};
}

function median(values: number[]): number {
	return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

describe('adaptive polling', () => {
	it('sees a video of about 120 s at most 2 s late (median), with at most 30 reads', async () => {
		const lengths = Array.from({ length: 41 }, (_, index) => 116 + index * 0.2);
		const seen = await Promise.all(lengths.map(latenessOf));

		expect(median(seen.map(({ lateness }) => lateness))).toBeLessThanOrEqual(2);
		const upTo120 = seen.filter((_, index) => lengths[index] <= 120);
		expect(Math.max(...upTo120.map(({ reads }) => reads))).toBeLessThanOrEqual(30);
	});

	it('sees a video of about 4 s at most 1.5 s late', async () => {
		const lengths = Array.from({ length: 21 }, (_, index) => 3 + index * 0.1);
		const seen = await Promise.all(lengths.map(latenessOf));

		expect(Math.max(...seen.map(({ lateness }) => lateness))).toBeLessThanOrEqual(1.5);
	});

	it.each([30, 60, 300, 600])(
		'sees a video of %d s late by less than a fifth of its time',
		async (length) => {
			const seen = await Promise.all(
				[0, 1.7, 3.1].map(async (more) => await latenessOf(length + more)),
			);

			for (const { lateness } of seen) expect(lateness).toBeLessThan(length / 5);
		},
	);
});

it('reads at the interval that the user chose', async () => {
	const { simulator } = await virtualRun({
		service: { renderSeconds: 95 },
		wait: { pollIntervalMs: 10_000 },
	});

	expect(count(simulator, 'read')).toBe(10);
});

it('outlasts an outage of ten minutes', async () => {
	const { simulator, generations } = await virtualRun({
		service: {
			renderSeconds: 120,
			faults: [
				{
					route: 'read',
					calls: Array.from({ length: 60 }, (_, index) => index + 3),
					effect: { kind: 'html', status: 502 },
				},
			],
		},
		wait: { timeoutMs: 60 * 60_000 },
	});

	expect(generations[0].task?.status).toBe('completed');
	expect(count(simulator, 'create')).toBe(1);
});

it('gives up a connection that is stuck, and reads on', async () => {
	const { generations } = await virtualRun({
		service: { renderSeconds: 10, faults: [{ route: 'read', effect: { kind: 'hang' } }] },
	});

	expect(generations[0].task?.status).toBe('completed');
	expect(Number(generations[0].endedAt) - generations[0].beganAt).toBeLessThan(40_000);
});

it('takes a task that cannot be read yet for new, and one that stays unknown for gone', async () => {
	const late = await virtualRun({
		service: {
			renderSeconds: 20,
			faults: [{ route: 'read', calls: [1, 2, 3], effect: { kind: 'answer', status: 404 } }],
		},
	});
	const gone = await virtualRun({
		service: {
			renderSeconds: 20,
			faults: [{ route: 'read', calls: 'every', effect: { kind: 'answer', status: 404 } }],
		},
	});

	expect(late.generations[0].task?.status).toBe('completed');
	expect(gone.generations[0].trouble?.kind).toBe('unknownTask');
	expect(gone.generations[0].trouble?.facts.taskId).toBe(gone.generations[0].taskId);
});

it('ends on time even when the last read is stuck', async () => {
	const { generations, clock } = await virtualRun({
		service: {
			renderSeconds: 600,
			faults: [{ route: 'read', calls: 'every', effect: { kind: 'hang' } }],
		},
		wait: { timeoutMs: 60_000 },
	});

	expect(generations[0].trouble?.kind).toBe('timeLimit');
	expect(clock.now() - generations[0].beganAt).toBeLessThan(62_000);
});

it('waits for the files of a completed task, then says that they are missing', async () => {
	const withoutVideo = { task_id: 'c42f6ec7', status: 'completed', output: { video: '' } };
	const answer = { kind: 'answer', status: 200, body: { code: 200, data: withoutVideo } } as const;
	const late = await virtualRun({
		service: { renderSeconds: 1, faults: [{ route: 'read', calls: [1, 2], effect: answer }] },
		requests: [{ source: { taskId: 'c42f6ec7' } }],
	});
	const missing = await virtualRun({
		service: { renderSeconds: 1, faults: [{ route: 'read', calls: 'every', effect: answer }] },
		requests: [{ source: { taskId: 'c42f6ec7' } }],
	});

	expect(late.generations[0].trouble?.kind).not.toBe('withoutVideo');
	expect(missing.generations[0].trouble?.kind).toBe('withoutVideo');
});

it('stops waiting for all when one item in trouble ends the run', async () => {
	const { generations, clock } = await virtualRun({
		service: {
			renderSeconds: (_, ordinal) => (ordinal === 2 ? 3 : 600),
			outcome: (_, ordinal) => (ordinal === 2 ? { message: 'no GPU left' } : undefined),
		},
		requests: [{}, {}, {}],
		failFast: true,
	});

	expect(generations[1].trouble?.kind).toBe('notMade');
	expect(clock.now() - generations[0].beganAt).toBeLessThan(10_000);
});

it('spreads its requests: never more than the gate lets through', async () => {
	const { simulator, generations } = await virtualRun({
		service: {
			renderSeconds: 30,
			faults: [{ route: 'read', calls: 'every', effect: { kind: 'slow', seconds: 1 } }],
		},
		requests: Array.from({ length: 40 }, () => ({})),
	});

	const reads = simulator.calls.filter(({ route }) => route === 'read').map(({ at }) => at);
	const crowd = Math.max(
		...reads.map((at) => reads.filter((other) => other > at - 1000 && other <= at).length),
	);
	expect(crowd).toBeLessThanOrEqual(10);
	expect(generations.every(({ task }) => task?.status === 'completed')).toBe(true);
});
