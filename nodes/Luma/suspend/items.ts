import type { IDataObject, INode, INodeExecutionData, IPairedItemData } from 'n8n-workflow';

import { failedJson, inputIndexOf, timedOutJson } from '../jobs/items';
import { outcomeOf, type Job } from '../jobs/job';
import { simplifiedOrRaw, taskOutput } from '../jobs/output';
import type { PiapiError } from '../piapi/errors';
import { recordOf } from '../piapi/json';
import { nodeErrorOf, type ItemPlace } from '../piapi/nodeError';
import type { Task } from '../piapi/task';
import { isTask, type TaskOrGone } from './webhook';

/** The JSON of an item that the execution keeps while it is suspended. */
export function storedJson(json: IDataObject, node: INode): IDataObject {
	const { error, whatToDo, ...known } = json;
	const isRouted = node.onError === 'continueErrorOutput' && typeof error === 'string';
	return isRouted ? errorJson(error, whatToDo as string | null, known, node) : json;
}

/**
 * Items of a node that was suspended. n8n does not run it again, it only hands on what it is given: so a
 * failed item cannot fail the node, and reaches an error output by its form alone.
 */
function errorJson(
	message: string,
	whatToDo: string | null | undefined,
	known: IDataObject,
	node: INode,
): IDataObject {
	if (node.onError === 'continueErrorOutput') {
		return { error: failedJson({ message }, whatToDo, known) };
	}
	const goesOn = node.onError === 'continueRegularOutput' || node.continueOnFail;
	return failedJson(goesOn ? { error: message } : { errorMessage: message }, whatToDo, known);
}

/** What an item shows whose task a webhook of PiAPI is to tell of. */
const WAITING_FOR = 'webhook';

/**
 * The mark of such an item. No input can bring it: n8n writes the pairing of every item that goes into a
 * node itself, with a new object (read in n8n-core, 1.123 to 2.41).
 */
interface AwaitedPairing extends IPairedItemData {
	isAwaited: true;
}

/** Stands for a task that is waited for: what the next node gets if its webhook does not arrive in time. */
export function timeoutPlaceholder(job: Job): INodeExecutionData {
	const whatToDo = 'PiAPI did not call n8n about this video in time. Get it with Task → Wait.';
	const pairedItem: AwaitedPairing = { item: job.request.itemIndex, isAwaited: true };
	return { json: { ...timedOutJson(job), waitingFor: WAITING_FOR, whatToDo }, pairedItem };
}

/** What whoever has called the workflow reads, a model among them, which would ask for the video once more. */
const BEING_MADE =
	'The video is being made and is paid for: do not create it again. The workflow goes on by itself when it is finished.';

/**
 * What the workflow's caller gets of an item while the run is suspended. n8n would take one with an `error` for
 * a failed try, and run the node again on what it keeps.
 */
export function waitingItem(stored: INodeExecutionData): INodeExecutionData {
	const { error, ...known } = stored.json;
	const isAwaited = awaitedTask(stored) !== undefined;
	return {
		json: {
			...known,
			...(isAwaited && { status: 'waiting', waitingFor: undefined, whatToDo: BEING_MADE }),
			...(error !== undefined && { errorMessage: error }),
		},
		...(stored.binary && { binary: stored.binary }),
		pairedItem: { item: inputIndexOf(stored) },
	};
}

/** The task that an item of a suspended execution waits for; undefined when it waits for none. */
export function awaitedTask({ json, pairedItem }: INodeExecutionData): string | undefined {
	const isAwaited = recordOf(pairedItem).isAwaited === true && json.waitingFor === WAITING_FOR;
	return isAwaited ? String(json.taskId) : undefined;
}

/** The items with the tasks that they waited for, in their order. */
export function resumedItems(
	stored: INodeExecutionData[],
	ends: ReadonlyMap<string, TaskOrGone>,
	node: INode,
): INodeExecutionData[] {
	// An input item can have several videos.
	const itemCount = new Set(stored.map(inputIndexOf)).size;
	return stored.map((item) => {
		const end = ends.get(awaitedTask(item) ?? '');
		const itemIndex = inputIndexOf(item);
		const { binary } = item;
		return {
			json: end ? resumedJson(item, end, { itemIndex, itemCount }, node) : item.json,
			...(binary && { binary }),
			pairedItem: { item: itemIndex },
		};
	});
}

function resumedJson(
	{ json }: INodeExecutionData,
	end: TaskOrGone,
	place: ItemPlace,
	node: INode,
): IDataObject {
	const taskId = String(json.taskId);
	// PiAPI's own object stands in an item only where Simplify is off.
	const format = simplifiedOrRaw(json.task === undefined);
	const known = isTask(end)
		? taskOutput(end, format, { waitSeconds: waitSecondsOf(end) })
		: { taskId };
	const error = isTask(end) ? failureOf(end) : end;
	if (!error) return known;
	const { message, description } = nodeErrorOf(node, error.about(taskId), { place });
	return errorJson(message, description, known, node);
}

function failureOf(end: Task): PiapiError | undefined {
	const outcome = outcomeOf(end);
	return outcome.type === 'failed' ? outcome.error : undefined;
}

/** Both times are PiAPI's, so a wrong clock of n8n makes no difference. */
function waitSecondsOf({ createdAt, completedAt }: Task): number | null {
	if (createdAt === null || completedAt === null) return null;
	return Math.round((completedAt - createdAt) / 100) / 10;
}
