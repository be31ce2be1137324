import { describe, expect, it } from '@jest/globals';

import { APPROACHES } from '../../../bench/baselines';
import { measureConditions } from '../../../bench/batches';
import { outcomeOf, wallOf } from '../../../bench/outcome';
import { asMarkdown, goal, goalSection, pageWith } from '../../../bench/section';
import type { Call, SimulatedTask } from '../../../simulator';

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

	it('says its reason when it is missed, and only then', () => {
		const rows = [1, 3].map((measured) => goal('Name', measured, 'at most 2 s', 'too slow'));
		const [met, missed] = asMarkdown(goalSection(rows)).split('\n').slice(-2);
		expect(met).not.toContain('too slow');
		expect(missed).toContain('too slow');
	});
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

it('conditions with the same goals share them, and each run may lose nothing', async () => {
	const plan = { items: [], taskSeconds: [], rounds: 1, mostItems: 2 };
	const { rows, goals } = await measureConditions(plan);
	const names = goals.map((g) => g.goal);

	expect(rows).toHaveLength(10);
	expect(new Set(names).size).toBe(names.length);
	expect(names.filter((name) => name.startsWith('Lost'))).toHaveLength(4);
	expect(goals.find(({ goal: name }) => name.startsWith('Lost'))).toMatchObject({ measured: 0 });
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
