import { linearRegression } from 'simple-statistics';

import { serve, Simulator } from '../simulator';
import type { Found, ItemRequest } from './growthRun';
import { askIsolated } from './isolated';
import { UNLIMITED, wallOf } from './outcome';
import type { Plan } from './plans';
import { decimals, goal, type Goal, type Row, type Section } from './section';

const PEAK = 'Peak memory beyond the output, kB';
const LEFT = 'Memory left after the run, kB';

/** Figures that may grow with the items at most. */
const GROWING = ['× one task', 'Requests', 'Output, kB', PEAK] as const;

/** What a run came to. */
export type Growth = Record<'Items' | (typeof GROWING)[number] | typeof LEFT, number>;

const KB = 1000;

/** Runs in n8n's engine, in real time. */
export async function measureGrowth(plan: Plan['growth']): Promise<Section> {
	const runs: Growth[] = [];
	for (const sizes of plan.groups) {
		runs.push(...(await Promise.all(sizes.map((items) => measure(items, plan.taskSeconds)))));
	}
	return {
		title: 'Growth',
		note: `Runs in n8n’s engine in real time, with tasks of ${plan.taskSeconds} s, each in a process of its own that made a short run before. Memory is heap and buffers after a garbage collection, beyond what was there before the run; the output is the JSON that n8n stores. The exponent is the slope on logarithmic axes: 0 is constant, 1 is linear.`,
		rows: rowsOf(runs),
		goals: goalsOf(runs),
	};
}

async function measure(items: number, taskSeconds: number): Promise<Growth> {
	const warmUp = await serve(new Simulator({ ...UNLIMITED, renderSeconds: 1 }));
	const simulator = new Simulator({ ...UNLIMITED, renderSeconds: taskSeconds });
	const service = await serve(simulator);
	try {
		const question: ItemRequest = { warmUpUrl: warmUp.url, url: service.url, items };
		const found = await askIsolated<Found>('growthRun.ts', question);
		const startedAt = Math.min(...[...simulator.tasks.values()].map((task) => task.createdAt));
		return {
			Items: items,
			'× one task': wallOf({ startedAt, endedAt: found.endedAt }, taskSeconds),
			Requests: simulator.calls.length,
			'Output, kB': found.outputBytes / KB,
			[PEAK]: found.peakBytes / KB,
			[LEFT]: found.keptBytes / KB,
		};
	} finally {
		await Promise.all([warmUp.close(), service.close()]);
	}
}

/** The runs, each with its output per item, and the exponents of what they came to. */
export function rowsOf(runs: Growth[]): Row[] {
	const perItem = 'Output per item, kB';
	const exponents = GROWING.map((name) => [name, exponentOf(runs, name)] as const);
	return [
		...runs.map((run) => ({ ...run, [perItem]: run['Output, kB'] / run.Items })),
		{ Items: 'Exponent', ...Object.fromEntries(exponents), [LEFT]: '–', [perItem]: '–' },
	];
}

/** The exponent of the power of the number of items that fits the figures above zero best. */
function exponentOf(runs: Growth[], name: keyof Growth): number {
	const measurable = runs.filter((run) => run[name] > 0);
	return linearRegression(measurable.map((run) => [Math.log(run.Items), Math.log(run[name])])).m;
}

export function goalsOf(runs: Growth[]): Goal[] {
	const [first, last] = [runs[0], runs[runs.length - 1]];
	const linear = GROWING.map((name) => {
		const exponent = exponentOf(runs, name);
		const reason = `it went from ${decimals(first[name])} for ${first.Items} to ${decimals(last[name])} for ${last.Items} items`;
		// Not 1: the number in an item's prompt gets longer, too.
		return goal(`Growth with the items (exponent): ${name}`, exponent, 'at most 1.02', reason);
	});
	const memory = ([PEAK, LEFT] as const).map((name) => {
		const [low, high] = [first, last].map((run) => run[name]);
		const reason = `it went from ${decimals(low)} kB for ${first.Items} to ${decimals(high)} kB for ${last.Items} items`;
		const perItem = (high - low) / (last.Items - first.Items);
		return goal(`${name}: each further item`, perItem, 'at most 5 kB', reason);
	});
	return [...linear, ...memory];
}
