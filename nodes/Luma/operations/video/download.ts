import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { nameFromLink, taskFiles } from '../../jobs/download';
import { taskOutput } from '../../jobs/output';
import { TASK_FILES, type FileSettings } from '../../jobs/request';
import { notCompletedRemedy } from '../../messages/remedies';
import { DownloadError, PiapiError } from '../../piapi/errors';
import { mediaStore, MP4, type MediaFile, type StoreFile } from '../../piapi/media';
import { isUncharged, type Task } from '../../piapi/task';
import { optionsField, taskOutputFields, taskOutputFormat } from '../fields';
import { binaryProperty, fileLimits, fileOptions, filesField } from '../files';
import type { Operation } from '../operation';
import type { Parameters } from '../parameters';
import { perItemWithFiles, type FileRequest } from '../perItem';
import { taskLocator } from '../taskLists';
import { waitOptions } from '../waiting';

const sourceField: INodeProperties = {
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
};

const taskField = taskLocator('searchCompletedTasks', {
	description: 'The completed task: by default that of the incoming item',
});

const addressField: INodeProperties = {
	displayName: 'Video URL',
	name: 'videoUrl',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. {{ $json.videoUrl }}',
	description:
		'Link to the video, from the node that created it. n8n itself opens it, so that it may lead to all that the HTTP Request node reaches, your own network included; only a redirect from the internet into a private network is not followed.',
};

const fields: INodeProperties[] = [
	sourceField,
	...shownFrom('task', [taskField, filesField]),
	...shownFrom('url', [addressField]),
	{ ...fileOptions.binaryProperty, required: true },
	...shownFrom('task', taskOutputFields),
	optionsField([fileOptions.fileName, waitOptions.maxConcurrency, fileOptions.maxDownloadMb]),
];

function shownFrom(from: 'task' | 'url', own: INodeProperties[]): INodeProperties[] {
	return updateDisplayOptions({ show: { downloadFrom: [from] } }, own);
}

export const download: Operation = {
	fields,
	execute: perItemWithFiles((parameters) => {
		const from = parameters.choice<'task' | 'url'>(sourceField);
		const settings = {
			property: binaryProperty(parameters),
			...fileLimits(parameters.in('options')),
		};
		return from === 'task' ? fromTask(parameters, settings) : fromAddress(parameters, settings);
	}),
};

type Settings = Omit<FileSettings, 'files'>;

function fromTask(parameters: Parameters, settings: Settings): FileRequest {
	const taskId = parameters.taskId(taskField);
	const format = taskOutputFormat(parameters);
	const files = parameters.choices(filesField, TASK_FILES);
	if (files.length === 0) {
		const remedy = "Choose Video, Thumbnail or Last Frame under 'Files'.";
		throw parameters.error('No file is chosen', remedy);
	}
	return async (piapi, clock) => {
		const task = await piapi.task(taskId);
		if (task.status !== 'completed') throw notCompleted(task);
		const storeFile = mediaStore(parameters.context, { clock, limiter: piapi.limiter });
		const downloaded = await taskFiles(task, { files, ...settings }, storeFile);
		return [{ json: taskOutput(task, format), downloaded }];
	};
}

function notCompleted(task: Task): PiapiError {
	const { taskId, status, failure } = task;
	const remedy = notCompletedRemedy(status, isUncharged(task));
	return new DownloadError('notCompleted', { taskId, providerMessage: failure, remedy }, { task });
}

function fromAddress(parameters: Parameters, settings: Settings): FileRequest {
	const url = parameters.webAddress(
		addressField,
		'Enter the link from the node that made the video, for example {{ $json.videoUrl }}.',
	);
	const { context, itemIndex } = parameters;
	const { json: input, binary } = context.getInputData()[itemIndex];
	const json = { ...input };
	// n8n takes an item with an `error` for a failed one and would download again under Retry On Fail.
	delete json.error;
	const { property, fileName: stem = nameFromLink(url), maxBytes: limit } = settings;
	const file = { url: url.href, stem, type: MP4, maxBytes: limit };
	return async (piapi, clock) => {
		const storeFile = mediaStore(context, { clock, limiter: piapi.limiter });
		const downloaded = { [property]: await stored(file, storeFile) };
		return [{ json, binary, downloaded }];
	};
}

async function stored(file: MediaFile, storeFile: StoreFile) {
	try {
		return await storeFile(file);
	} catch (error) {
		throw aboutVideo(error, file.url);
	}
}

/** The same error with the link of the video that it is about. */
export function aboutVideo(error: unknown, videoUrl: string): unknown {
	if (!(error instanceof PiapiError)) return error;
	return new DownloadError(error.code, error.details, { videoUrl });
}
