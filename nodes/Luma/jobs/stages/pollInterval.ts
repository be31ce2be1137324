/**
 * How often a task is looked at, by its age: often while most videos come, which is up to about two
 * minutes, and less and less after that. 34 looks reach 120 s.
 */
const INTERVALS: ReadonlyArray<{ fromSeconds: number; everySeconds: number }> = [
	{ fromSeconds: 900, everySeconds: 30 },
	{ fromSeconds: 330, everySeconds: 12 },
	{ fromSeconds: 140, everySeconds: 6 },
	{ fromSeconds: 115, everySeconds: 3 },
	{ fromSeconds: 70, everySeconds: 3.85 },
	{ fromSeconds: 0, everySeconds: 3.48 },
];

/** Keeps runs that began together from asking at the same moments. */
const JITTER = 0.03;

/**
 * @param ageMs milliseconds since the task was created, or since the wait for it began
 * @returns milliseconds until the next look
 */
export function pollIntervalAt(ageMs: number): number {
	const interval = INTERVALS.find(({ fromSeconds }) => ageMs >= fromSeconds * 1000);
	const { everySeconds } = interval ?? INTERVALS[INTERVALS.length - 1];
	return everySeconds * 1000 * (1 - JITTER * Math.random());
}
