import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import { PiapiTrouble } from '../piapi/errors';
import { nodeErrorOf } from '../piapi/nodeError';
import type { Task } from '../piapi/task';
import { known } from './deliver';
import { observe, type Generation } from './generation';

/**
 * Items of a node that slept. n8n does not run such a node again, it only hands on what it is given:
 * so an item in trouble cannot fail the node, and reaches an error output by its form alone.
 */
function errorJson(message: string, rest: IDataObject, node: INode): IDataObject {
	if (node.onError === 'continueErrorOutput') return { error: { message, ...rest } };
	if (node.onError === 'continueRegularOutput' || node.continueOnFail) {
		return { error: message, ...rest };
	}
	return { errorMessage: message, ...rest };
}

/** The JSON of an item that the execution keeps while it sleeps. */
export function storedJson(json: IDataObject, node: INode): IDataObject {
	const { error, ...rest } = json;
	return typeof error === 'string' ? errorJson(error, rest, node) : json;
}

// Executions that sleep hold these words: those that sleep while they are changed wake at their time limit.
const WHAT_TO_DO = 'PiAPI did not report this video in time. Pick it up with Task → Wait.';

/** The item of a task that is waited for: what the next node gets if nothing is reported in time. */
export function asleepItem(generation: Generation): INodeExecutionData {
	const { itemIndex } = generation.request;
	const json = { ...known({ ...generation, timedOut: true }), whatToDo: WHAT_TO_DO };
	return { json, pairedItem: { item: itemIndex } };
}

/** The task that an item of a sleeping execution waits for; undefined when it waits for none. */
export function awaitedTask({ json }: INodeExecutionData): string | undefined {
	const isAwaited = json.status === 'timeout' && json.whatToDo === WHAT_TO_DO;
	return isAwaited ? String(json.taskId) : undefined;
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
		return { json, pairedItem: { item: itemIndex } };
	});
}

interface Place {
	item: INodeExecutionData;
	itemIndex: number;
	node: INode;
}

function resumedJson(end: Task | PiapiTrouble, { item, itemIndex, node }: Place): IDataObject {
	if (end instanceof PiapiTrouble) {
		return troubleJson(end, { taskId: item.json.taskId }, { itemIndex, node });
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
		// Whoever woke the execution has waited long enough for an address that is missing still.
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
