import type { JobOutcome, VirtualRun } from './virtualRun';

/** What became of the money and of the items, after the last of several tries. */
export interface Outcome {
	/** Tasks that are charged, or will be. */
	paid: number;
	/** Paid tasks beyond one for each item that asks for that scene. */
	paidTwice: number;
	/** Paid tasks that neither an item, nor a message, nor the log accounts for. */
	lost: number;
	/** Items without a video. */
	refused: number;
	/** Tasks that more than one item has. */
	shared: number;
	/** Tasks of another customer that items took. */
	taken: number;
}

/** @param foreign tasks that another customer of the account ordered */
export function outcomeOf(tries: VirtualRun[], foreign: ReadonlySet<string> = new Set()): Outcome {
	const { simulator, outcomes, taskIds } = tries[tries.length - 1];
	const paid = [...simulator.tasks.values()].filter(
		({ taskId, status }) => !foreign.has(taskId) && status !== 'failed' && status !== 'cancelled',
	);
	const told = tries.map(textOfIds).join();
	const untold = paid.filter(({ taskId }) => !told.includes(taskId));
	const scenesOf = (tasks: typeof paid) => tasks.map(({ input }) => sceneOf(input.prompt));
	const owned = taskIds.filter((taskId) => taskId !== undefined);
	const owners = new Set(tries.flatMap((each) => each.taskIds));
	return {
		paid: paid.length,
		paidTwice: excess(scenesOf(paid), outcomes.map(sceneOfItem)),
		lost: excess(scenesOf(untold), outcomes.filter(isUnconfirmed).map(sceneOfItem)),
		refused: outcomes.filter(({ task, endedAt }) => !(endedAt && task?.videoUrl)).length,
		taken: [...foreign].filter((taskId) => owners.has(taskId)).length,
		shared: owned.length - new Set(owned).size,
	};
}

/** How many scenes have no counterpart among the others. */
function excess(scenes: string[], others: string[]): number {
	const left = [...others];
	return scenes.filter((scene) => {
		const place = left.indexOf(scene);
		if (place >= 0) left.splice(place, 1);
		return place < 0;
	}).length;
}

function isUnconfirmed({ error, attempt, taskId }: JobOutcome): boolean {
	return error?.code === 'creationUnconfirmed' || (attempt !== undefined && taskId === undefined);
}

/** What a prompt shows, without the time or the random number that it can end with. */
function sceneOf(prompt: unknown): string {
	return String(prompt).split(' at ')[0];
}

function sceneOfItem({ request: { source } }: JobOutcome): string {
	return sceneOf(source.type === 'create' ? source.body.input.prompt : undefined);
}

/** Where every task id stands that a person gets to see: the items of a stopped execution are seen by nobody. */
function textOfIds({ outcomes, log, stopped }: VirtualRun): string {
	const items = stopped ? [] : outcomes;
	return [...items.flatMap(({ taskId, error }) => [taskId, error?.details.taskId]), ...log].join();
}
