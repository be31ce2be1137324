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

const UNPAID = ['failed', 'cancelled'];

/** @param foreign tasks that another customer of the account ordered */
export function outcomeOf(tries: VirtualRun[], foreign: ReadonlySet<string> = new Set()): Outcome {
	const { simulator, outcomes } = tries[tries.length - 1];
	const paid = [...simulator.tasks.values()]
		.filter(({ taskId }) => !foreign.has(taskId))
		.filter(({ status }) => !UNPAID.includes(status));
	const told = new Set(tries.flatMap(idsTold));
	const owned = outcomes.map(({ taskId }) => taskId).filter((taskId) => taskId !== undefined);
	const scenes = new Set(paid.map(({ input }) => sceneOf(input.prompt)));

	const owners = tries.flatMap(({ outcomes: items }) => items.map(({ taskId }) => taskId));
	const taken = [...foreign].filter((taskId) => owners.includes(taskId));

	const perScene = [...scenes].map((scene) => {
		const tasks = paid.filter(({ input }) => sceneOf(input.prompt) === scene);
		const items = outcomes.filter(({ request }) => sceneOf(promptOf(request)) === scene);
		const untold = tasks.filter(({ taskId }) => !told.has(taskId)).length;
		const unconfirmed = items.filter(isUnconfirmed).length;
		return {
			paidTwice: Math.max(0, tasks.length - items.length),
			lost: Math.max(0, untold - unconfirmed),
		};
	});
	const without = outcomes.filter(({ task, endedAt }) => !(endedAt && task?.videoUrl));
	return {
		paid: paid.length,
		paidTwice: sum(perScene.map(({ paidTwice }) => paidTwice)),
		lost: sum(perScene.map(({ lost }) => lost)),
		refused: without.length,
		taken: taken.length,
		shared: owned.length - new Set(owned).size,
	};
}

function isUnconfirmed({ error, attempt, taskId }: JobOutcome): boolean {
	return error?.code === 'creationUnconfirmed' || (attempt !== undefined && taskId === undefined);
}

/** What a prompt shows, without the time or the random number that it can end with. */
function sceneOf(prompt: unknown): string {
	return String(prompt).split(' at ')[0];
}

function promptOf({ source }: JobOutcome['request']): unknown {
	return source.type === 'create' ? source.body.input.prompt : undefined;
}

/** Every task id that a person gets to see. */
function idsTold({ outcomes, log, stopped }: VirtualRun): string[] {
	// The items of a stopped execution are seen by nobody: then only the log tells.
	const items = stopped ? [] : outcomes;
	const inItems = items.flatMap(({ taskId, error }) => [taskId, error?.details.taskId]);
	const inLog = log.join(' ').match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
	return [...inItems, ...inLog].filter((id) => id !== undefined);
}

function sum(numbers: number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
