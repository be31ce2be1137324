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

/**
 * @param ageMs milliseconds since the task was made
 * @param fixedMs the user's own interval in milliseconds; 0 = adaptive
 * @returns milliseconds until the next read
 */
export function nextReadIn(ageMs: number, fixedMs: number): number {
	if (fixedMs > 0) return fixedMs;
	const step = PACE.find(({ fromSeconds }) => ageMs >= fromSeconds * 1000);
	return (step ?? PACE[PACE.length - 1]).everySeconds * 1000;
}
