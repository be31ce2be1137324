import { isPassing, orTrouble, PiapiTrouble } from '../piapi/errors';
import { observe, type Generation } from './generation';
import type { Run } from './run';

/**
 * Finds what an earlier try of this execution ordered (Retry On Fail, or a person's retry), so that
 * only what is missing is made.
 */
export async function pickUp(generations: Generation[], run: Run): Promise<void> {
	run.ledger.taskIds.forEach((taskId) => run.claims.add(taskId));
	await Promise.all(generations.map(async (generation) => await pickUpOne(generation, run)));
}

async function pickUpOne(generation: Generation, run: Run): Promise<void> {
	const { request } = generation;
	const entry = 'create' in request.source ? run.ledger.find(request) : undefined;
	if (!entry) return;
	generation.pickedUp = true;
	if ('order' in entry) {
		generation.order = entry.order;
		return;
	}
	generation.taskId = entry.taskId;
	if (!request.wait) await readOnce(generation, entry.taskId, run);
}

/** Where nobody waits, one read tells what became of the task. */
async function readOnce(generation: Generation, taskId: string, run: Run): Promise<void> {
	const { client, clock, gate } = run;
	const seen = await gate.pass(async () => await orTrouble(client.readTask(taskId)));
	if (!(seen instanceof PiapiTrouble)) observe(generation, seen, clock.now());
	else if (!isPassing(seen))
		generation.trouble = new PiapiTrouble(seen.kind, { ...seen.facts, taskId });
}
