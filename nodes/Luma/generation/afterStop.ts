import { orTrouble, PiapiTrouble, provesNothingWasMade } from '../piapi/errors';
import { isFinal } from '../piapi/task';
import type { Generation } from './generation';
import { windowOf } from './order';
import type { PendingCreate, Run } from './run';

/** How long the node's return may be held up. What takes longer goes on by itself. */
const GRACE_MS = 700;
const REQUEST_MS = 5_000;

/** What became of an item's task after the stop. */
interface Fate {
	kind: 'cancelled' | 'goesOn' | 'completed' | 'unconfirmed';
	/** The task's id, or when it may have been made. */
	told: string;
}

/**
 * After a stop: cancels the tasks of this execution that have not started, so that they cost nothing,
 * and tells which ones go on. A create that was on its way is seen through, and its task treated the same.
 *
 * @param tell takes one line about what became of the tasks
 */
export async function afterStop(
	generations: Generation[],
	run: Run,
	{ cancelOnStop, tell }: { cancelOnStop: boolean; tell: (line: string) => void },
): Promise<void> {
	if (!run.clock.stopped) return;
	const pending = new Set(run.leftOver.map(({ generation }) => generation));
	const mine = generations.filter(
		(generation) => 'create' in generation.request.source && !pending.has(generation),
	);
	const work = Promise.all([
		...mine.map(async (generation) => await leave(generation, run, cancelOnStop)),
		...run.leftOver.map(async (create) => {
			await seeThrough(create, run);
			return await leave(create.generation, run, cancelOnStop);
		}),
	]).then((fates) => {
		const line = lineAbout(fates.filter((fate) => fate !== undefined));
		if (line) tell(line);
	});
	await run.clock.atMost(GRACE_MS, work);
}

async function seeThrough({ generation, answer }: PendingCreate, run: Run): Promise<void> {
	const made = await answer;
	const { request } = generation;
	if (made instanceof PiapiTrouble) {
		const entry = provesNothingWasMade(made) ? undefined : run.ledger.find(request);
		if (!entry) run.ledger.strike(request);
		else if ('order' in entry) generation.order = { ...entry.order, taskId: made.facts.taskId };
		return;
	}
	generation.task = made;
	generation.taskId = made.taskId;
	run.ledger.write(request, { taskId: made.taskId, costUsd: made.costUsd ?? 0 });
}

async function leave(
	{ request, order, task, taskId = order?.taskId }: Generation,
	run: Run,
	cancelOnStop: boolean,
): Promise<Fate | undefined> {
	if (taskId === undefined) return order && { kind: 'unconfirmed', told: windowOf(order) };
	if (task && isFinal(task)) {
		return task.status === 'completed' ? { kind: 'completed', told: taskId } : undefined;
	}
	if (!cancelOnStop || task?.status === 'processing') return { kind: 'goesOn', told: taskId };

	const answer = await orTrouble(run.client.cancelTask(taskId, REQUEST_MS));
	if (answer instanceof PiapiTrouble) return { kind: 'goesOn', told: taskId };
	run.ledger.strike(request);
	return { kind: 'cancelled', told: taskId };
}

const SENTENCES: Array<[Fate['kind'], string]> = [
	['cancelled', 'Cancelled at PiAPI before they started'],
	['goesOn', 'Go on at PiAPI'],
	['completed', 'Completed before the stop'],
	['unconfirmed', 'May have been made, one between each of these times'],
];

function lineAbout(fates: Fate[]): string | undefined {
	if (fates.length === 0) return undefined;
	const sentences = SENTENCES.map(([kind, sentence]) => {
		const told = fates.filter((fate) => fate.kind === kind).map((fate) => fate.told);
		return told.length > 0 && ` ${sentence}: ${told.join('; ')}.`;
	});
	return `The execution was stopped.${sentences.filter(Boolean).join('')}`;
}
