import type { IBinaryData, INodeProperties } from 'n8n-workflow';

import { safeFileName } from '../jobs/download';
import { TASK_FILES, type FileSettings } from '../jobs/request';
import { shortened } from '../messages/items';
import type { Parameters } from './parameters';

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

const MB = 1024 * 1024;

/** Reads which files an item asks for; undefined when it asks for none. */
export function fileSettings(parameters: Parameters): FileSettings | undefined {
	const options = parameters.in('options');
	const files = options.choices(fileOptions.binaryOutput, TASK_FILES, []);
	if (files.length === 0) return undefined;
	return { files, property: binaryProperty(options), ...fileLimits(options) };
}

/** The name that files are to have, and how large one may be. */
export function fileLimits(options: Parameters): Pick<FileSettings, 'fileName' | 'maxBytes'> {
	const megabytes = options.number(fileOptions.maxDownloadMb, { min: 0.01 });
	return { fileName: fileName(options), maxBytes: megabytes * MB };
}

/** The name of the file without its ending; undefined when it is left to the node. */
export function fileName(options: Parameters): string | undefined {
	const given = options.value(fileOptions.fileName);
	const text = options.text(fileOptions.fileName, typeof given === 'number' ? `${given}` : given);
	if (text === '') return undefined;
	const name = safeFileName(text);
	if (name !== '') return name;
	const remedy = 'Enter a name with letters or digits, such as morning-coffee.';
	throw options.cannotBe(fileOptions.fileName, text, remedy);
}

/**
 * The binary field that a file is put in.
 *
 * @param parameters the options, or those of an operation that has the field by itself
 */
export function binaryProperty(parameters: Parameters): string {
	const name = parameters.text(fileOptions.binaryProperty);
	const remedy = 'Enter a name for the field with the file, such as data.';
	if (name === '') throw parameters.error("'Put Output File in Field' is empty", remedy);
	// JavaScript keeps nothing in a field of that name.
	if (name === '__proto__') throw parameters.cannotBe(fileOptions.binaryProperty, name, remedy);
	return name;
}

/** The files that come with the item, by the binary field that holds them. */
export function inputFiles({ context, itemIndex }: Parameters): Record<string, IBinaryData> {
	const { binary } = context.getInputData()[itemIndex];
	return Object.fromEntries(Object.entries(binary ?? {}).filter(([, file]) => file));
}

/** The size that n8n noted down, in bytes; undefined where it did not. */
export async function knownBytes(
	{ context }: Parameters,
	{ bytes, id }: IBinaryData,
): Promise<number | undefined> {
	if (bytes !== undefined || !id) return bytes;
	const metadata = await context.helpers.getBinaryMetadata(id).catch(() => undefined);
	return metadata?.fileSize;
}

/**
 * The bytes in a binary field of the item.
 *
 * @param what begins the sentence where n8n has them no more
 */
export async function fileBytes(
	parameters: Parameters,
	what: string,
	property: string,
): Promise<Buffer> {
	const { context, itemIndex } = parameters;
	try {
		return await context.helpers.getBinaryDataBuffer(itemIndex, property);
	} catch {
		throw parameters.error(
			`${what} is no longer in the store of n8n`,
			`Run the node that brings the file in “${shortened(property)}” again.`,
		);
	}
}
