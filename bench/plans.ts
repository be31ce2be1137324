import type { Effort } from './downloads/downloads';
import type { BinaryMode } from './results';

/** What is measured, and how often. */
export interface Plan {
	/** Seconds that tasks take. */
	taskLengths: number[];
	/** Tasks of each length and way, in virtual time. */
	virtualTasks: number;
	/** Tasks of each length and way in a real n8n; 0 = no n8n. */
	liveTasks: number;
	/** How long a task takes in the runs of many items, in seconds. */
	renderSeconds: number;
	/** Sizes of runs that go on at the same time. */
	batches: number[][];
	/** Sizes of the runs that meet a service whose answers take their time, in virtual time. */
	farItems: number[];
	memory: {
		/** Sizes of the runs that are compared, the smallest first. */
		items: [number, number];
		/** Long enough for several looks at the memory. */
		renderSeconds: number;
		/** Processes for each size. */
		rounds: number;
	};
	downloads: Array<{ megabytes: number; mode: BinaryMode; effort: Effort }>;
	weightRounds: number;
	workers: boolean;
}

const OFTEN: Effort = { processes: 4, pairs: 2 };
const SELDOM: Effort = { processes: 2, pairs: 1 };

const thrice = <T>(value: T): T[] => [value, value, value];

export const FULL: Plan = {
	taskLengths: [5, 30, 120, 300],
	virtualTasks: 41,
	liveTasks: 5,
	renderSeconds: 30,
	batches: [thrice([1, 10, 50]).flat(), thrice(200), ...thrice([1000])],
	farItems: [50, 1000],
	memory: { items: [1, 1000], renderSeconds: 8, rounds: 3 },
	downloads: [
		{ megabytes: 10, mode: 'filesystem', effort: OFTEN },
		{ megabytes: 100, mode: 'filesystem', effort: OFTEN },
		{ megabytes: 300, mode: 'filesystem', effort: OFTEN },
		{ megabytes: 10, mode: 'default', effort: SELDOM },
		{ megabytes: 100, mode: 'default', effort: SELDOM },
		{ megabytes: 300, mode: 'default', effort: SELDOM },
	],
	weightRounds: 5,
	workers: true,
};

/** A look at whether all of it works; the figures are too few to mean much. */
export const QUICK: Plan = {
	taskLengths: [5, 120],
	virtualTasks: 11,
	liveTasks: 0,
	renderSeconds: 3,
	batches: [[1, 10]],
	farItems: [10],
	memory: { items: [1, 50], renderSeconds: 2, rounds: 1 },
	downloads: [{ megabytes: 10, mode: 'filesystem', effort: SELDOM }],
	weightRounds: 1,
	workers: false,
};
