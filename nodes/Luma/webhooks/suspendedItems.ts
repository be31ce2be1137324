import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import { failedJson, inputIndexOf, timedOutJson } from '../jobs/items';
import type { Job } from '../jobs/job';
import { simplifiedOrRaw, taskOutput } from '../jobs/output';
import { outcomeOf } from '../jobs/taskOutcome';
import { PiapiError } from '../piapi/errors';
import { nodeErrorOf, type ItemPlace } from '../piapi/nodeError';
import type { Task } from '../piapi/task';

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

/** The JSON of an item that the execution keeps while it is suspended. */
export function storedJson(json: IDataObject, node: INode): IDataObject {
	const { error, whatToDo, ...known } = json;
	const isRouted = node.onError === 'continueErrorOutput' && typeof error === 'string';
	return isRouted ? errorJson(error, whatToDo as string | null, known, node) : json;
}

/** Marks an item whose task a webhook of PiAPI is to tell of. */
const AWAITED = { waitingFor: 'webhook' };

/** Stands for a task that is waited for: what the next node gets if its webhook does not arrive in time. */
export function timeoutPlaceholder(job: Job): INodeExecutionData {
	const whatToDo = 'PiAPI did not call n8n about this video in time. Get it with Task → Wait.';
	const json = { ...timedOutJson(job), ...AWAITED, whatToDo };
	return { json, pairedItem: { item: job.request.itemIndex } };
}

/** The task that an item of a suspended execution waits for; undefined when it waits for none. */
export function awaitedTask({ json }: INodeExecutionData): string | undefined {
	return json.waitingFor === AWAITED.waitingFor ? String(json.taskId) : undefined;
}

/** The items with the tasks that they waited for, in their order. */
export function resumedItems(
	stored: INodeExecutionData[],
	ends: ReadonlyMap<string, Task | PiapiError>,
	node: INode,
): INodeExecutionData[] {
	// An input item can have several videos.
	const itemCount = new Set(stored.map(inputIndexOf)).size;
	return stored.map((item) => {
		const end = ends.get(awaitedTask(item) ?? '');
		const itemIndex = inputIndexOf(item);
		const place = { item, itemIndex, itemCount, node };
		const json = end ? resumedJson(end, place) : item.json;
		const { binary } = item;
		return { json, ...(binary && { binary }), pairedItem: { item: itemIndex } };
	});
}

interface Place extends ItemPlace {
	item: INodeExecutionData;
	node: INode;
}

function resumedJson(end: Task | PiapiError, place: Place): IDataObject {
	const { item } = place;
	if (end instanceof PiapiError) {
		const taskId = String(item.json.taskId);
		const gone = new PiapiError(end.code, { ...end.details, taskId });
		return taskErrorJson(gone, { taskId }, place);
	}
	// PiAPI's own object stands in an item only where Simplify is off.
	const format = simplifiedOrRaw(item.json.task === undefined);
	const json = taskOutput(end, format, { waitSeconds: waitSecondsOf(end) });
	const outcome = outcomeOf(end);
	if (outcome.type === 'failed') return taskErrorJson(outcome.error, json, place);
	if (outcome.type === 'succeeded') return json;
	// The webhook has waited long enough for a link that is missing still.
	const missing = new PiapiError('withoutVideo', { taskId: end.taskId });
	return taskErrorJson(missing, json, place);
}

/** Both times are PiAPI's, so a wrong clock of n8n makes no difference. */
function waitSecondsOf({ createdAt, completedAt }: Task): number | null {
	const seconds = (Date.parse(completedAt ?? '') - Date.parse(createdAt ?? '')) / 1000;
	return Number.isFinite(seconds) ? Math.round(seconds * 10) / 10 : null;
}

function taskErrorJson(
	error: PiapiError,
	known: IDataObject,
	{ itemIndex, itemCount, node }: Omit<Place, 'item'>,
): IDataObject {
	const { message, description } = nodeErrorOf(node, error, { itemIndex, itemCount });
	return errorJson(message, description, known, node);
}
