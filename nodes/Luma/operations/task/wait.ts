import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { JobRequest } from '../../jobs/request';
import { namedTask, taskIdParameter } from '../validation';
import { taskOutputFields, taskOutputFormat } from '../fields';
import { taskLocator } from '../taskLocator';
import { fileOptions, fileSettings } from '../files';
import { createJobs, type KeptItem } from '../createJobs';
import type { Operation } from '../operation';
import { hiddenFor, waitModeOfEarlierTasks, waitModeParameter } from '../waitMode';
import { waitOptions, waitSettings } from '../waiting';

export const wait: Operation = {
	fields: [
		taskLocator('searchTasks', {
			description:
				'A task that was made earlier, by this or another workflow. Right behind a node that makes videos choose By ID and enter <code>{{ $json.taskId }}</code>.',
		}),
		waitModeOfEarlierTasks,
		...taskOutputFields,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				hiddenFor(['callback'], fileOptions.binaryOutput),
				hiddenFor(['callback'], fileOptions.fileName),
				waitOptions.maxConcurrency,
				hiddenFor(['callback'], fileOptions.maxDownloadMb),
				hiddenFor(['callback'], waitOptions.onTimeout),
				hiddenFor(['callback'], waitOptions.pollIntervalSeconds),
				hiddenFor(['callback'], fileOptions.binaryProperty),
				waitOptions.timeoutMinutes,
			],
		},
	],
	execute: createJobs((context, itemIndex) => {
		const kept = keptItem(context, itemIndex);
		if (kept) return [kept];

		const options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
		const waitMode = waitModeParameter(context, itemIndex);
		const request: JobRequest = {
			itemIndex,
			source: {
				type: 'existing',
				taskId: taskIdParameter(context, itemIndex, { name: 'taskId', label: 'Task ID' }),
			},
			wait: waitSettings(context, itemIndex, options, waitMode),
			output: taskOutputFormat(context, itemIndex),
			files: waitMode === 'poll' ? fileSettings(context, itemIndex, options) : undefined,
		};
		return [request];
	}),
};

const ENDED_WITHOUT_VIDEO: unknown[] = ['failed', 'cancelled'];

/**
 * An item of the node before that says why there is no video, and for which nothing is left to wait for:
 * so this node can directly follow one that creates videos.
 */
function keptItem(context: IExecuteFunctions, itemIndex: number): KeptItem | undefined {
	const { json, binary } = context.getInputData()[itemIndex];
	if (!json.error && !json.errorMessage) return undefined;
	const taskId = namedTask(context, 'taskId', itemIndex);
	const hasEnded = json.taskId === taskId && ENDED_WITHOUT_VIDEO.includes(json.status);
	if (taskId !== '' && !hasEnded) return undefined;
	const kept = { json, ...(binary && { binary }), pairedItem: { item: itemIndex } };
	// Where there is an error output, n8n picks the items for it by their `error`.
	if (context.getNode().onError === 'continueErrorOutput' && json.error) {
		Object.defineProperty(kept, 'error', { value: json.error, enumerable: false });
	}
	return { itemIndex, kept };
}
