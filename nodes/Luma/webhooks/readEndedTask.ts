import type { Clock } from '../runtime/clock';
import type { PiapiClient } from '../piapi/client';
import { isRetryable, catchPiapiError, PiapiError } from '../piapi/errors';
import { hasEnded, isFinal, type Task } from '../piapi/task';

/** A webhook can be there before PiAPI's own record of the end is, and PiAPI waits for the answer. */
const BACKOFFS_MS = [0, 200, 400, 800, 1600];
const TIMEOUT_MS = 8_000;

/**
 * Reads a task that is said to have ended: what counts is PiAPI's record, not the webhook.
 *
 * @returns the error when PiAPI does not know the task; undefined when its record does not show the
 * end within some seconds
 * @throws PiapiError when PiAPI refuses the key
 */
export async function readEndedTask(
	client: PiapiClient,
	taskId: string,
	clock: Clock,
): Promise<Task | PiapiError | undefined> {
	let seen: Task | PiapiError | undefined;
	const giveUpAt = clock.now() + TIMEOUT_MS;
	for (const pauseMs of BACKOFFS_MS) {
		if (pauseMs > 0) await clock.sleep(pauseMs);
		if (clock.now() >= giveUpAt) break;
		seen = await catchPiapiError(client.readTask(taskId, giveUpAt - clock.now()));
		if (!(seen instanceof PiapiError)) {
			if (hasEnded(seen)) return seen;
		} else if (seen.code !== 'unknownTask' && !isRetryable(seen)) {
			throw seen;
		}
	}
	const isUnknown = seen instanceof PiapiError && seen.code === 'unknownTask';
	const isWithoutVideo = seen && !(seen instanceof PiapiError) && isFinal(seen);
	return isUnknown || isWithoutVideo ? seen : undefined;
}
