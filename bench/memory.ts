/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { setTimeout as sleep } from 'node:timers/promises';

import { collectGarbage } from '../support/garbage';

/** Bytes of the heap and of buffers in use. */
function bytesUsed(): number {
	collectGarbage();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/** The same, once what the last steps of a large run hold is released. */
export async function bytesLeft(): Promise<number> {
	bytesUsed();
	await sleep(1000);
	return bytesUsed();
}

/**
 * The most bytes in use during the work, beyond those before it. Never beside a measurement of time: each
 * sample collects garbage first.
 */
export async function peakBytesOf<T>(
	work: () => Promise<T>,
	everyMs: number,
): Promise<[result: T, bytes: number]> {
	const before = await bytesLeft();
	let peak = before;
	const sample = () => (peak = Math.max(peak, bytesUsed()));
	const timer = setInterval(sample, everyMs);
	try {
		const result = await work();
		sample();
		return [result, peak - before];
	} finally {
		clearInterval(timer);
	}
}
