import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { safeFileName } from '../jobs/fileNames';
import { TASK_FILES, type FileSettings, type TaskFile } from '../jobs/request';
import { cannotBe, choice, numberOption, textOfParameter, validationError } from './validation';

const FILE_CHOICES: INodeProperties['options'] = [
	{ name: 'Last Frame', value: 'lastFrame', description: 'The last frame as an image' },
	{ name: 'Thumbnail', value: 'thumbnail', description: 'A small image of the video' },
	{ name: 'Video', value: 'video', description: 'The MP4 file' },
];

/** Options of every operation that can bring files as binary data. Alphabetical among the other options. */
export const fileOptions = {
	binaryOutput: {
		displayName: 'Binary Output',
		name: 'binaryOutput',
		type: 'multiOptions',
		options: FILE_CHOICES,
		default: ['video'],
		description:
			'Files to download, so that the next node gets them and not only their links. A thumbnail or last frame that PiAPI does not have is left out.',
	},
	binaryProperty: {
		displayName: 'Put Output File in Field',
		name: 'binaryProperty',
		type: 'string',
		default: 'data',
		placeholder: 'e.g. data',
		description:
			'The name of the output binary field to put the file in: the video, or the file when it is the only one. Beside others the thumbnail is in the field with "Thumbnail" added to this name, the last frame in the one with "LastFrame": data, dataThumbnail, dataLastFrame.',
	},
	fileName: {
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. morning-coffee',
		description:
			'Name of the downloaded file, without its ending. Empty means "luma-" and the first words of the prompt. Files that would have the same name are numbered, and "-thumbnail" or "-last-frame" is added to the names of images.',
	},
	maxDownloadMb: {
		displayName: 'Max Download (MB)',
		name: 'maxDownloadMb',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 10_240 },
		default: 512,
		description:
			'A larger file is not downloaded. Files go to disk without filling the memory of n8n, unless its binary data mode is "default" or "database": these hold each file in memory.',
	},
} satisfies Record<string, INodeProperties>;

/** The files that Download fetches. */
export const filesField: INodeProperties = {
	displayName: 'Files',
	name: 'files',
	type: 'multiOptions',
	options: FILE_CHOICES,
	default: ['video'],
	required: true,
	description: 'Files to download. A thumbnail or last frame that PiAPI does not have is left out.',
};

/** Reads which files an item asks for; undefined when it asks for none. */
export function fileSettings(
	context: IExecuteFunctions,
	itemIndex: number,
	options: IDataObject,
): FileSettings | undefined {
	const files = chosenFiles(context, itemIndex, 'Binary Output', options.binaryOutput ?? []);
	if (files.length === 0) return undefined;
	const property = binaryProperty(context, itemIndex, options.binaryProperty);
	return {
		files,
		property,
		fileName: fileName(context, itemIndex, options.fileName),
		maxBytes: maxBytes(context, itemIndex, options),
	};
}

/**
 * The name of the file without its ending; undefined when it is left to the node.
 *
 * @throws NodeOperationError when no part of the text can be a name
 */
export function fileName(
	context: IExecuteFunctions,
	itemIndex: number,
	value: unknown,
): string | undefined {
	const text = textOfParameter(value);
	if (text === '') return undefined;
	const name = safeFileName(text);
	if (name !== '') return name;
	throw validationError(
		context,
		itemIndex,
		cannotBe('File Name', text),
		'Enter a name with letters or digits, such as morning-coffee.',
	);
}

/** @throws NodeOperationError when one of the values is no file of a task */
export function chosenFiles(
	context: IExecuteFunctions,
	itemIndex: number,
	label: string,
	value: unknown,
): TaskFile[] {
	const values = Array.isArray(value) ? (value as unknown[]) : [value];
	const chosen = values.map((file) =>
		choice(context, itemIndex, { label, value: file, values: TASK_FILES }),
	);
	return TASK_FILES.filter((file) => chosen.includes(file));
}

/** @throws NodeOperationError when the name is empty */
export function binaryProperty(
	context: IExecuteFunctions,
	itemIndex: number,
	value: unknown = fileOptions.binaryProperty.default,
): string {
	const name = typeof value === 'string' ? value.trim() : '';
	if (name !== '') return name;
	throw validationError(
		context,
		itemIndex,
		"'Put Output File in Field' is empty",
		'Enter a name for the field with the file, such as data.',
	);
}

const MB = 1024 * 1024;

/** The size limit of a download in bytes. */
export function maxBytes(
	context: IExecuteFunctions,
	itemIndex: number,
	options: IDataObject,
): number {
	return (
		MB *
		numberOption(context, itemIndex, {
			label: 'Max Download (MB)',
			value: options.maxDownloadMb ?? fileOptions.maxDownloadMb.default,
			min: 0.01,
			max: fileOptions.maxDownloadMb.typeOptions.maxValue,
			remedy: 'Enter a number of megabytes above 0, such as 512.',
		})
	);
}
