import { describe, expect, it } from '@jest/globals';

import { APPROACHES } from '../../../bench/baselines';
import { measureConditions } from '../../../bench/batches';
import { downloadFigures } from '../../../bench/downloads';
import { goalsOf, rowsOf, type Growth } from '../../../bench/growth';
import { lengthsAround, outcomeOf, wallOf } from '../../../bench/outcome';
import { queueSection } from '../../../bench/queue';
import {
	asMarkdown,
	goal,
	goalSection,
	ratiosOf,
	spreadOf,
	pageWith,
} from '../../../bench/section';
import type { Call, SimulatedTask } from '../../../simulator';

describe('several measurements', () => {
	it('come to their median, with the least and the most', () => {
		expect(spreadOf([5, 1, 9])).toEqual({ median: 5, least: 1, most: 9, count: 3 });
		expect(spreadOf([4, 1, 2, 10])).toMatchObject({ median: 3 });
		expect(spreadOf([])).toMatchObject({ median: NaN, count: 0 });
	});

	it('are each divided by the baseline measured beside them', () => {
		expect(ratiosOf([2, 9, 8], [1, 3, 2])).toEqual({ median: 3, least: 2, most: 4, count: 3 });
	});
});

describe('a goal', () => {
	it.each([
		{ limit: 'at most 2 s', measured: 2, isMet: true },
		{ limit: 'at most 2 s', measured: 2.1, isMet: false },
		{ limit: 'at most 2 s', measured: NaN, isMet: false },
		{ limit: 'at least 0.8 × plain', measured: 0.8, isMet: true },
		{ limit: 'at least 0.8 × plain', measured: 0.7, isMet: false },
	])(
		'with the limit "$limit" and the figure $measured is met: $isMet',
		({ limit, measured, isMet }) => {
			expect(goal('Name', measured, limit, 'reason')).toMatchObject({ isMet });
		},
	);

	it('cannot have a limit that says neither most nor least', () => {
		expect(() => goal('Name', 1, '2 s', 'reason')).toThrow('2 s');
	});

	it('says its reason when it is missed, and only then', () => {
		const rows = [1, 3].map((measured) => goal('Name', measured, 'at most 2 s', 'too slow'));
		const [met, missed] = asMarkdown(goalSection(rows)).split('\n').slice(-2);
		expect(met).not.toContain('too slow');
		expect(missed).toContain('too slow');
	});
});

it('task lengths lie evenly in the 15 s between two reads of the loop, in no order', () => {
	const lengths = lengthsAround(120, 5);
	const sorted = [...lengths].sort((one, other) => one - other);

	expect(sorted).toEqual([114, 117, 120, 123, 126]);
	expect(lengths).not.toEqual(sorted);
	expect(Math.min(...lengthsAround(5, 41))).toBeGreaterThan(2);
});

describe('the outcome of a run', () => {
	const task = (item: number, createdAt: number, endedAt: number) => {
		const taskId = `task ${item} at ${createdAt}`;
		return [taskId, { taskId, createdAt, endedAt, input: { prompt: `Scene ${item}` } }] as const;
	};
	const call = (route: Call['route'], taskId?: string) => ({ route, taskId });
	const tasks = [task(0, 1_000, 11_000), task(1, 2_000, 12_000), task(1, 3_000, 13_000)];
	const [[first]] = tasks;
	const calls = [
		...[call('create'), call('create'), call('create'), call('history'), call('callback')],
		...[call('read', first), call('read', first)],
	];
	const simulator = {
		tasks: new Map(tasks) as unknown as ReadonlyMap<string, SimulatedTask>,
		calls: calls as Call[],
	};
	const outcome = outcomeOf(simulator, [12_500, undefined], 21_000);

	it('counts each request, what was lost and what was paid twice', () => {
		expect(outcome).toMatchObject({ lost: 1, extraTasks: 1 });
		expect(outcome.requests).toHaveLength(6);
	});

	it('measures lateness from the end of the task, and the wall time from the first create', () => {
		expect(outcome.delivered).toEqual([{ lateness: 1.5, reads: 2 }]);
		expect(wallOf(outcome, 10)).toBe(2);
	});
});

describe('the baselines, in virtual time', () => {
	it('reading every 3 s takes item after item, and gives up after 60 s', async () => {
		const quick = await APPROACHES['Read every 3 s'](4, { renderSeconds: 10 });
		expect(quick.lost).toBe(0);
		expect(quick.requests).toHaveLength(4 + 4 * 4);
		expect(wallOf(quick, 12)).toBe(4);

		const slow = await APPROACHES['Read every 3 s'](2, { renderSeconds: 61 });
		expect(slow.lost).toBe(2);
		expect(slow.requests).toHaveLength(2 + 2 * 20);
		expect(wallOf(slow, 60)).toBe(2);
	});

	it('the loop reads all open tasks every 15 s', async () => {
		const outcome = await APPROACHES['Loop with Wait 15 s'](4, {
			renderSeconds: (_, ordinal) => (ordinal < 4 ? 10 : 31),
		});
		expect(outcome.requests).toHaveLength(4 + 4 + 1 + 1);
		expect(outcome.delivered.map(({ lateness }) => lateness)).toEqual([5, 5, 5, 14]);
	});

	it('the node delivers every video in one run', async () => {
		const outcome = await APPROACHES['Wait Here'](3, { renderSeconds: 10 });
		expect(outcome).toMatchObject({ lost: 0, extraTasks: 0 });
		expect(outcome.delivered).toHaveLength(3);
		expect(wallOf(outcome, 10)).toBeLessThan(2);
	});
});

describe('growth with the number of items', () => {
	const growth = (items: number, power: number): Growth => ({
		Items: items,
		'× one task': 1.1,
		Requests: 4 * items,
		'Output, kB': items,
		'Peak memory beyond the output, kB': 100 + 6 * items ** power,
		'Memory left after the run, kB': 200 + items,
	});
	const runs = [1, 10, 100].map((items) => growth(items, 1));

	it('has the exponent 0 where it is constant and 1 where it is linear', () => {
		const exponents = rowsOf(runs).at(-1)!;
		expect(exponents['× one task']).toBeCloseTo(0);
		expect(exponents.Requests).toBeCloseTo(1);
	});

	it('may be linear at most', () => {
		const missed = (of: Growth[]) =>
			goalsOf(of).filter((g) => g.goal.includes('exponent') && !g.isMet);
		expect(missed(runs)).toEqual([]);
		expect(missed([1, 10, 100].map((items) => growth(items, 2)))).toHaveLength(1);
	});

	it('in memory is what each further item needs', () => {
		const [peak, left] = goalsOf(runs).slice(-2);
		expect(peak).toMatchObject({ measured: 6, isMet: false });
		expect(left).toMatchObject({ measured: 1, isMet: true });
	});
});

it('conditions with the same goals share them, and each run may lose nothing', async () => {
	const plan = { items: [], taskSeconds: [], rounds: 1, mostItems: 2 };
	const { rows, goals } = await measureConditions(plan);
	const names = goals.map((g) => g.goal);

	expect(rows).toHaveLength(10);
	expect(new Set(names).size).toBe(names.length);
	expect(names.filter((name) => name.startsWith('Lost'))).toHaveLength(4);
	expect(goals.find(({ goal: name }) => name.startsWith('Lost'))).toMatchObject({ measured: 0 });
});

it('a download is measured relative to the plain one beside it', () => {
	const MB = 1024 * 1024;
	const figures = downloadFigures(100, [
		{ memoryBytes: 30 * MB, pairs: [{ node: 2_000, fetch: 1_000 }] },
		{ memoryBytes: 10 * MB, pairs: [{ node: 1_000, fetch: 1_000 }] },
	]);

	expect(figures['× plain']).toEqual({ median: 0.75, least: 0.5, most: 1, count: 2 });
	expect(figures['MB/s']).toMatchObject({ least: 50, most: 100 });
	expect(figures['Memory, MB']).toMatchObject({ median: 20, most: 30 });
});

it('queue mode may lose or repeat nothing, and hold a slot for a moment only', () => {
	const row = {
		mode: 'suspended',
		executions: 50,
		wallSeconds: 24,
		timesOneTask: 1.2,
		slotSeconds: 25,
		readsPerTask: 2,
		created: 50,
		lost: 1,
		runTwice: 0,
	};
	const { goals } = queueSection({ n8n: '2.8.4', workers: 2, slotsPerWorker: 5, rows: [row] });
	expect(goals.map(({ measured, isMet }) => [measured, isMet])).toEqual([
		[1, false],
		[1.2, true],
		[0.5, false],
	]);
});

it('the figures of the page are replaced, and the words around them stay', () => {
	const page =
		'Before\n\n<!-- Figures: npm run bench -->\n\nold\n\n<!-- End of the figures -->\n\nAfter\n';
	const sections = [{ title: 'Cats', note: 'All.', rows: [{ Name: 'Tom', Lives: 9 }], goals: [] }];
	const written = pageWith(page, 'Measured today.', sections);

	expect(written).toMatch(/^Before\n[^]*\| Tom \| 9 \|[^]*\nAfter\n$/);
	expect(written).not.toContain('old');
	expect(pageWith(written, 'Measured today.', sections)).toBe(written);
});
