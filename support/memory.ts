/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Frees all memory that nothing holds any more. */
export const collectGarbage = runInNewContext('gc') as () => void;

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
	const working = work();
	const isDone = working.then(
		() => true,
		() => true,
	);
	const pause = async (ms: number) => await sleep(ms).then(() => false);
	let peak = before;
	// A sample takes long where much is held: most of the time is for the work.
	for (let ms = 0; !(await Promise.race([isDone, pause(everyMs + 4 * ms)])); ) {
		const begun = performance.now();
		peak = Math.max(peak, bytesUsed());
		ms = performance.now() - begun;
	}
	return [await working, Math.max(peak, bytesUsed()) - before];
}
