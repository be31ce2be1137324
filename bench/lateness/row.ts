import type { LatenessRow } from '../results';
import type { TaskFacts } from '../service';
import { spreadOf } from '../spread';

/** A task, and when the next node had its video, in milliseconds since 1970. */
export interface Seen {
	task: TaskFacts;
	seenAt: number;
}

export function latenessRow(
	facts: Pick<LatenessRow, 'taskSeconds' | 'way' | 'clock'>,
	seen: Seen[],
): LatenessRow {
	return {
		...facts,
		lateness: spreadOf(seen.map(({ task, seenAt }) => (seenAt - task.endedAt) / 1000)),
		timesTask: spreadOf(
			seen.map(({ task, seenAt }) => (seenAt - task.createdAt) / (task.endedAt - task.createdAt)),
		),
		reads: spreadOf(seen.map(({ task }) => task.reads.length)),
	};
}

/**
 * Lengths around that one, spread evenly over the 15 s between two looks of the loop (else the moment of
 * a look would decide which way is the quick one), and in no order that could be learned.
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
