import { textOf } from '../piapi/json';
import type { Task } from '../piapi/task';

/** Between which ages a video is to be expected; milliseconds since Luma began with it. */
export interface UsualTime {
	fromMs: number;
	toMs: number;
}

const MOST_KINDS = 50;
const LATEST = 12;
const ENOUGH = 3;
/** From so many on, the quickest and the slowest are left out. */
const ENOUGH_TO_TRIM = 5;
const SPARE = 0.03;

/** What this process has seen of how long Luma takes, for each kind of video. */
export class UsualTimes {
	private readonly times = new Map<string, number[]>();

	private readonly listeners = new Set<() => void>();

	/** Takes in how long a finished video took. */
	learn(task: Task): void {
		const { status, startedAt, completedAt } = task;
		const tookMs = Date.parse(completedAt ?? '') - Date.parse(startedAt ?? '');
		if (status !== 'completed' || !(tookMs > 0)) return;

		const kind = kindOf(task);
		const earlier = this.times.get(kind) ?? [];
		this.times.delete(kind);
		this.times.set(kind, [...earlier, tookMs].slice(-LATEST));
		const [longestAgo] = this.times.keys();
		if (this.times.size > MOST_KINDS) this.times.delete(longestAgo);
		if (earlier.length + 1 === ENOUGH) [...this.listeners].forEach((listener) => listener());
	}

	/**
	 * Calls back whenever the usual time of some kind becomes known.
	 *
	 * @returns what ends it
	 */
	listen(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** @returns undefined while too few videos of the kind have been seen */
	of(task: Task): UsualTime | undefined {
		const times = this.times.get(kindOf(task)) ?? [];
		if (times.length < ENOUGH) return undefined;
		const sorted = [...times].sort((one, other) => one - other);
		const usual = sorted.length < ENOUGH_TO_TRIM ? sorted : sorted.slice(1, -1);
		return { fromMs: usual[0] * (1 - SPARE), toMs: usual[usual.length - 1] * (1 + SPARE) };
	}
}

function kindOf({ raw, model, duration }: Task): string {
	return [textOf(raw.task_type), model, duration].join();
}
