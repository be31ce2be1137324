import { describe, expect, it } from '@jest/globals';

import { APPROACHES } from '../../../bench/baselines';
import { outcomeOf } from '../../../bench/outcome';
import { goal, growthOf, pageOf } from '../../../bench/report';
import type { Call, SimulatedTask } from '../../../simulator';

const sectionOf = (measured: number, reason = 'Because.') => ({
	title: 'Cats',
	note: 'All.',
	rows: [{ Name: 'Tom', Lives: 9 }],
	goals: [goal('Lives', measured, 'at most 9')],
	reason,
});

describe('a goal', () => {
	it.each([
		{ limit: 'at most 2 s', measured: 2, isMet: true },
		{ limit: 'at most 2 s', measured: 2.1, isMet: false },
		{ limit: 'at most 2 s', measured: NaN, isMet: false },
		{ limit: 'at most 1.25 × plain', measured: 1.2, isMet: true },
	])(
		'with the limit "$limit" and the figure $measured is met: $isMet',
		({ limit, measured, isMet }) => {
			expect(goal('Name', measured, limit)).toMatchObject({ isMet });
		},
	);

	it('says its reason below the table when it is missed, and only then', () => {
		expect(pageOf([sectionOf(9, 'Too slow.')])).not.toContain('Too slow.');
		expect(pageOf([sectionOf(10, 'Too slow.')])).toMatch(/^- Missed: .*Lives.* Too slow\.$/m);
	});
});

it('growth is told by its exponents', () => {
	const rows = [1, 10, 100].map((items) => ({ items, linear: 3 * items, constant: 5 }));
	const { goals } = growthOf(rows, 'at most 1.1');

	expect(goals.map(({ measured }) => measured)).toEqual([expect.closeTo(1), expect.closeTo(0)]);
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
		expect(outcome).toMatchObject({ lost: 1, paidTwice: 1, requests: 6 });
	});

	it('measures lateness from the end of the task, and the wall time from the first create', () => {
		expect(outcome).toMatchObject({ lateness: [1.5], seconds: 20 });
	});
});

describe('the baselines, in virtual time', () => {
	it('reading every 3 s takes item after item, and gives up after 60 s', async () => {
		const quick = await APPROACHES['Read every 3 s'](4, { renderSeconds: 10 });
		expect(quick.lost).toBe(0);
		expect(quick).toMatchObject({ requests: 4 + 4 * 4, seconds: 4 * 12 });

		const slow = await APPROACHES['Read every 3 s'](2, { renderSeconds: 61 });
		expect(slow).toMatchObject({ lost: 2, requests: 2 + 2 * 20, seconds: 2 * 60 });
	});

	it('the loop reads all open tasks every 15 s', async () => {
		const outcome = await APPROACHES['Loop with Wait 15 s'](4, {
			renderSeconds: (_, ordinal) => (ordinal < 4 ? 10 : 31),
		});
		expect(outcome).toMatchObject({ requests: 4 + 4 + 1 + 1, lateness: [5, 5, 5, 14] });
	});

	it('the node delivers every video in one run', async () => {
		const outcome = await APPROACHES['Wait Here'](3, { renderSeconds: 10 });
		expect(outcome).toMatchObject({ lost: 0, paidTwice: 0, lateness: { length: 3 } });
	});
});
