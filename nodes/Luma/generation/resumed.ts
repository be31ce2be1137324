import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import { PiapiTrouble } from '../piapi/errors';
import { nodeErrorOf } from '../piapi/nodeError';
import type { Task } from '../piapi/task';
import { known } from './deliver';
import { observe, type Generation } from './generation';

/**
 * Items of a node that was suspended. n8n does not run it again, it only hands on what it is given: so an item in trouble cannot fail the node, and reaches an error output by its form alone.
 */
function errorJson(message: string, rest: IDataObject, node: INode): IDataObject {
	if (node.onError === 'continueErrorOutput') return { error: { message, ...rest } };
	if (node.onError === 'continueRegularOutput' || node.continueOnFail) {
		return { error: message, ...rest };
	}
	return { errorMessage: message, ...rest };
}

/** The JSON of an item that the execution keeps while it is suspended. */
export function storedJson(json: IDataObject, node: INode): IDataObject {
	const { error, ...rest } = json;
	const isRouted = node.onError === 'continueErrorOutput' && typeof error === 'string';
	return isRouted ? errorJson(error, rest, node) : json;
}

/** Marks an item whose task a webhook of PiAPI is to tell of. */
const AWAITED = { waitingFor: 'webhook' };

/** Stands for a task that is waited for: what the next node gets if its webhook does not come in time. */
export function timeoutPlaceholder(generation: Generation): INodeExecutionData {
	const { itemIndex } = generation.request;
	const whatToDo = 'PiAPI did not report this video in time. Pick it up with Task → Wait.';
	const json = { ...known({ ...generation, timedOut: true }), ...AWAITED, whatToDo };
	return { json, pairedItem: { item: itemIndex } };
}

/** The task that an item of a suspended execution waits for; undefined when it waits for none. */
export function awaitedTask({ json }: INodeExecutionData): string | undefined {
	return json.waitingFor === AWAITED.waitingFor ? String(json.taskId) : undefined;
}

/** The items with the tasks that they waited for, in their order. */
export function resumedItems(
	stored: INodeExecutionData[],
	ends: ReadonlyMap<string, Task | PiapiTrouble>,
	node: INode,
): INodeExecutionData[] {
	return stored.map((item, itemIndex) => {
		const end = ends.get(awaitedTask(item) ?? '');
		const json = end ? resumedJson(end, { item, itemIndex, node }) : item.json;
		const { binary } = item;
		return { json, ...(binary && { binary }), pairedItem: { item: itemIndex } };
	});
}

interface Place {
	item: INodeExecutionData;
	itemIndex: number;
	node: INode;
}

function resumedJson(end: Task | PiapiTrouble, { item, itemIndex, node }: Place): IDataObject {
	if (end instanceof PiapiTrouble) {
		const taskId = String(item.json.taskId);
		const gone = new PiapiTrouble(end.kind, { ...end.facts, taskId });
		return troubleJson(gone, { taskId }, { itemIndex, node });
	}
	const task = end;
	const generation: Generation = {
		// PiAPI's own object stands in an item only where Simplify is off.
		request: {
			itemIndex,
			source: { taskId: task.taskId },
			simplify: item.json.task === undefined,
		},
		// Both times are PiAPI's, so a clock of n8n that is wrong makes no difference.
		beganAt: Date.parse(task.createdAt ?? ''),
		// The webhook has waited long enough for an address that is missing still.
		videoMissingSince: -Infinity,
	};
	observe(generation, task, Date.parse(task.completedAt ?? ''));
	const json = known(generation);
	const { trouble } = generation;
	return trouble ? troubleJson(trouble, json, { itemIndex, node }) : json;
}

function troubleJson(
	trouble: PiapiTrouble,
	known: IDataObject,
	{ itemIndex, node }: Pick<Place, 'itemIndex' | 'node'>,
): IDataObject {
	const { message, description } = nodeErrorOf(node, trouble, itemIndex);
	return errorJson(message, { whatToDo: description ?? null, ...known }, node);
}
