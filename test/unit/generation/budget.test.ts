import { describe, expect, it } from '@jest/globals';

import { Budget } from '../../../nodes/Luma/generation/budget';
import { Simulator, VirtualClock } from '../../../simulator';
import { count } from '../../engine/service';
import { creating, virtualRun, type VirtualRunOptions } from './virtualRun';

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
	const costsUsd: number[] = [];
	const budget = new Budget(1, () => costsUsd);
	const [first, second] = [1, 2].map(() => {
		const reservation = budget.reserve(source.create)!;
		costsUsd.push(reservation.priceUsd);
		return reservation;
	});
	costsUsd[0] = first.settle(0.35);

	expect(budget.takenUsd).toBe(0.7);
	expect(budget.reserve(source.create)).toBeUndefined();
	second.release();
	costsUsd.pop();
	expect(budget.reserve(source.create)).toBeDefined();
});

it('holds for rounds of an execution that run at once', async () => {
	const clock = new VirtualClock();
	const simulator = new Simulator({ clock });
	const ledger: VirtualRunOptions['ledger'] = {};
	const round = async (runIndex: number) =>
		await virtualRun({
			at: { simulator, clock },
			ledger,
			runIndex,
			requests: items(2),
			maxSpendUsd: 0.6,
		});
	const rounds = await clock.run(async () => await Promise.all([0, 1, 2].map(round)));

	expect(simulator.tasks.size).toBe(3);
	const troubles = rounds.flatMap(({ generations }) => generations.map(({ trouble }) => trouble));
	expect(troubles.filter((trouble) => trouble?.kind === 'spendLimit')).toHaveLength(3);
});

describe('where the first item in trouble ends the run', () => {
	it.each([1, 10])('orders nothing when not all fit, with %d at a time', async (maxConcurrency) => {
		const { simulator, generations, ledger } = await virtualRun({
			failFast: true,
			requests: items(4),
			maxConcurrency,
			maxSpendUsd: 0.5,
		});

		expect(count(simulator, 'create')).toBe(0);
		expect(ledger).toEqual({});
		expect(generations.map(({ trouble }) => trouble?.kind)).toEqual([
			undefined,
			undefined,
			'spendLimit',
			undefined,
		]);
		expect(generations[2].trouble?.remedy).toContain('about $0.60 more, and the limit is $0.50');
		expect(generations[2].trouble?.remedy).toContain('Continue On Fail');
	});

	it('asks for no room for what a try before has paid', async () => {
		const options = { failFast: true, requests: items(3), maxSpendUsd: 0.6, maxConcurrency: 1 };
		const first = await virtualRun({
			...options,
			service: {
				faults: [{ route: 'create', calls: [3], effect: { kind: 'answer', status: 403 } }],
			},
		});
		const retry = await virtualRun({ ...options, after: first });

		expect(retry.simulator.tasks.size).toBe(3);
		expect(retry.generations.every(({ task }) => task?.status === 'completed')).toBe(true);
	});
});
