import type { Simulator } from '../simulator';

/** Room for everything at once, so that the client is measured and not the account's limits. */
export const UNLIMITED = { queueSeconds: 0, concurrency: 100_000, balanceUsd: 100_000 };

/** What became of a run of several items. */
export type Outcome = ReturnType<typeof outcomeOf>;

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
) {
	const tasks = [...simulator.tasks.values()];
	const endOf = new Map(tasks.map((task) => [task.input.prompt, Number(task.endedAt)]));
	const lateness = deliveredAt
		.map((at = NaN, item) => (at - (endOf.get(promptOf(item)) ?? NaN)) / 1000)
		.filter((seconds) => !Number.isNaN(seconds));
	return {
		/** From the first create to the end of the run. */
		seconds: (endedAt - Math.min(...tasks.map(({ createdAt }) => createdAt))) / 1000,
		/** Seconds from the end of each task until its video was there. */
		lateness,
		lost: deliveredAt.length - lateness.length,
		paidTwice: Math.max(0, tasks.length - deliveredAt.length),
		/** All that the service met, whatever its answer. */
		requests: simulator.calls.filter(({ route }) => route !== 'callback').length,
	};
}
