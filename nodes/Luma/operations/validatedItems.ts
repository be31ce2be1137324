import {
	NodeApiError,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { errorItem, inputIndexOf } from '../jobs/items';
import { numberOption } from './validation';

/** Reads and checks the parameters of one item; throws `NodeOperationError` when they cannot be used. */
export type Check<T> = (context: IExecuteFunctions, itemIndex: number) => T | Promise<T>;

/**
 * Checks every item before any work begins, so that an invalid field in item 20 costs nothing; has the
 * valid items worked on; and puts all results in the order of the input.
 *
 * @param check brings what an item requests, which can be several things
 * @param work brings output items, each paired with its input item
 * @throws NodeOperationError for the first invalid item, unless On Error is set to continue
 */
export async function withCheckedItems<T extends { itemIndex: number }>(
	context: IExecuteFunctions,
	check: Check<T[]>,
	work: (requests: T[]) => Promise<INodeExecutionData[]>,
): Promise<INodeExecutionData[]> {
	const requests: T[] = [];
	const invalid: INodeExecutionData[] = [];
	for (const itemIndex of context.getInputData().keys()) {
		const result = await checked(context, check, itemIndex);
		if (result instanceof NodeOperationError) invalid.push(errorItem(result, itemIndex));
		else requests.push(...result);
	}
	const results = requests.length > 0 ? await worked(context, requests, work) : [];
	return [...invalid, ...results].sort((one, other) => inputIndexOf(one) - inputIndexOf(other));
}

/**
 * Where On Error is set to continue nothing may be thrown: n8n would hand on the input items as if all
 * went well, even on the success output.
 */
async function worked<T extends { itemIndex: number }>(
	context: IExecuteFunctions,
	requests: T[],
	work: (requests: T[]) => Promise<INodeExecutionData[]>,
): Promise<INodeExecutionData[]> {
	if (!context.continueOnFail()) return await work(requests);
	try {
		return await work(requests);
	} catch (error) {
		return requests.map(({ itemIndex }) =>
			errorItem(nodeErrorFrom(context, error, itemIndex), itemIndex),
		);
	}
}

function nodeErrorFrom(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
): NodeOperationError | NodeApiError {
	if (error instanceof NodeOperationError || error instanceof NodeApiError) return error;
	return new NodeOperationError(context.getNode(), error as Error, { itemIndex });
}

async function checked<T>(
	context: IExecuteFunctions,
	check: Check<T>,
	itemIndex: number,
): Promise<T | NodeOperationError> {
	if (!context.continueOnFail()) return await check(context, itemIndex);
	try {
		return await check(context, itemIndex);
	} catch (error) {
		if (error instanceof NodeOperationError) return error;
		return new NodeOperationError(context.getNode(), error as Error, { itemIndex });
	}
}

/** The largest Max Concurrency; no plan of PiAPI comes near. */
export const MAX_CONCURRENCY = 100;

/** How many requests to PiAPI may be under way at once. */
export function maxConcurrency(context: IExecuteFunctions): number {
	return numberOption(context, 0, {
		label: 'Max Concurrency',
		value: context.getNodeParameter('options.maxConcurrency', 0, 10),
		min: 1,
		max: MAX_CONCURRENCY,
		remedy: `Enter a whole number from 1 to ${MAX_CONCURRENCY}, such as 10.`,
	});
}
