import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

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

/** The task that an item of a sleeping execution waits for; undefined when it waits for none. */
export function awaitedTask({ json }: INodeExecutionData): string | undefined {
	return json.status === 'timeout' && typeof json.taskId === 'string' ? json.taskId : undefined;
}

/** The items with the tasks that they waited for, in their order. */
export function resumedItems(
	stored: INodeExecutionData[],
	tasks: ReadonlyMap<string, Task>,
	node: INode,
): INodeExecutionData[] {
	return stored.map((item, itemIndex) => {
		const task = tasks.get(awaitedTask(item) ?? '');
		const json = task ? resumedJson(task, itemIndex, isSimple(item), node) : item.json;
		return { json, pairedItem: { item: itemIndex } };
	});
}

/** PiAPI's own object stands in an item only where Simplify is off. */
function isSimple({ json }: INodeExecutionData): boolean {
	return json.task === undefined;
}

function resumedJson(task: Task, itemIndex: number, simplify: boolean, node: INode): IDataObject {
	const generation: Generation = {
		request: { itemIndex, source: { taskId: task.taskId }, simplify },
		// Both times are PiAPI's, so a clock of n8n that is wrong makes no difference.
		beganAt: Date.parse(task.createdAt ?? ''),
		// Whoever woke the execution has waited long enough for an address that is missing still.
		videoMissingSince: -Infinity,
	};
	observe(generation, task, Date.parse(task.completedAt ?? ''));
	const json = known(generation);
	const { trouble } = generation;
	if (!trouble) return json;
	const { message, description } = nodeErrorOf(node, trouble, itemIndex);
	return errorJson(message, { whatToDo: description ?? null, ...json }, node);
}
