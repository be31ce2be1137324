import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

import { nodeErrorOf } from '../piapi/nodeError';
import { numberOf } from '../piapi/json';
import { readTask } from '../piapi/task';
import type { Generation } from './generation';
import { taskOutput } from './output';

/** The item that a generation becomes. An item in trouble carries what is known of its task. */
export function deliver(context: IExecuteFunctions, generation: Generation): INodeExecutionData {
	const { request, trouble } = generation;
	if (trouble) {
		return errorItem(
			nodeErrorOf(context.getNode(), trouble, request.itemIndex),
			request.itemIndex,
			known(generation),
		);
	}
	return {
		json: known(generation),
		...(generation.binary && { binary: generation.binary }),
		pairedItem: { item: request.itemIndex },
	};
}

/** What is known of the item's task, as the JSON of an output item. */
export function known(generation: Generation): IDataObject {
	const { taskId, request, beganAt, endedAt, timedOut } = generation;
	// A task that could never be read still has the shape of an output.
	const task = generation.task ?? (timedOut ? readTask({ task_id: taskId }) : undefined);
	if (!task) return taskId === undefined ? {} : { taskId };
	const waitSeconds = numberOf(Math.round((Number(endedAt) - beganAt) / 100) / 10);
	return taskOutput(task, request.simplify, { waitSeconds, timedOut });
}

/** The item under Continue On Fail: the message, what to do, and what is known of the task. */
export function errorItem(
	error: NodeApiError | NodeOperationError,
	itemIndex: number,
	known: IDataObject = {},
): INodeExecutionData {
	const item: INodeExecutionData = {
		json: { error: error.message, whatToDo: error.description ?? null, ...known },
		pairedItem: { item: itemIndex },
	};
	// n8n picks the items for an error output by their `error`, and it would replace the JSON of an
	// item that still has one afterwards by the bare message. Not enumerable, it stays behind when
	// n8n copies the item to the error output, and the JSON arrives whole.
	if (error.node.onError === 'continueErrorOutput') {
		Object.defineProperty(item, 'error', { value: error, enumerable: false });
	}
	return item;
}
