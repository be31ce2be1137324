import type { Call, Simulator, SimulatorOptions } from '../simulator';

/** Room for everything at once, so that the client is measured and not the account's limits. */
export const UNLIMITED = { queueSeconds: 0, concurrency: 10_000, balanceUsd: 100_000 };

/** How a run makes its videos: the node's own way, or what people do without it. */
export type Approach = (items: number, service: SimulatorOptions) => Promise<Outcome>;

/** What became of a run of several items; times in milliseconds since 1970. */
export interface Outcome {
	startedAt: number;
	endedAt: number;
	/** Those whose video was delivered, in the order of the items. */
	delivered: Delivery[];
	/** Items without a video. */
	lost: number;
	/** Tasks paid beyond one for each item. */
	extraTasks: number;
	/** Every request that the service met, whatever its answer, by its route. */
	requests: Array<Call['route']>;
}

export interface Delivery {
	/** Seconds from the end of the task until its video was there. */
	lateness: number;
	/** How often the task itself was read. */
	reads: number;
}

/** The prompt by which an item's task is recognised. */
export function promptOf(item: number): string {
	return `Scene ${item}`;
}

/**
 * @param deliveredAt when each item's video was there; undefined for an item without one
 * @param endedAt when the run was over
 */
export function outcomeOf(
	simulator: Pick<Simulator, 'tasks' | 'calls'>,
	deliveredAt: Array<number | undefined>,
	endedAt: number,
): Outcome {
	const tasks = [...simulator.tasks.values()];
	const byPrompt = new Map(tasks.map((task) => [task.input.prompt, task]));
	const reads = new Map<string | undefined, number>();
	for (const { route, taskId } of simulator.calls) {
		if (route === 'read') reads.set(taskId, (reads.get(taskId) ?? 0) + 1);
	}
	const delivered = deliveredAt.flatMap((at, item): Delivery[] => {
		const task = byPrompt.get(promptOf(item));
		if (at === undefined || task === undefined) return [];
		const lateness = (at - Number(task.endedAt)) / 1000;
		return [{ lateness, reads: reads.get(task.taskId) ?? 0 }];
	});
	return {
		startedAt: Math.min(...tasks.map(({ createdAt }) => createdAt)),
		endedAt,
		delivered,
		lost: deliveredAt.length - delivered.length,
		extraTasks: Math.max(0, tasks.length - deliveredAt.length),
		requests: simulator.calls.map(({ route }) => route).filter((route) => route !== 'callback'),
	};
}

/** From the first create to the end of the run, relative to one task. */
export function wallOf(
	{ startedAt, endedAt }: Pick<Outcome, 'startedAt' | 'endedAt'>,
	taskSeconds: number,
): number {
	return (endedAt - startedAt) / 1000 / taskSeconds;
}

/**
 * Task lengths around that one, spread evenly over the 15 s between two reads of the loop (else the
 * moment of a read would decide which approach is the quick one), in an order that tells nothing.
 */
export function lengthsAround(seconds: number, count: number): number[] {
	const width = Math.min(15, seconds);
	return Array.from({ length: count }, (_, index) => {
		const place = (index * STRIDE) % count;
		return seconds + width * ((place + 0.5) / count - 0.5);
	});
}

/** A prime, so that every place comes once in any number of places that it does not divide. */
const STRIDE = 17;
