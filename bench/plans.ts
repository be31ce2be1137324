import type { BinaryMode } from './downloadRun';

/** How much of everything is measured. */
export interface Plan {
	/** `tasks` of each length, one after the other. */
	lateness: { taskSeconds: number[]; tasks: number };
	/**
	 * `items` and `taskSeconds` of the runs side by side, `rounds` of each kind; a run under conditions
	 * has `mostItems` at most.
	 */
	batches: { items: number[]; taskSeconds: number[]; rounds: number; mostItems: number };
	/** Sizes of the runs, the smallest first; those of one group go on at the same time. */
	growth: { groups: number[][]; taskSeconds: number };
	/** Each size is downloaded in that many processes, that many times in each. */
	downloads: { sizes: Array<[megabytes: number, BinaryMode]>; processes: number; pairs: number };
	/** So many clips are joined in that many processes, that many times in each. */
	join: { clips: number; processes: number; pairs: number };
	package: { rounds: number };
	startUp: { rounds: number };
	/** A pattern for the names of the queue tests that are run. */
	queue: { tests: string };
}

export const FULL: Plan = {
	lateness: { taskSeconds: [5, 30, 60, 120, 300], tasks: 41 },
	batches: { items: [1, 3, 50, 1000], taskSeconds: [5, 30, 120], rounds: 3, mostItems: 1000 },
	growth: { groups: [[1, 10, 100], [1000], [5000]], taskSeconds: 30 },
	downloads: {
		sizes: [
			[10, 'filesystem'],
			[100, 'filesystem'],
			[300, 'filesystem'],
			[100, 'default'],
		],
		processes: 3,
		pairs: 2,
	},
	join: { clips: 10, processes: 3, pairs: 3 },
	package: { rounds: 5 },
	startUp: { rounds: 2 },
	queue: { tests: 'executions of one video|main process' },
};

/** Shows in a minute whether all of it works; the figures are too few to mean much. */
export const QUICK: Plan = {
	lateness: { taskSeconds: [5, 120], tasks: 7 },
	batches: { items: [1, 10], taskSeconds: [30], rounds: 2, mostItems: 50 },
	growth: { groups: [[1, 50]], taskSeconds: 3 },
	downloads: { sizes: [[10, 'filesystem']], processes: 1, pairs: 1 },
	join: { clips: 3, processes: 1, pairs: 1 },
	package: { rounds: 1 },
	startUp: { rounds: 1 },
	queue: { tests: 'suspended executions wait' },
};
