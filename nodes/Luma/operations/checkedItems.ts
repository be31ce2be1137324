import {
	NodeApiError,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { errorItem } from '../generation/deliver';
import { numberOption } from './checks';

/** Reads and checks the parameters of one item; throws `NodeOperationError` when they cannot be used. */
export type Check<T> = (context: IExecuteFunctions, itemIndex: number) => T | Promise<T>;

/**
 * Checks every item before any work begins, so that a mistake in item 20 costs nothing; has the good
 * items worked on; and puts all results in the order of the input.
 *
 * @param work brings the output items of each request it is given, in their order
 * @throws NodeOperationError for the first mistake, unless Continue On Fail is on
 */
export async function withCheckedItems<T extends { itemIndex: number }>(
	context: IExecuteFunctions,
	check: Check<T>,
	work: (requests: T[]) => Promise<INodeExecutionData[][]>,
): Promise<INodeExecutionData[]> {
	const entries: Array<T | NodeOperationError> = [];
	for (const itemIndex of context.getInputData().keys()) {
		entries.push(await checked(context, check, itemIndex));
	}
	const requests = entries.filter((entry): entry is T => !(entry instanceof NodeOperationError));
	const results = (requests.length > 0 ? await worked(context, requests, work) : []).values();
	return entries.flatMap((entry, itemIndex) =>
		entry instanceof NodeOperationError
			? [errorItem(entry, itemIndex)]
			: (results.next().value ?? []),
	);
}

/**
 * Under Continue On Fail nothing may be thrown: n8n would hand on the input items as if all went well,
 * even on the success output.
 */
async function worked<T extends { itemIndex: number }>(
	context: IExecuteFunctions,
	requests: T[],
	work: (requests: T[]) => Promise<INodeExecutionData[][]>,
): Promise<INodeExecutionData[][]> {
	if (!context.continueOnFail()) return await work(requests);
	try {
		return await work(requests);
	} catch (error) {
		return requests.map(({ itemIndex }) => [
			errorItem(nodeErrorFrom(context, error, itemIndex), itemIndex),
		]);
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
export const MOST_REQUESTS = 100;

/** How many requests to PiAPI may be under way at once. */
export function maxConcurrency(context: IExecuteFunctions): number {
	return numberOption(context, 0, {
		label: 'Max Concurrency',
		value: context.getNodeParameter('options.maxConcurrency', 0, 10),
		min: 1,
		max: MOST_REQUESTS,
		remedy: `Enter a whole number from 1 to ${MOST_REQUESTS}, such as 10.`,
	});
}
