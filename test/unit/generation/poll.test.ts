import { describe, expect, it } from '@jest/globals';

import { count } from '../../engine/service';
import { UsualTimes } from '../../../nodes/Luma/generation/usualTimes';
import type { SimulatorOptions } from '../../../simulator';
import { virtualRun } from './virtualRun';

/** Seconds from the end of a task at the service until the node saw it, and the reads it took. */
async function latenessOf(
	renderSeconds: number,
	usualTimes?: UsualTimes,
	service: SimulatorOptions = {},
) {
	const { simulator, generations } = await virtualRun({
		service: { renderSeconds, ...service },
		usualTimes,
	});
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
		const seen = await Promise.all(lengths.map(async (length) => await latenessOf(length)));

		expect(median(seen.map(({ lateness }) => lateness))).toBeLessThanOrEqual(2);
		const upTo120 = seen.filter((_, index) => lengths[index] <= 120);
		expect(Math.max(...upTo120.map(({ reads }) => reads))).toBeLessThanOrEqual(30);
	});

	it('sees a video of about 4 s at most 1.5 s late', async () => {
		const lengths = Array.from({ length: 21 }, (_, index) => 3 + index * 0.1);
		const seen = await Promise.all(lengths.map(async (length) => await latenessOf(length)));

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

describe('once some videos of a kind have been seen', () => {
	/** A process that has seen videos of about that length. */
	async function havingSeen(seconds: number): Promise<UsualTimes> {
		const usualTimes = new UsualTimes();
		for (const part of [0.97, 1.02, 0.99, 1.03, 1, 0.98]) {
			await latenessOf(seconds * part, usualTimes);
		}
		return usualTimes;
	}

	it.each([
		[5, 0.5, 5],
		[30, 0.75, 10],
		[120, 1.5, 14],
		[300, 2.5, 16],
	])(
		'sees one of about %d s at most %d s late, with at most %d reads',
		async (usual, late, most) => {
			const seen = [];
			for (let part = 0.97; part <= 1.03; part += 0.005) {
				seen.push(await latenessOf(usual * part, await havingSeen(usual)));
			}

			expect(median(seen.map(({ lateness }) => lateness))).toBeLessThanOrEqual(late);
			expect(Math.max(...seen.map(({ reads }) => reads))).toBeLessThanOrEqual(most);
		},
	);

	it('still sees soon that a task was turned down at once', async () => {
		const { simulator, generations } = await virtualRun({
			service: { renderSeconds: 1, outcome: () => ({ message: 'refused by moderation' }) },
			usualTimes: await havingSeen(120),
		});
		expect(generations[0].trouble?.kind).toBe('moderated');
		expect(count(simulator, 'read')).toBe(1);
	});

	it('counts from when Luma began, however long the task was queued', async () => {
		const { lateness, reads } = await latenessOf(120, await havingSeen(120), { queueSeconds: 200 });
		expect(lateness).toBeLessThanOrEqual(1.5);
		expect(reads).toBeLessThanOrEqual(24);
	});

	it.each([1.25, 1.5, 2, 5])(
		'is not slower than before on a day when it takes %d times as long',
		async (times) => {
			const lengths = Array.from({ length: 11 }, (_, index) => 120 * times + index);
			const usual = await Promise.all(
				lengths.map(async (length) => await latenessOf(length, await havingSeen(120))),
			);
			const before = await Promise.all(lengths.map(async (length) => await latenessOf(length)));
			const latest = (seen: typeof usual) => Math.max(...seen.map(({ lateness }) => lateness));

			expect(latest(usual)).toBeLessThanOrEqual(latest(before) + 0.5);
			expect(usual[0].reads).toBeLessThanOrEqual(before[0].reads);
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

it.each([
	[10, 1.1],
	[50, 1.1],
	[1000, 1.3],
])('has the last of %d videos of 30 s within %d times the time of one', async (many, most) => {
	const { generations } = await virtualRun({
		service: { renderSeconds: 30, concurrency: 5000, balanceUsd: 1000 },
		requests: Array.from({ length: many }, () => ({})),
	});

	const last = Math.max(...generations.map(({ endedAt }) => Number(endedAt)));
	expect(last - generations[0].beganAt).toBeLessThanOrEqual(most * 30_000);
});

it('spreads its requests: 1000 items never make a crowd', async () => {
	const { simulator, generations } = await virtualRun({
		service: { renderSeconds: 30, concurrency: 5000, balanceUsd: 1000 },
		requests: Array.from({ length: 1000 }, () => ({})),
	});

	const calls = simulator.calls.map(({ at }) => at);
	const crowd = Math.max(
		...calls.map((at) => calls.filter((other) => other > at - 100 && other <= at).length),
	);
	expect(crowd).toBeLessThanOrEqual(26);
	expect(generations.every(({ task }) => task?.status === 'completed')).toBe(true);
});

it('asks less often for a while once PiAPI asks for fewer requests', async () => {
	const tooMany = { kind: 'answer' as const, status: 429 };
	const runWith = async (refusals: number) => {
		const calls = Array.from({ length: refusals }, (_, index) => index + 1);
		const { simulator, clock, generations } = await virtualRun({
			service: {
				renderSeconds: 60,
				concurrency: 5000,
				balanceUsd: 1000,
				faults: refusals > 0 ? [{ route: 'read', calls, effect: tooMany }] : [],
			},
			requests: Array.from({ length: 400 }, () => ({})),
		});
		const reads = simulator.calls.filter(({ route }) => route === 'read').map(({ at }) => at);
		const soon = reads.filter((at) => at > reads[0] + 500 && at < reads[0] + 3_500);
		return { perSecond: soon.length / 3, took: clock.now() - generations[0].beganAt };
	};
	const [none, few, crowd] = [await runWith(0), await runWith(2), await runWith(10)];

	// A crowd that is refused together is one word.
	for (const { perSecond } of [few, crowd]) expect(perSecond).toBeLessThan(130);
	expect(none.perSecond).toBeGreaterThan(150);
	for (const { took } of [few, crowd]) expect(took).toBeLessThan(none.took * 1.2);
});

it('stays away as long as PiAPI asks for, also when it learns meanwhile that the video is due', async () => {
	const { simulator } = await virtualRun({
		service: {
			renderSeconds: 5,
			faults: [
				{
					route: 'read',
					calls: [5],
					effect: { kind: 'answer', status: 429, headers: { 'retry-after': '60' } },
				},
			],
		},
		requests: Array.from({ length: 5 }, () => ({})),
	});

	const reads = simulator.calls.filter(({ route }) => route === 'read');
	const { path } = reads[4];
	const [asked, next] = reads.filter((read) => read.path === path).map(({ at }) => at);
	expect(next - asked).toBeGreaterThanOrEqual(60_000);
});
