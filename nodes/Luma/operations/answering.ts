import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { errorItem } from '../generation/deliver';
import { Gate } from '../generation/gate';
import type { PiapiClient } from '../piapi/client';
import { connect } from '../piapi/connect';
import { orTrouble, PiapiTrouble } from '../piapi/errors';
import { nodeErrorOf } from '../piapi/nodeError';
import { maxConcurrency, withCheckedItems } from './checkedItems';
import type { Operation } from './operation';

/** Asks PiAPI and brings the JSON of the item's output items. */
export type Question = (client: PiapiClient) => Promise<IDataObject[]>;

/** An operation that answers each item by itself, without waiting for a video. */
export function answering(
	toQuestion: (context: IExecuteFunctions, itemIndex: number) => Question,
): Operation['execute'] {
	return async (context) =>
		await withCheckedItems(
			context,
			(_, itemIndex) => ({ itemIndex, question: toQuestion(context, itemIndex) }),
			async (requests) => {
				const client = await connect(context);
				const gate = new Gate(maxConcurrency(context));
				return await Promise.all(
					requests.map(async ({ itemIndex, question }) => {
						const answer = await gate.pass(async () => await orTrouble(question(client)));
						return itemsOf(context, answer, itemIndex);
					}),
				);
			},
		);
}

function itemsOf(
	context: IExecuteFunctions,
	answer: IDataObject[] | PiapiTrouble,
	itemIndex: number,
): INodeExecutionData[] {
	if (!(answer instanceof PiapiTrouble)) {
		return answer.map((json) => ({ json, pairedItem: { item: itemIndex } }));
	}
	const error = nodeErrorOf(context.getNode(), answer, itemIndex);
	if (!context.continueOnFail()) throw error;
	const { taskId } = answer.facts;
	return [errorItem(error, itemIndex, taskId === undefined ? {} : { taskId })];
}
