import type { QueueResults } from '../scripts/queue/results';
import type { Spread } from './spread';

/** How an execution gets to its video. */
export type Way =
	| 'poll'
	/** The node in a process that has seen such videos before. */
	| 'pollAgain'
	| 'callback'
	/** HTTP Request, Wait 15 s, HTTP Request, If. */
	| 'loop'
	/** A read every 3 s, one item after the other. */
	| 'plain';

export interface LatenessRow {
	/** The tasks take about that long. */
	taskSeconds: number;
	way: Way;
	/** `n8n` is a real one in real time; `virtual` is the same code on a clock that jumps. */
	clock: 'n8n' | 'virtual';
	/** Seconds from the end of the task at the service until the next node has the video. */
	lateness: Spread;
	/** Until the next node has it, in times of the task's own time. */
	timesTask: Spread;
	reads: Spread;
}

export interface ScaleRow {
	items: number;
	/** `answers` is how long each answer of the service takes, in seconds. */
	way: 'poll' | 'plain';
	clock: 'engine' | 'virtual';
	answers: number;
	taskSeconds: number;
	/** From the first create to the output, in times of one task. */
	timesTask: Spread;
	readsPerTask: Spread;
	/** From the first create to the last one, in times of one task. */
	creating: Spread;
	/** The most reads that came within one second. */
	mostReadsPerSecond: number;
}

/** Bytes of one run, each after a garbage collection and beyond what was there before the run. */
export interface MemoryRow {
	items: number;
	/** What n8n is handed: the items with the videos' addresses. */
	output: Spread;
	/** The most during the run, beyond the output. */
	beyond: Spread;
	/** What is left when the output is gone. */
	kept: Spread;
}

export type BinaryMode = 'default' | 'filesystem';

export interface DownloadRow {
	megabytes: number;
	mode: BinaryMode;
	/** Throughput in times of a plain fetch to disk. */
	timesPlain: Spread;
	megabytesPerSecond: Spread;
	/** Resident memory beyond that before the download, in MB. */
	memory: Spread;
	plainMemory: Spread;
}

export interface Weight {
	/** Milliseconds until n8n has loaded the package. */
	load: Spread;
	/** The same in times of n8n's own HTTP Request node. */
	timesHttpRequest?: Spread;
	tarballBytes: number;
	files: number;
}

export interface Measured {
	lateness: LatenessRow[];
	scale: ScaleRow[];
	memory: MemoryRow[];
	/** Absent where Redis or PostgreSQL is. */
	workers?: QueueResults;
	downloads: DownloadRow[];
	weight?: Weight;
}

export interface Setting {
	/** ISO 8601. */
	date: string;
	package: string;
	node: string;
	n8n?: string;
	machine: string;
}

export interface Results extends Measured {
	setting: Setting;
	goals: GoalResult[];
}

export interface GoalResult {
	goal: string;
	limit: string;
	measured: string;
	holds: boolean;
	/** By how much it is missed, and why. */
	missed?: string;
}
