import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { taskFiles } from '../../jobs/stages/download';
import { taskOutput } from '../../jobs/output';
import { retry } from '../../runtime/retry';
import type { FileSettings } from '../../jobs/request';
import { notCompletedRemedy } from '../../messages/remedies';
import { webAddress } from '../../piapi/addresses';
import { catchPiapiError, DownloadError, PiapiError } from '../../piapi/errors';
import { mediaStore } from '../../piapi/media';
import { MP4 } from '../../piapi/mediaType';
import type { Task } from '../../piapi/task';
import { perItemWithFiles, type FileRequest } from '../perItem';
import { choice, validationError, taskIdParameter, stringParameter } from '../validation';
import { taskOutputFields, taskOutputFormat } from '../fields';
import { taskLocator } from '../taskLocator';
import { binaryProperty, chosenFiles, fileName, fileOptions, filesField, maxBytes } from '../files';
import type { Operation } from '../operation';
import { waitOptions } from '../waiting';

const FROM = ['task', 'url'] as const;

const fields: INodeProperties[] = [
	{
		displayName: 'Download From',
		name: 'downloadFrom',
		type: 'options',
		options: [
			{
				name: 'Task',
				value: 'task',
				description: 'A finished task: its links are read from PiAPI at that moment',
			},
			{ name: 'Video URL', value: 'url', description: 'A link to a video' },
		],
		default: 'task',
		description: 'How the video is named',
	},
	...shownFrom('task', [
		taskLocator('searchCompletedTasks', {
			description: 'The completed task. Its ID is in the output of the node that made the video.',
		}),
		filesField,
	]),
	...shownFrom('url', [
		{
			displayName: 'Video URL',
			name: 'videoUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. {{ $json.videoUrl }}',
			description: 'Link to the video, from the node that created it',
		},
	]),
	{ ...fileOptions.binaryProperty, required: true },
	...shownFrom('task', taskOutputFields),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [fileOptions.fileName, waitOptions.maxConcurrency, fileOptions.maxDownloadMb],
	},
];

function shownFrom(from: (typeof FROM)[number], own: INodeProperties[]): INodeProperties[] {
	return own.map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { downloadFrom: [from], ...field.displayOptions?.show },
		},
	}));
}

export const download: Operation = {
	fields,
	execute: perItemWithFiles((context, itemIndex) => {
		const from = choice(context, itemIndex, {
			label: 'Download From',
			value: context.getNodeParameter('downloadFrom', itemIndex),
			values: FROM,
		});
		const options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
		const settings = {
			property: binaryProperty(
				context,
				itemIndex,
				context.getNodeParameter('binaryProperty', itemIndex) ?? '',
			),
			fileName: fileName(context, itemIndex, options.fileName),
			maxBytes: maxBytes(context, itemIndex, options),
		};
		return from === 'task'
			? fromTask(context, itemIndex, settings)
			: fromAddress(context, itemIndex, settings);
	}),
};

type Limits = Omit<FileSettings, 'files'>;

function fromTask(context: IExecuteFunctions, itemIndex: number, limits: Limits): FileRequest {
	const taskId = taskIdParameter(context, itemIndex, { name: 'taskId', label: 'Task ID' });
	const format = taskOutputFormat(context, itemIndex);
	const chosen = context.getNodeParameter('files', itemIndex);
	const files = chosenFiles(context, itemIndex, 'Files', chosen);
	if (files.length === 0) {
		throw validationError(
			context,
			itemIndex,
			'No file is chosen',
			"Choose Video, Thumbnail or Last Frame under 'Files'.",
		);
	}
	return async (client, clock) => {
		const task = await retry(clock, async () => await client.readTask(taskId));
		if (task.status !== 'completed') throw notCompleted(task);
		const storeFile = mediaStore(context, clock.abortSignal);
		const downloaded = await taskFiles(task, { files, ...limits }, storeFile, clock);
		return [{ json: taskOutput(task, format), downloaded }];
	};
}

function notCompleted(task: Task): PiapiError {
	const { taskId, status, failure } = task;
	const hasEnded = status === 'failed' || status === 'cancelled';
	const remedy = notCompletedRemedy(status, hasEnded);
	return new DownloadError('notCompleted', { taskId, providerMessage: failure, remedy }, { task });
}

function fromAddress(
	context: IExecuteFunctions,
	itemIndex: number,
	{ property, fileName: name, maxBytes: limit }: Limits,
): FileRequest {
	const address = stringParameter(context, 'videoUrl', itemIndex);
	const url = webAddress(address);
	if (!url) {
		throw validationError(
			context,
			itemIndex,
			address === '' ? "'Video URL' is empty" : `'Video URL' is not a web address: “${address}”`,
			'Enter the link from the node that made the video, for example {{ $json.videoUrl }}.',
		);
	}
	const { json: input, binary } = context.getInputData()[itemIndex];
	const json = { ...input };
	// n8n takes an item with an `error` for a failed one and would download again under Retry On Fail.
	delete json.error;
	const file = { url: url.href, stem: name ?? stemOf(url), type: MP4, maxBytes: limit };
	return async (_, clock) => {
		const storeFile = mediaStore(context, clock.abortSignal);
		const kept = await catchPiapiError(retry(clock, async () => await storeFile(file)));
		if (kept instanceof PiapiError) {
			throw new DownloadError(kept.code, kept.details, { videoUrl: url.href });
		}
		return [{ json, binary, downloaded: { [property]: kept } }];
	};
}

/** The address's own file name without its ending. */
function stemOf({ pathname }: URL): string {
	const [name] = (pathname.split('/').at(-1) ?? '').split('.');
	return name.replace(/[^\w-]+/g, '-') || 'luma-video';
}
