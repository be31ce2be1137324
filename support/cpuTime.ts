/* eslint-disable @n8n/community-nodes/no-restricted-globals */

/** The first tries are not compiled yet. */
const TRIES = 5;

/**
 * Milliseconds of what this process alone has worked, however busy the machine is: the least of some tries, or
 * the first that is below what is enough.
 */
export async function cpuMsOf(work: () => unknown, enoughMs: number): Promise<number> {
	let least = Infinity;
	for (let attempt = 0; attempt < TRIES && least >= enoughMs; attempt++) {
		const begun = process.cpuUsage();
		await work();
		const { user, system } = process.cpuUsage(begun);
		least = Math.min(least, (user + system) / 1000);
	}
	return least;
}
