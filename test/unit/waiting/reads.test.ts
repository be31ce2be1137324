import { describe, expect, it } from '@jest/globals';

import { existing, virtualRun, type VirtualRun } from '../../../support/virtualTime/virtualRun';
import { historyFaults, type SimulatorOptions } from '../../../simulator';
import { count } from '../../../support/engine/service';

const ROOMY: SimulatorOptions = { concurrency: 6000, balanceUsd: 6000 };
const items = (length: number) => Array.from({ length }, () => ({}));

/** Seconds from the end of each task at the service until the node saw it. */
function latenessOf({ simulator, outcomes }: VirtualRun): number[] {
	return outcomes.map(({ taskId = '', endedAt }) => {
		return (Number(endedAt) - Number(simulator.tasks.get(taskId)?.endedAt)) / 1000;
	});
}

describe('the poll interval by the age of a task', () => {
	it.each([5, 30, 60, 90, 115])('is seen at its end of %d s within 4 s', async (length) => {
		for (const more of [0, 0.7, 1.4, 2.1, 2.8]) {
			const run = await virtualRun({ service: { renderSeconds: length + more } });
			expect(latenessOf(run)[0]).toBeLessThanOrEqual(4);
		}
	});

	it('is read at most 42 times in 120 s', async () => {
		const { simulator } = await virtualRun({ service: { renderSeconds: 120 } });
		expect(count(simulator, 'read')).toBeLessThanOrEqual(42);
	});

	it.each([300, 600, 1500])('is seen at its end of %d s within a tenth of that', async (length) => {
		const run = await virtualRun({
			service: { renderSeconds: length },
			wait: { timeoutMs: 3_600_000 },
		});
		expect(latenessOf(run)[0]).toBeLessThanOrEqual(length / 10);
	});

	it('is seen within 4 s when it is rejected at once', async () => {
		const run = await virtualRun({
			service: { renderSeconds: 1, outcome: () => ({ message: 'refused by moderation' }) },
		});
		expect(run.outcomes[0].error?.code).toBe('moderated');
		expect(count(run.simulator, 'read')).toBe(1);
	});
});

describe('many tasks at once', () => {
	it('are looked at together in the task list: five requests a video at the most', async () => {
		const run = await virtualRun({
			service: { ...ROOMY, renderSeconds: 120 },
			requests: items(50),
		});
		expect(run.simulator.calls.length).toBeLessThanOrEqual(5 * 50);
		expect(Math.max(...latenessOf(run))).toBeLessThanOrEqual(4);
	});

	it('are looked at page by page when they do not fit on one', async () => {
		const run = await virtualRun({
			service: { ...ROOMY, renderSeconds: 120 },
			requests: items(350),
		});
		expect(run.outcomes.every(({ status }) => status === 'succeeded')).toBe(true);
		expect(run.simulator.calls.length).toBeLessThanOrEqual(5 * 350);
	});

	it('are looked at less often when PiAPI limits requests, and none is lost', async () => {
		const run = await virtualRun({
			service: { ...ROOMY, renderSeconds: 120, requestsPerMinute: 60 },
			requests: items(50),
		});
		expect(run.outcomes.every(({ status }) => status === 'succeeded')).toBe(true);
		expect(Math.max(...latenessOf(run))).toBeLessThanOrEqual(0.25 * 120);
	});

	/** Lists that show ended tasks as open: what the list says is believed for 45 s at the most. */
	const BELIEVED = ['lagsBy60Seconds', 'saysProcessingForEver'];

	it.each(Object.entries(historyFaults))(
		'are all seen within 4 s with a task list of the kind %s, and within 49 s where it shows them as open',
		async (kind, effect) => {
			const run = await virtualRun({
				service: {
					...ROOMY,
					renderSeconds: 60,
					faults: [{ route: 'history', calls: 'every', effect }],
				},
				requests: items(20),
			});
			expect(run.simulator.tasks.size).toBe(20);
			expect(run.outcomes.every(({ status }) => status === 'succeeded')).toBe(true);
			expect(Math.max(...latenessOf(run))).toBeLessThanOrEqual(BELIEVED.includes(kind) ? 49 : 4);
		},
	);

	it('do not wait for the read of one that hangs', async () => {
		let first = '';
		const run = await virtualRun({
			service: {
				...ROOMY,
				renderSeconds: 20,
				faults: [
					{
						route: 'read',
						calls: 'every',
						effect: { kind: 'hang' },
						when: ({ path }) => {
							first ||= path;
							return path === first;
						},
					},
				],
			},
			requests: items(10),
			wait: { timeoutMs: 90_000 },
		});

		const statuses = run.outcomes.map(({ status }) => status);
		expect(statuses.filter((status) => status === 'succeeded')).toHaveLength(9);
		const ended = latenessOf(run).filter((seconds) => seconds < 60);
		expect(Math.max(...ended)).toBeLessThanOrEqual(4);
	});
});

describe('a read of a task that was seen before', () => {
	const answers = [400, 401, 402, 403, 404, 413].map(
		(status) => ({ kind: 'answer', status }) as const,
	);
	const pages = [302, 403].map((status) => ({ kind: 'html', status }) as const);

	it.each([...answers, ...pages])(
		'does not end the wait when it meets a single %j',
		async (effect) => {
			const run = await virtualRun({
				service: { renderSeconds: 100, faults: [{ route: 'read', calls: [20], effect }] },
			});
			expect(run.outcomes[0].status).toBe('succeeded');
		},
	);

	it('ends the wait when PiAPI refuses it several times over half a minute', async () => {
		const effect = { kind: 'answer', status: 401 } as const;
		const run = await virtualRun({
			service: { renderSeconds: 600, faults: [{ route: 'read', calls: 'every', effect }] },
		});
		expect(run.outcomes[0].error?.code).toBe('wrongKey');
		expect(count(run.simulator, 'read')).toBeGreaterThanOrEqual(3);
		expect(run.clock.now() - run.startedAt).toBeGreaterThanOrEqual(30_000);
	});

	it('ends the wait at once when the task of another workflow was never seen', async () => {
		const effect = { kind: 'answer', status: 401 } as const;
		const run = await virtualRun({
			service: { faults: [{ route: 'read', calls: 'every', effect }] },
			requests: [existing('c42f6ec7')],
		});
		expect(run.outcomes[0].error?.code).toBe('wrongKey');
		expect(count(run.simulator, 'read')).toBe(1);
	});
});

it('reads at the interval that the user chose', async () => {
	const { simulator } = await virtualRun({
		service: { renderSeconds: 95 },
		wait: { pollIntervalMs: 10_000 },
	});

	expect(count(simulator, 'read')).toBe(10);
});

it('outlasts an outage of ten minutes', async () => {
	const { simulator, outcomes } = await virtualRun({
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

	expect(outcomes[0].task?.status).toBe('completed');
	expect(count(simulator, 'create')).toBe(1);
});

it('times out a connection that hangs, and continues to read', async () => {
	const { outcomes } = await virtualRun({
		service: { renderSeconds: 10, faults: [{ route: 'read', effect: { kind: 'hang' } }] },
	});

	expect(outcomes[0].task?.status).toBe('completed');
	expect(Number(outcomes[0].endedAt) - Number(outcomes[0].startedAt)).toBeLessThan(40_000);
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

	expect(late.outcomes[0].task?.status).toBe('completed');
	expect(gone.outcomes[0].error?.code).toBe('unknownTask');
	expect(gone.outcomes[0].error?.details.taskId).toBe(gone.outcomes[0].taskId);
});

it('ends on time even when the last read hangs', async () => {
	const { outcomes, clock, startedAt } = await virtualRun({
		service: {
			renderSeconds: 600,
			faults: [{ route: 'read', calls: 'every', effect: { kind: 'hang' } }],
		},
		wait: { timeoutMs: 60_000 },
	});

	expect(outcomes[0].error?.code).toBe('timeLimit');
	expect(clock.now() - startedAt).toBeLessThan(62_000);
});

it('waits for the files of a completed task, then says that they are missing', async () => {
	const withoutVideo = { task_id: 'c42f6ec7', status: 'completed', output: { video: '' } };
	const answer = { kind: 'answer', status: 200, body: { code: 200, data: withoutVideo } } as const;
	const late = await virtualRun({
		service: { renderSeconds: 1, faults: [{ route: 'read', calls: [1, 2], effect: answer }] },
		requests: [existing('c42f6ec7')],
	});
	const missing = await virtualRun({
		service: { renderSeconds: 1, faults: [{ route: 'read', calls: 'every', effect: answer }] },
		requests: [existing('c42f6ec7')],
	});

	expect(late.outcomes[0].error?.code).not.toBe('withoutVideo');
	expect(missing.outcomes[0].error?.code).toBe('withoutVideo');
});

describe('the link of a completed task that comes late', () => {
	const MINUTE_MS = 60_000;
	it.each([1, 60, 240, 290])('is waited for: %d s', async (linkLagSeconds) => {
		const { outcomes } = await virtualRun({
			service: { renderSeconds: 20, linkLagSeconds },
			requests: items(6),
		});
		for (const { task } of outcomes) expect(task?.videoUrl).toContain(task?.taskId);
	});

	it('is given up after five minutes', async () => {
		const { outcomes, clock, startedAt } = await virtualRun({
			service: { renderSeconds: 20, linkLagSeconds: 3_600 },
		});
		expect(outcomes[0].error?.code).toBe('withoutVideo');
		const waitedMs = clock.now() - startedAt - 20_000;
		expect(waitedMs).toBeGreaterThanOrEqual(5 * MINUTE_MS);
		expect(waitedMs).toBeLessThan(6 * MINUTE_MS);
	});

	it('is given up at the time limit of the item, if that is earlier', async () => {
		const { outcomes, clock, startedAt } = await virtualRun({
			service: { renderSeconds: 20, linkLagSeconds: 3_600 },
			wait: { timeoutMs: 2 * MINUTE_MS },
		});
		expect(outcomes[0].error?.code).toBe('timeLimit');
		expect(clock.now() - startedAt).toBeLessThan(2.1 * MINUTE_MS);
	});

	it('is waited for in the same way by Task → Wait', async () => {
		const first = await virtualRun({
			service: { renderSeconds: 20, linkLagSeconds: 240 },
			wait: { timeoutMs: 25_000 },
		});
		const [taskId] = first.simulator.tasks.keys();
		const second = await virtualRun({ after: first, requests: [existing(taskId)] });
		expect(first.outcomes[0].error?.code).toBe('timeLimit');
		expect(second.outcomes[0].task?.videoUrl).toContain(taskId);
	});
});

it('stops waiting for all when one item in error ends the run', async () => {
	const { outcomes, clock, startedAt } = await virtualRun({
		service: {
			renderSeconds: (_, ordinal) => (ordinal === 2 ? 3 : 600),
			outcome: (_, ordinal) => (ordinal === 2 ? { message: 'no GPU left' } : undefined),
		},
		requests: [{}, {}, {}],
		failFast: true,
	});

	expect(outcomes[1].error?.code).toBe('generationFailed');
	expect(clock.now() - startedAt).toBeLessThan(10_000);
});

it.each([
	[10, 1.1],
	[50, 1.1],
	[1000, 1.3],
])('has the last of %d videos of 30 s within %d times the time of one', async (many, most) => {
	const { outcomes, startedAt } = await virtualRun({
		service: { renderSeconds: 30, concurrency: 5000, balanceUsd: 1000 },
		requests: Array.from({ length: many }, () => ({})),
	});

	const last = Math.max(...outcomes.map(({ endedAt }) => Number(endedAt)));
	expect(last - startedAt).toBeLessThanOrEqual(most * 30_000);
});

it('limits concurrent requests for 1000 items', async () => {
	const { simulator, outcomes } = await virtualRun({
		service: { renderSeconds: 30, concurrency: 5000, balanceUsd: 1000 },
		requests: Array.from({ length: 1000 }, () => ({})),
	});

	const calls = simulator.calls.map(({ at }) => at);
	const crowd = Math.max(
		...calls.map((at) => calls.filter((other) => other > at - 100 && other <= at).length),
	);
	expect(crowd).toBeLessThanOrEqual(26);
	expect(outcomes.every(({ task }) => task?.status === 'completed')).toBe(true);
});

it('holds back all requests of the run for as long as PiAPI asks for', async () => {
	const { simulator } = await virtualRun({
		service: {
			renderSeconds: 5,
			faults: [
				{
					route: 'read',
					calls: [2],
					effect: { kind: 'answer', status: 429, headers: { 'retry-after': '60' } },
				},
			],
		},
		requests: items(3),
	});

	const refusedAt = simulator.calls.find(({ status }) => status === 429)?.at ?? 0;
	const later = simulator.calls.map(({ at }) => at).filter((at) => at > refusedAt + 200);
	expect(Math.min(...later) - refusedAt).toBeGreaterThanOrEqual(60_000);
});
