import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { RunClock, systemClock } from '../runtime/clock';
import { errorItem } from '../jobs/items';
import { RateLimiter } from '../runtime/rateLimiter';
import { taskOutput } from '../jobs/output';
import type { PiapiClient } from '../piapi/client';
import { connect } from '../piapi/connect';
import { orTrouble, PiapiTrouble } from '../piapi/errors';
import { nodeErrorOf } from '../piapi/nodeError';
import { maxConcurrency, withCheckedItems } from './checkedItems';
import type { Operation } from './operation';

/** Asks PiAPI and brings the JSON of the item's output items. */
export type Question = (client: PiapiClient, clock: RunClock) => Promise<IDataObject[]>;

/** The JSON and the files of an output item. */
export type Answer = Pick<INodeExecutionData, 'json' | 'binary'>;

/** A question whose answers can hold files. The clock tells when the run ends early. */
export type FileQuestion = (client: PiapiClient, clock: RunClock) => Promise<Answer[]>;

/** An operation that answers each item by itself, without waiting for a video. */
export function perItem(
	toQuestion: (context: IExecuteFunctions, itemIndex: number) => Question,
): Operation['execute'] {
	return perItemWithFiles((context, itemIndex) => {
		const question = toQuestion(context, itemIndex);
		return async (client, clock) => (await question(client, clock)).map((json) => ({ json }));
	});
}

/** The same for answers with files. The first trouble ends the run, unless Continue On Fail is on. */
export function perItemWithFiles(
	toQuestion: (context: IExecuteFunctions, itemIndex: number) => FileQuestion,
): Operation['execute'] {
	return async (context) =>
		await withCheckedItems(
			context,
			(_, itemIndex) => ({ itemIndex, question: toQuestion(context, itemIndex) }),
			async (requests) => {
				const client = await connect(context);
				const clock = new RunClock(systemClock, context.getExecutionCancelSignal?.());
				const limiter = new RateLimiter(maxConcurrency(context), clock);
				const items = await Promise.all(
					requests.map(async ({ itemIndex, question }) => {
						const answer = await limiter.run(async () =>
							clock.aborted ? [] : await orTrouble(question(client, clock)),
						);
						if (answer instanceof PiapiTrouble && !context.continueOnFail()) clock.abort();
						return itemsOf(context, answer, itemIndex);
					}),
				);
				return items.flat();
			},
		);
}

function itemsOf(
	context: IExecuteFunctions,
	answer: Answer[] | PiapiTrouble,
	itemIndex: number,
): INodeExecutionData[] {
	if (!(answer instanceof PiapiTrouble)) {
		return answer.map((item) => ({ ...item, pairedItem: { item: itemIndex } }));
	}
	const error = nodeErrorOf(context.getNode(), answer, itemIndex);
	if (!context.continueOnFail()) throw error;
	return [errorItem(error, itemIndex, known(answer))];
}

function known({ facts: { task, taskId, videoUrl } }: PiapiTrouble): IDataObject {
	if (task) return taskOutput(task, true);
	return { ...(taskId && { taskId }), ...(videoUrl && { videoUrl }) };
}
