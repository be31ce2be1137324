import { serve, Simulator } from '../simulator';
import type { Found, Question } from './growthRun';
import { askIsolated } from './isolated';
import { UNLIMITED } from './outcome';
import { goal, growthOf, type Section } from './report';

const [PEAK, LEFT] = ['Most memory beyond the output, kB', 'Memory left, kB'] as const;

/** Runs in n8n's engine, in real time; those of one group go on at the same time. */
export async function measureGrowth(isQuick: boolean): Promise<Section> {
	const runs: Array<Awaited<ReturnType<typeof measure>>> = [];
	for (const sizes of isQuick ? [[1, 50]] : [[1, 10, 100], [1000], [2000]]) {
		runs.push(...(await Promise.all(sizes.map((items) => measure(items, isQuick ? 3 : 20)))));
	}
	// Not 1: the number in an item's prompt gets longer, too.
	const { rows, goals } = growthOf(runs, 'at most 1.02');
	const [first, last] = [runs[0], runs[runs.length - 1]];
	const perItem = (of: typeof PEAK | typeof LEFT) =>
		(last[of] - first[of]) / (last.Items - first.Items);
	return {
		title: 'Growth with the items',
		note: 'In n8n’s engine in real time, each run in a process of its own. Memory is heap and buffers after a garbage collection, sampled in a run that is not timed; the output is the JSON that n8n stores.',
		rows,
		goals: [
			...goals,
			goal('Most memory of each further item', perItem(PEAK), 'at most 4 kB'),
			goal('Memory left of each further item', perItem(LEFT), 'at most 4 kB'),
			goal(`Loop blocked, ${last.Items} items`, last['Loop blocked, ms'], 'at most 250 ms'),
		],
		reason: 'n8n evaluates the fields of all items first, and each has its request and its task.',
	};
}

async function measure(items: number, taskSeconds: number) {
	const timed = await runOf(items, taskSeconds, false);
	const { peakBytes, leftBytes } = await runOf(items, taskSeconds, true);
	return {
		Items: items,
		'× one task': timed.seconds / taskSeconds,
		Requests: timed.requests,
		'Output, kB': timed.outputBytes / 1000,
		[PEAK]: peakBytes / 1000,
		[LEFT]: leftBytes / 1000,
		'Loop blocked, ms': timed.blockedMs,
	};
}

async function runOf(items: number, taskSeconds: number, samplesMemory: boolean) {
	const warmUp = await serve(new Simulator({ ...UNLIMITED, renderSeconds: 1 }));
	const simulator = new Simulator({ ...UNLIMITED, renderSeconds: taskSeconds });
	const service = await serve(simulator);
	const question: Question = { urls: [warmUp.url, service.url], items, samplesMemory };
	const found = await askIsolated<Found>('growthRun.ts', question);
	await Promise.all([warmUp.close(), service.close()]);
	const startedAt = Math.min(...[...simulator.tasks.values()].map((task) => task.createdAt));
	const seconds = (found.endedAt - startedAt) / 1000;
	return { ...found, seconds, requests: simulator.calls.length };
}
