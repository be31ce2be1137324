import { isPassing, orTrouble, PiapiTrouble } from '../piapi/errors';
import type { RunClock } from './clock';

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Does work that costs nothing again while what stands in its way can pass. Not for creating tasks.
 *
 * @throws PiapiTrouble what the last attempt met
 */
export async function persist<T>(clock: RunClock, work: () => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		const outcome = await orTrouble(work());
		if (!(outcome instanceof PiapiTrouble)) return outcome;
		if (!isPassing(outcome) || attempt === ATTEMPTS || clock.ended) throw outcome;
		const pauseMs = outcome.facts.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
		await clock.sleep(Math.min(pauseMs, LONGEST_PAUSE_MS));
	}
}
