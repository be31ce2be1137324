import { describe, expect, it } from '@jest/globals';

import { Budget } from '../../../nodes/Luma/generation/budget';
import { count } from '../../engine/service';
import { creating, virtualRun } from './virtualRun';

const items = (length: number) => Array.from({ length }, () => ({}));

describe.each([1, 10])('with %d at a time', (maxConcurrency) => {
	it.each([
		[0, 6],
		[0.1, 0],
		[0.2, 1],
		[0.6, 3],
		[0.79, 3],
		[5, 6],
	])('a limit of $%d lets %d of six videos be made', async (maxSpendUsd, made) => {
		const { simulator, generations } = await virtualRun({
			requests: items(6),
			maxConcurrency,
			maxSpendUsd,
		});

		expect(simulator.tasks.size).toBe(made);
		const refused = generations.filter(({ trouble }) => trouble?.kind === 'spendLimit');
		expect(refused).toHaveLength(6 - made);
		expect(count(simulator, 'create')).toBe(made);
	});
});

it('lets a cheaper item have what a dearer one could not', async () => {
	const long = creating('Ten seconds');
	if ('create' in long.source) long.source.create.input.duration = 10;
	const { generations } = await virtualRun({
		requests: [{}, long, {}],
		maxConcurrency: 1,
		maxSpendUsd: 0.5,
	});

	expect(generations.map(({ trouble }) => trouble?.kind)).toEqual([
		undefined,
		'spendLimit',
		undefined,
	]);
	expect(generations[1].trouble?.remedy).toContain('$0.20, this video costs about $0.40');
});

it('counts what this execution has paid before, in other rounds too', async () => {
	const first = await virtualRun({ requests: items(2), maxSpendUsd: 0.5 });
	const second = await virtualRun({
		after: first,
		runIndex: 1,
		requests: items(2),
		maxSpendUsd: 0.5,
	});

	expect(first.simulator.tasks.size).toBe(2);
	expect(second.generations.map(({ trouble }) => trouble?.kind)).toEqual([
		'spendLimit',
		'spendLimit',
	]);
});

it('counts a task that nobody confirmed, and none that was refused', async () => {
	const { simulator } = await virtualRun({
		requests: items(5),
		maxConcurrency: 1,
		maxSpendUsd: 0.6,
		service: {
			faults: [
				{ route: 'create', calls: [1], effect: { kind: 'answer', status: 400 } },
				{ route: 'create', calls: [2], effect: { kind: 'reset' } },
			],
		},
	});

	expect(simulator.tasks.size).toBe(2);
});

it('goes by the price that PiAPI took, as soon as it is known', () => {
	const { source } = creating('Scene');
	if (!('create' in source)) throw new Error('not a create');
	const budget = new Budget(1);
	const first = budget.reserve(source.create);
	const second = budget.reserve(source.create);
	first?.settle(0.35);

	expect(budget.takenUsd).toBe(0.7);
	expect(budget.reserve(source.create)).toBeUndefined();
	second?.release();
	expect(budget.reserve(source.create)).toBeDefined();
});
