import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { taskFiles } from '../../jobs/stages/download';
import { taskOutput } from '../../jobs/output';
import { retry } from '../../runtime/retry';
import type { FileSettings } from '../../jobs/request';
import { webAddress } from '../../piapi/addresses';
import { orTrouble, PiapiTrouble } from '../../piapi/errors';
import { mediaKeeper } from '../../piapi/media';
import { MP4 } from '../../piapi/mediaType';
import type { Task } from '../../piapi/task';
import { perItemWithFiles, type FileQuestion } from '../perItem';
import { choice, mistake, taskIdParameter, textParameter } from '../checks';
import { simplifyField, simplifyParameter, taskIdField } from '../fields';
import { binaryProperty, chosenFiles, fileOptions, filesField, maxBytes } from '../files';
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
				description: 'A finished task: its links are read afresh from PiAPI',
			},
			{ name: 'Video URL', value: 'url', description: 'The address of a video' },
		],
		default: 'task',
		description: 'How the video is named',
	},
	...shownFrom('task', [
		taskIdField('ID of the finished task, as given out by the node that made the video'),
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
			description: 'Address of the video, as given out by the node that made it',
		},
	]),
	{ ...fileOptions.binaryProperty, required: true },
	...shownFrom('task', [simplifyField]),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [waitOptions.maxConcurrency, fileOptions.maxDownloadMb],
	},
];

function shownFrom(from: (typeof FROM)[number], own: INodeProperties[]): INodeProperties[] {
	return own.map((field) => ({ ...field, displayOptions: { show: { downloadFrom: [from] } } }));
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
			maxBytes: maxBytes(context, itemIndex, options),
		};
		return from === 'task'
			? fromTask(context, itemIndex, settings)
			: fromAddress(context, itemIndex, settings);
	}),
};

type Limits = Omit<FileSettings, 'files'>;

function fromTask(context: IExecuteFunctions, itemIndex: number, limits: Limits): FileQuestion {
	const taskId = taskIdParameter(context, itemIndex, { name: 'taskId', label: 'Task ID' });
	const simplify = simplifyParameter(context, itemIndex);
	const chosen = context.getNodeParameter('files', itemIndex);
	const files = chosenFiles(context, itemIndex, 'Files', chosen);
	if (files.length === 0) {
		throw mistake(
			context,
			itemIndex,
			'No file is chosen',
			'Choose Video, Thumbnail or Last Frame under Files.',
		);
	}
	return async (client, clock) => {
		const task = await retry(clock, async () => await client.readTask(taskId));
		if (task.status !== 'completed') throw notCompleted(task);
		const keepFile = mediaKeeper(context, clock.abortSignal);
		const binary = await taskFiles(task, { files, ...limits }, keepFile, clock);
		return [{ json: taskOutput(task, simplify), binary }];
	};
}

function notCompleted(task: Task): PiapiTrouble {
	const ended = task.status === 'failed' || task.status === 'cancelled';
	const remedy = ended
		? 'Such a task has no video and is not charged. Make the video again.'
		: 'Wait for the video with Task → Wait, then download it.';
	return new PiapiTrouble('notCompleted', {
		taskId: task.taskId,
		task,
		said: task.failure,
		remedy: `Its status is “${task.status}”. ${remedy}`,
	});
}

function fromAddress(
	context: IExecuteFunctions,
	itemIndex: number,
	{ property, maxBytes: limit }: Limits,
): FileQuestion {
	const address = textParameter(context, 'videoUrl', itemIndex);
	const url = webAddress(address);
	if (!url) {
		throw mistake(
			context,
			itemIndex,
			address === '' ? 'Video URL is empty' : `Video URL is not a web address: “${address}”`,
			'Enter the address that came out of the node that made the video, for example {{ $json.videoUrl }}.',
		);
	}
	const { json: input, binary } = context.getInputData()[itemIndex];
	const json = { ...input };
	// n8n takes an item with an `error` for a mishap and would download again under Retry On Fail.
	delete json.error;
	const file = { url: url.href, stem: stemOf(url), type: MP4, maxBytes: limit };
	return async (_, clock) => {
		const keepFile = mediaKeeper(context, clock.abortSignal);
		const kept = await orTrouble(retry(clock, async () => await keepFile(file)));
		if (kept instanceof PiapiTrouble) {
			throw new PiapiTrouble(kept.kind, { ...kept.facts, videoUrl: url.href });
		}
		return [{ json, binary: { ...binary, [property]: kept } }];
	};
}

/** The address's own file name without its ending. */
function stemOf({ pathname }: URL): string {
	const [name] = (pathname.split('/').at(-1) ?? '').split('.');
	return name.replace(/[^\w-]+/g, '-') || 'luma-video';
}
