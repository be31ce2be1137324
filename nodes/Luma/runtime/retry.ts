import { isRetryable, catchPiapiError, PiapiError } from '../piapi/errors';
import type { RunClock } from './clock';

const MAX_ATTEMPTS = 3;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 60_000;

/**
 * Repeats work that costs nothing, with exponential backoff, while its error is retryable. Not for
 * creating tasks.
 *
 * @throws PiapiError the error of the last attempt
 */
export async function retry<T>(clock: RunClock, work: () => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		const outcome = await catchPiapiError(work());
		if (!(outcome instanceof PiapiError)) return outcome;
		if (!isRetryable(outcome) || attempt === MAX_ATTEMPTS || clock.aborted) throw outcome;
		const backoffMs = outcome.details.retryAfterMs ?? FIRST_BACKOFF_MS * 2 ** (attempt - 1);
		await clock.sleep(Math.min(backoffMs, MAX_BACKOFF_MS));
	}
}
