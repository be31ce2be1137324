import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { RunClock, systemClock } from '../runtime/clock';
import { withDistinctNames } from '../jobs/fileNames';
import { errorItem } from '../jobs/items';
import type { BinaryFiles } from '../jobs/job';
import { RateLimiter } from '../runtime/rateLimiter';
import { SIMPLIFIED, taskOutput } from '../jobs/output';
import type { PiapiClient } from '../piapi/client';
import { connect } from '../piapi/connect';
import { catchPiapiError, DownloadError, PiapiError } from '../piapi/errors';
import { nodeErrorOf } from '../piapi/nodeError';
import { maxConcurrency, withCheckedItems } from './validatedItems';
import type { Operation } from './operation';

/** Requests the JSON of the item's output items from PiAPI. */
type ItemRequest = (client: PiapiClient, clock: RunClock) => Promise<IDataObject[]>;

/** The JSON and the files of an output item: those of the input, and those that were downloaded. */
export interface Answer extends Pick<INodeExecutionData, 'json' | 'binary'> {
	downloaded?: BinaryFiles;
}

/** The same for outputs with files. The clock tells when the run ends early. */
export type FileRequest = (client: PiapiClient, clock: RunClock) => Promise<Answer[]>;

/** An operation that handles each item by itself, without waiting for a video. */
export function perItem(
	toRequest: (context: IExecuteFunctions, itemIndex: number) => ItemRequest,
): Operation['execute'] {
	return perItemWithFiles((context, itemIndex) => {
		const question = toRequest(context, itemIndex);
		return async (client, clock) => (await question(client, clock)).map((json) => ({ json }));
	});
}

/** The same for answers with files. The first failed item ends the run, unless On Error is set to continue. */
export function perItemWithFiles(
	toRequest: (context: IExecuteFunctions, itemIndex: number) => FileRequest,
): Operation['execute'] {
	return async (context) =>
		await withCheckedItems(
			context,
			(_, itemIndex) => [{ itemIndex, question: toRequest(context, itemIndex) }],
			async (requests) => {
				const client = await connect(context);
				const clock = new RunClock(systemClock, context.getExecutionCancelSignal?.());
				const limiter = new RateLimiter(maxConcurrency(context), clock);
				const outputs = await Promise.all(
					requests.map(async ({ itemIndex, question }) => {
						const answer = await limiter.run(async () =>
							clock.aborted ? [] : await catchPiapiError(question(client, clock)),
						);
						if (answer instanceof PiapiError && !context.continueOnFail()) clock.abort();
						return outputsOf(context, answer, itemIndex);
					}),
				);
				return withFiles(outputs.flat());
			},
		);
}

/** An output item, and the files that were downloaded for it. */
interface Output {
	item: INodeExecutionData;
	downloaded?: BinaryFiles;
}

function outputsOf(
	context: IExecuteFunctions,
	answer: Answer[] | PiapiError,
	itemIndex: number,
): Output[] {
	if (!(answer instanceof PiapiError)) {
		return answer.map(({ downloaded, ...own }) => ({
			item: { ...own, pairedItem: { item: itemIndex } },
			downloaded,
		}));
	}
	const itemCount = context.getInputData().length;
	const error = nodeErrorOf(context.getNode(), answer, { itemIndex, itemCount });
	if (!context.continueOnFail()) throw error;
	return [{ item: errorItem(error, itemIndex, known(answer)) }];
}

function withFiles(outputs: Output[]): INodeExecutionData[] {
	const named = withDistinctNames(outputs.map(({ downloaded }) => downloaded));
	return outputs.map(({ item }, index) => {
		const files = named[index];
		return files ? { ...item, binary: { ...item.binary, ...files } } : item;
	});
}

function known(error: PiapiError): IDataObject {
	if (error instanceof DownloadError) {
		return 'task' in error.video ? taskOutput(error.video.task, SIMPLIFIED) : { ...error.video };
	}
	const { taskId } = error.details;
	return taskId === undefined ? {} : { taskId };
}
