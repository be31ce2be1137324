import { isUncharged, type TaskStatus } from '../../piapi/task';
import { createJobs, type KeptItem } from '../createJobs';
import { optionsField, taskOutputFields, taskOutputFormat } from '../fields';
import { fileOptions, fileSettings } from '../files';
import type { Operation } from '../operation';
import type { Parameters } from '../parameters';
import { taskLocator } from '../taskLists';
import { hiddenFor, waitMode, waitModeOfEarlierTasks, waitOptions, waitSettings } from '../waiting';

const taskField = taskLocator('searchTasks', {
	description:
		'The task to wait for: by default that of the incoming item. It can also be any other one of your account, made by this or another workflow.',
});

export const wait: Operation = {
	fields: [
		taskField,
		waitModeOfEarlierTasks,
		...taskOutputFields,
		optionsField([
			hiddenFor(['callback'], fileOptions.binaryOutput),
			hiddenFor(['callback'], fileOptions.fileName),
			waitOptions.maxConcurrency,
			hiddenFor(['callback'], fileOptions.maxDownloadMb),
			hiddenFor(['callback'], waitOptions.onTimeout),
			hiddenFor(['callback'], waitOptions.pollIntervalSeconds),
			hiddenFor(['callback'], fileOptions.binaryProperty),
			waitOptions.timeoutMinutes,
		]),
	],
	execute: createJobs((parameters) => {
		const kept = keptItem(parameters);
		if (kept) return [kept];
		const mode = waitMode(parameters);
		return [
			{
				itemIndex: parameters.itemIndex,
				source: { type: 'existing', taskId: parameters.taskId(taskField) },
				wait: waitSettings(parameters, mode),
				output: taskOutputFormat(parameters),
				files: mode === 'poll' ? fileSettings(parameters) : undefined,
			},
		];
	}),
};

/**
 * An item of the node before that says why there is no video, and for which nothing is left to wait for:
 * so this node can directly follow one that creates videos.
 */
function keptItem(parameters: Parameters): KeptItem | undefined {
	const { context, itemIndex } = parameters;
	const { json, binary } = context.getInputData()[itemIndex];
	if (!json.error && !json.errorMessage) return undefined;
	const taskId = parameters.locator(taskField);
	const status = json.status as TaskStatus;
	const hasEnded = json.taskId === taskId && isUncharged({ status });
	if (taskId !== '' && !hasEnded) return undefined;
	const kept = { json, ...(binary && { binary }), pairedItem: { item: itemIndex } };
	// Where there is an error output, n8n picks the items for it by their `error`.
	if (context.getNode().onError === 'continueErrorOutput' && json.error) {
		Object.defineProperty(kept, 'error', { value: json.error, enumerable: false });
	}
	return { itemIndex, kept };
}
