import {
	NodeApiError,
	NodeOperationError,
	updateDisplayOptions,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';

import { errorItem, inputIndexOf } from '../jobs/items';
import { PiapiError } from '../piapi/errors';
import { nodeErrorOf } from '../piapi/nodeError';
import { systemClock } from '../runtime/clock';
import { Parameters } from './parameters';

/** One entry of the Operation list: its fields, and what it does with all input items. */
export interface Operation {
	fields: INodeProperties[];
	execute: (context: IExecuteFunctions) => Promise<INodeExecutionData[]>;
}

/** The fields of the operations of a resource, each shown for its own operation only. */
export function fieldsOf(
	resource: string,
	operations: Record<string, Operation>,
): INodeProperties[] {
	return Object.entries(operations).flatMap(([operation, { fields }]) =>
		updateDisplayOptions({ show: { resource: [resource], operation: [operation] } }, fields),
	);
}

/** Reads and checks the parameters of one item; throws `NodeOperationError` when they cannot be used. */
export type Check<T> = (parameters: Parameters) => T | Promise<T>;

/** Works on the requests of all valid items; brings output items, each paired with its input item. */
type Work<T> = (requests: T[]) => Promise<INodeExecutionData[]>;

/** So long the check of many items may keep n8n from anything else: somebody may want to stop it. */
const MAX_BUSY_MS = 20;

/**
 * Checks every item before any work begins, so that an invalid field in item 20 costs nothing; has the
 * valid items worked on; and puts all results in the order of the input.
 *
 * @param check brings what an item requests, which can be several things
 * @throws NodeOperationError for the first invalid item, unless On Error is set to continue
 */
export async function withCheckedItems<T extends { itemIndex: number }>(
	context: IExecuteFunctions,
	check: Check<T[]>,
	work: Work<T>,
): Promise<INodeExecutionData[]> {
	const requests: T[] = [];
	const invalid: INodeExecutionData[] = [];
	let idleAt = systemClock.now();
	for (const itemIndex of context.getInputData().keys()) {
		if (systemClock.now() - idleAt > MAX_BUSY_MS) {
			await systemClock.sleep(0);
			idleAt = systemClock.now();
		}
		if (context.getExecutionCancelSignal?.()?.aborted) return [];
		const result = await checked(context, check, itemIndex);
		if (Array.isArray(result)) requests.push(...result);
		else invalid.push(errorItem(result, itemIndex));
	}
	const results = requests.length > 0 ? await worked(context, requests, work) : [];
	return [...invalid, ...results].sort((one, other) => inputIndexOf(one) - inputIndexOf(other));
}

async function checked<T>(
	context: IExecuteFunctions,
	check: Check<T[]>,
	itemIndex: number,
): Promise<T[] | NodeError> {
	const parameters = new Parameters(context, itemIndex);
	if (!context.continueOnFail()) return await check(parameters);
	try {
		return await check(parameters);
	} catch (error) {
		return asNodeError(context, error, itemIndex);
	}
}

/**
 * Where On Error is set to continue nothing may be thrown: n8n would hand on the input items as if all
 * went well, even on the success output.
 */
async function worked<T extends { itemIndex: number }>(
	context: IExecuteFunctions,
	requests: T[],
	work: Work<T>,
): Promise<INodeExecutionData[]> {
	if (!context.continueOnFail()) return await work(requests);
	try {
		return await work(requests);
	} catch (error) {
		return requests.map(({ itemIndex }) =>
			errorItem(asNodeError(context, error, itemIndex), itemIndex),
		);
	}
}

type NodeError = NodeOperationError | NodeApiError;

/** Whatever was thrown, as an error that n8n shows at its item. */
export function asNodeError(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
): NodeError {
	if (error instanceof NodeOperationError || error instanceof NodeApiError) return error;
	const place = { itemIndex, itemCount: context.getInputData().length };
	if (error instanceof PiapiError) return nodeErrorOf(context.getNode(), error, { place });
	return new NodeOperationError(context.getNode(), error as Error, { itemIndex });
}
