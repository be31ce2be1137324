import { describe, expect, it } from '@jest/globals';

import { downloadRow } from '../../../bench/downloads/downloads';
import type { Visit } from '../../../bench/downloads/engine';
import { judge } from '../../../bench/goals';
import { latenessRow, lengthsAround } from '../../../bench/lateness/row';
import type { Measured, MemoryRow } from '../../../bench/results';
import { mostInOneSecond, scaleRow } from '../../../bench/scale/scale';
import { spreadOf, timesYardstick } from '../../../bench/spread';

const NOTHING: Measured = { lateness: [], scale: [], memory: [], downloads: [] };

function task(createdAt: number, endedAt: number, reads: number[] = []) {
	return { createdAt, endedAt, reads };
}

describe('several measurements', () => {
	it('come to their median, with the least and the most', () => {
		expect(spreadOf([5, 1, 9])).toEqual({ median: 5, least: 1, most: 9, count: 3 });
		expect(spreadOf([4, 1, 2, 10])).toMatchObject({ median: 3 });
	});

	it('are each divided by what was measured beside them', () => {
		expect(timesYardstick([2, 9, 8], [1, 3, 2])).toEqual({
			median: 3,
			least: 2,
			most: 4,
			count: 3,
		});
	});
});

it('lateness counts from the end of the task, and its ratio is to the time of the task', () => {
	const row = latenessRow({ taskSeconds: 100, way: 'poll', clock: 'virtual' }, [
		{ task: task(0, 100_000, [50_000, 101_000]), seenAt: 101_000 },
		{ task: task(0, 80_000, [84_000]), seenAt: 84_000 },
	]);

	expect(row.lateness).toEqual({ median: 2.5, least: 1, most: 4, count: 2 });
	expect(row.timesTask).toMatchObject({ least: 1.01, most: 1.05 });
	expect(row.reads).toMatchObject({ least: 1, most: 2 });
});

it('tasks of about one length lie evenly in the 15 s between two looks, in no order', () => {
	const lengths = lengthsAround(120, 5);
	const sorted = [...lengths].sort((one, other) => one - other);

	expect(sorted).toEqual([114, 117, 120, 123, 126]);
	expect(lengths).not.toEqual(sorted);
	expect(Math.min(...lengthsAround(5, 41))).toBeGreaterThan(2);
});

it('a run of many items is measured from its first create to its output, in times of one task', () => {
	const tasks = [task(1_000, 31_000, [20_000, 31_500]), task(4_000, 34_000, [31_900, 36_000])];
	const facts = { items: 2, way: 'poll', clock: 'engine', answers: 0, taskSeconds: 30 } as const;
	const row = scaleRow(facts, [{ tasks, endedAt: 37_000 }]);

	expect(row.timesTask.median).toBeCloseTo(1.2);
	expect(row.creating.median).toBeCloseTo(0.1);
	expect(row.readsPerTask.median).toBe(2);
	expect(row.mostReadsPerSecond).toBe(2);
});

it('the crowd of reads is the most within any one second', () => {
	expect(mostInOneSecond([task(0, 1, [0, 900, 1_000]), task(0, 1, [1_500, 1_900, 5_000])])).toBe(3);
	expect(mostInOneSecond([task(0, 1)])).toBe(0);
});

it('a download is as quick as the plain one beside it, and its memory is that of the first in a process', () => {
	const MB = 1024 * 1024;
	const visits: Visit[] = [
		{ first: 'node', memoryBytes: 30 * MB, pairs: [{ node: 2_000, plain: 1_000 }] },
		{ first: 'plain', memoryBytes: 10 * MB, pairs: [{ node: 1_000, plain: 1_000 }] },
	];
	const row = downloadRow(100, 'filesystem', visits);

	expect(row.timesPlain).toEqual({ median: 0.75, least: 0.5, most: 1, count: 2 });
	expect(row.megabytesPerSecond).toMatchObject({ least: 50, most: 100 });
	expect(row.memory).toMatchObject({ median: 30, count: 1 });
	expect(row.plainMemory).toMatchObject({ median: 10, count: 1 });
});

describe('goals', () => {
	it('a goal that is missed says by how much, and why', () => {
		const row = (seconds: number) =>
			latenessRow({ taskSeconds: 120, way: 'poll', clock: 'n8n' }, [
				{ task: task(0, 120_000, [1]), seenAt: 120_000 + seconds * 1000 },
			]);
		const [late, reads] = judge({ ...NOTHING, lateness: [row(3)] });

		expect(late).toMatchObject({ holds: false, limit: 'at most 2 s', measured: '3 s' });
		expect(late.missed).toMatch(/^by 1 s \(50 %\): the reads are up to/);
		expect(reads).toMatchObject({ holds: true });
		expect(reads).not.toHaveProperty('missed');
		expect(judge({ ...NOTHING, lateness: [row(2)] })[0].holds).toBe(true);
	});

	it('throughput is to be reached, not to be kept below', () => {
		const judged = (ms: number) => {
			const visit = { memoryBytes: 0, pairs: [{ node: ms, plain: 1_000 }] };
			const visits: Visit[] = [
				{ ...visit, first: 'node' },
				{ ...visit, first: 'plain' },
			];
			return judge({ ...NOTHING, downloads: [downloadRow(10, 'filesystem', visits)] })[0];
		};

		expect(judged(1_000).holds).toBe(true);
		expect(judged(2_000)).toMatchObject({ holds: false, limit: 'at least 0.8 × plain' });
	});

	it('memory is what each further item needs', () => {
		const memory = (items: number, bytes: number): MemoryRow => {
			const spread = spreadOf([bytes]);
			return { items, output: spread, beyond: spread, kept: spread };
		};
		const [kept, beyond] = judge({
			...NOTHING,
			memory: [memory(1, 100_000), memory(101, 700_000)],
		});

		expect(kept).toMatchObject({ measured: '6 kB', holds: false });
		expect(beyond).toMatchObject({ measured: '6 kB', holds: false });
	});
});
