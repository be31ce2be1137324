/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a test waits for what must come. It only shows after a defect, so it can be long. */
const TIMEOUT_MS = 300_000;

const POLL_INTERVAL_MS = 20;

/** Looks again and again until the condition holds. */
export async function until(
	what: string,
	holds: () => boolean | Promise<boolean>,
	timeoutMs = TIMEOUT_MS,
	intervalMs = POLL_INTERVAL_MS,
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!(await holds())) {
		if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs / 1000} s: ${what}`);
		await sleep(intervalMs);
	}
}
