import { PiapiTrouble } from '../piapi/errors';
import type { Generation } from './generation';
import { windowOf, type Order } from './order';
import type { Run } from './run';
import { isLost, Search, type Lost } from './search';

// PiAPI's task list lags behind, so one look is not enough: often at first, then ever more patiently.
const PAUSES_MS = [0, 1, 1, 1, 2, 3, 5, 8, 12, 16, 20].map((seconds) => seconds * 1000);
/** A retry comes to a list that had all the time to catch up. */
const PAUSES_OF_A_RETRY = 5;
const LONGEST_MS = 100_000;

/**
 * Finds the tasks of creates whose answer got lost among the account's recent tasks, so that what was
 * paid is used and nothing is paid twice. What cannot be found may or may not have been made: its item
 * says so, and nothing is ordered again.
 */
export async function reconcile(generations: Generation[], run: Run): Promise<void> {
	const lost = generations.filter(isLost);
	if (lost.length === 0) return;

	const { clock } = run;
	const giveUpAt = clock.now() + LONGEST_MS;
	const search = new Search(run, giveUpAt);
	const isRetry = lost.every(({ order }) => order.clock === 'piapi');
	for (const pauseMs of PAUSES_MS.slice(0, isRetry ? PAUSES_OF_A_RETRY : undefined)) {
		await clock.sleepUnlessStopped(pauseMs);
		if (clock.stopped || clock.now() >= giveUpAt) break;
		await clock.unlessStopped(search.look(lost.filter(isLost)));
		if (!lost.some(isLost)) return;
	}
	if (clock.stopped) return;
	lost.filter(isLost).forEach((generation) => giveUp(generation, search, run));
	if (run.failFast) clock.end();
}

/** Writes down all that is known of the order: a later try looks again. */
function giveUp(generation: Lost, { windows }: Search, { ledger }: Run): void {
	const { order, request } = generation;
	generation.trouble = new PiapiTrouble('mayHaveBeenMade', {
		...generation.unanswered?.facts,
		taskId: order.taskId,
		remedy: remedyFor(order),
	});
	generation.order = windows.told(order);
	ledger.write(request, {
		order: generation.order,
		costUsd: ledger.find(request)?.costUsd ?? 0,
	});
}

function remedyFor(order: Order): string {
	if (order.taskId !== undefined) {
		return 'Its task could not be read. Pick it up with Task → Wait and its ID: nothing is paid twice. A retry with the same fields reads it again, but never orders a second time.';
	}
	return `If there is a task, it was made between ${windowOf(order)}. Look for it in the task list at app.piapi.ai: if it is there, pick it up with Task → Wait and its ID, and nothing is paid twice. If it is not, start the workflow anew, or change the prompt or the Seed of this item: a retry with the same fields looks again, but never orders a second time.`;
}
