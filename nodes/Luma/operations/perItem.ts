import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { withDistinctNames } from '../jobs/download';
import { errorItem } from '../jobs/items';
import type { BinaryFiles } from '../jobs/job';
import { SIMPLIFIED, taskOutput } from '../jobs/output';
import { connect, type PiapiClient } from '../piapi/client';
import { DownloadError, PiapiError } from '../piapi/errors';
import { RunClock, systemClock } from '../runtime/clock';
import { asNodeError, withCheckedItems, type Operation } from './operation';
import type { Parameters } from './parameters';
import { maxConcurrency } from './waiting';

/** Requests the JSON of the item's output items from PiAPI. */
export type ItemRequest = (piapi: PiapiClient, clock: RunClock) => Promise<IDataObject[]>;

/** The JSON and the files of an output item: those of the input, and those that were downloaded. */
export interface Answer extends Pick<INodeExecutionData, 'json' | 'binary'> {
	downloaded?: BinaryFiles;
}

/** The same for outputs with files. The clock tells when the run ends early. */
export type FileRequest = (piapi: PiapiClient, clock: RunClock) => Promise<Answer[]>;

/** An operation that handles each item by itself, without waiting for a video. */
export function perItem(toRequest: (parameters: Parameters) => ItemRequest): Operation['execute'] {
	return perItemWithFiles((parameters) => {
		const request = toRequest(parameters);
		return async (piapi, clock) => (await request(piapi, clock)).map((json) => ({ json }));
	});
}

/** The same for answers with files. The first failed item ends the run, unless On Error is set to continue. */
export function perItemWithFiles(
	toRequest: (parameters: Parameters) => FileRequest,
): Operation['execute'] {
	return async (context) =>
		await withCheckedItems(
			context,
			(parameters) => [{ itemIndex: parameters.itemIndex, request: toRequest(parameters) }],
			async (requests) => {
				const clock = new RunClock(systemClock, context.getExecutionCancelSignal?.());
				const piapi = await connect(context, clock, maxConcurrency(context));
				const outputs = await Promise.all(
					requests.map(async ({ itemIndex, request }) => {
						try {
							return outputsOf(await request(piapi, clock), itemIndex);
						} catch (error) {
							if (!context.continueOnFail()) clock.abort();
							return failedOutput(context, error, itemIndex);
						}
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

function outputsOf(answers: Answer[], itemIndex: number): Output[] {
	return answers.map(({ downloaded, ...own }) => ({
		item: { ...own, pairedItem: { item: itemIndex } },
		downloaded,
	}));
}

/** @throws the error in n8n's form, unless On Error is set to continue */
function failedOutput(context: IExecuteFunctions, error: unknown, itemIndex: number): Output[] {
	if (!(error instanceof PiapiError)) throw error;
	const nodeError = asNodeError(context, error, itemIndex);
	if (!context.continueOnFail()) throw nodeError;
	return [{ item: errorItem(nodeError, itemIndex, known(error)) }];
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
