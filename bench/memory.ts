/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A run in virtual time leaves little behind. */
const SETTLE_MS = 100;

/** Bytes of the heap and of buffers in use. */
export function bytesUsed(): number {
	collectGarbage();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/** The same, once what the last steps of a run hold is released, which takes a large run a second. */
export async function bytesLeft(settleMs: number): Promise<number> {
	bytesUsed();
	await sleep(settleMs);
	return bytesUsed();
}

/**
 * The most bytes in use during the work, beyond those before it.
 *
 * @param everyMs between two samples; each collects garbage, so that many of them slow the work down
 */
export async function peakBytesOf<T>(
	work: () => Promise<T>,
	everyMs: number,
): Promise<[result: T, bytes: number]> {
	const before = await bytesLeft(SETTLE_MS);
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
