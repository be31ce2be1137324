import type { UsualTime } from './usualTimes';

/**
 * How often a task is read, by its age: often at first (short jobs, and jobs turned down at once),
 * rarely while nothing can be expected, often again around two minutes, when Luma usually delivers
 * five seconds of video, and ever more patiently after that. 30 reads reach 120 s.
 */
const PACE: ReadonlyArray<{ fromSeconds: number; everySeconds: number }> = [
	{ fromSeconds: 900, everySeconds: 30 },
	{ fromSeconds: 300, everySeconds: 12 },
	{ fromSeconds: 150, everySeconds: 6 },
	{ fromSeconds: 82, everySeconds: 3.5 },
	{ fromSeconds: 10, everySeconds: 6 },
	{ fromSeconds: 1, everySeconds: 1.5 },
	{ fromSeconds: 0, everySeconds: 2.5 },
];

/** A task that is turned down at once is not left until its video would be due. */
const FIRST_READ_MS = 2_500;
const READS_BEFORE = 4;
const READS_WITHIN = 10;
const OVERDUE_PART = 60;
const SHORTEST_MS = 500;
const LONGEST_WITHIN_MS = 2_500;
const LONGEST_MS = 30_000;

/** What the next read of a task is planned by. */
export interface Age {
	/** Milliseconds since the task was made, or since Luma began with it where a usual time is known. */
	ageMs: number;
	/** The user's own interval in milliseconds; 0 = adaptive. */
	fixedMs: number;
	/** When videos of the kind usually come. */
	usual?: UsualTime;
	/** Whether Luma has not begun yet, so that all of its usual time is still to come. */
	isQueued?: boolean;
}

/** @returns milliseconds until the next read */
export function nextReadIn({ ageMs, fixedMs, usual, isQueued }: Age): number {
	if (fixedMs > 0) return fixedMs;
	if (usual && isQueued && ageMs >= FIRST_READ_MS) return untilBegun(usual);
	return usual ? nextReadAround(usual, ageMs) : paceAt(ageMs);
}

function paceAt(ageMs: number): number {
	const step = PACE.find(({ fromSeconds }) => ageMs >= fromSeconds * 1000);
	return (step ?? PACE[PACE.length - 1]).everySeconds * 1000;
}

/** A few reads before the video is due, many while it is, and fewer the longer it is overdue. */
function nextReadAround({ fromMs, toMs }: UsualTime, ageMs: number): number {
	if (ageMs < Math.min(FIRST_READ_MS, fromMs)) return Math.min(FIRST_READ_MS, fromMs) - ageMs;
	if (ageMs < fromMs) {
		return Math.max(SHORTEST_MS, Math.min(fromMs - ageMs, fromMs / READS_BEFORE));
	}
	if (ageMs <= toMs) {
		const everyMs = Math.min((toMs - fromMs) / READS_WITHIN, LONGEST_WITHIN_MS);
		return Math.max(SHORTEST_MS, everyMs);
	}
	const everyMs = Math.max((ageMs - toMs) / 3, fromMs / OVERDUE_PART, SHORTEST_MS);
	return Math.min(everyMs, paceAt(ageMs));
}

function untilBegun({ fromMs }: UsualTime): number {
	return Math.max(SHORTEST_MS, Math.min(fromMs / 2, LONGEST_MS));
}
