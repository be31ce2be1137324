import { createHash } from 'node:crypto';
import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';

import { showHints } from '../../jobs/hints';
import { errorItem } from '../../jobs/items';
import { isAgentTool } from '../../jobs/output';
import type { ClipError } from '../../mp4/boxes';
import { joinClips, type JoinedVideo } from '../../mp4/join';
import { PiapiError } from '../../piapi/errors';
import { textOf } from '../../piapi/json';
import { mediaReader, MP4 } from '../../piapi/media';
import { nodeErrorOf } from '../../piapi/nodeError';
import { RunClock, systemClock } from '../../runtime/clock';
import { RateLimiter } from '../../runtime/turns';
import { optionsField } from '../fields';
import { binaryProperty, fileBytes, fileName, fileOptions, inputFiles, knownBytes } from '../files';
import { asNodeError, type Operation } from '../operation';
import { Parameters } from '../parameters';
import { aboutVideo } from './download';

const sourceField: INodeProperties = {
	displayName: 'Videos From',
	name: 'videosFrom',
	type: 'options',
	options: [
		{ name: 'Links', value: 'links', description: 'Each item has a link to its video' },
		{ name: 'Input Data', value: 'binary', description: 'Each item has its video as a file' },
	],
	default: 'links',
	description: 'Where the clips come from. They are joined in the order of the items.',
};

const linkField: INodeProperties = {
	displayName: 'Video URL',
	name: 'videoUrl',
	type: 'string',
	default: '={{ $json.videoUrl }}',
	required: true,
	displayOptions: { show: { videosFrom: ['links'] } },
	description: 'Link to the video of the item',
};

const inputField: INodeProperties = {
	displayName: 'Input Binary Field (Video)',
	name: 'videoBinaryProperty',
	type: 'string',
	default: 'data',
	required: true,
	displayOptions: { show: { videosFrom: ['binary'] } },
	description:
		'The name of the input binary field containing the video. A file that is the only one of its item is taken whatever its field is called.',
};

const leaveOutItems: INodeProperties = {
	displayName: 'Leave Out Items Without Video',
	name: 'leaveOutItems',
	type: 'boolean',
	default: true,
	description:
		'Whether items without a video are left out, with a hint that names them. Without this option nothing is joined when one has none, for example because it could not be made.',
};

const leaveOutSound: INodeProperties = {
	displayName: 'Leave Out Sound',
	name: 'leaveOutSound',
	type: 'boolean',
	default: true,
	description:
		'Whether clips with sound are joined without it. Clips from Luma have none; without this option a clip with sound is not joined.',
};

const maxSize: INodeProperties = {
	displayName: 'Max Size (MB)',
	name: 'maxSizeMb',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 2_000 },
	default: 200,
	description:
		'How large all clips may be together. They are held in memory while they are joined.',
};

export const join: Operation = {
	fields: [
		sourceField,
		linkField,
		inputField,
		{
			...fileOptions.binaryProperty,
			required: true,
			description: 'The name of the output binary field to put the joined video in',
		},
		optionsField([
			{
				...fileOptions.fileName,
				description: 'Name of the joined video, without its ending. Empty means "luma-film".',
			},
			leaveOutItems,
			leaveOutSound,
			maxSize,
		]),
	],
	execute: async (context) => {
		try {
			return [await filmItem(context)];
		} catch (error) {
			const nodeError = asNodeError(context, error, 0);
			if (!context.continueOnFail()) throw nodeError;
			// Without all of its clips there is no film: the message stands for all items.
			const item = errorItem(nodeError, 0);
			item.pairedItem = context.getInputData().map((_, index) => ({ item: index }));
			return [item];
		}
	},
};

async function filmItem(context: IExecuteFunctions): Promise<INodeExecutionData> {
	const settings = settingsOf(new Parameters(context, 0));
	const { clips, without } = clipsOf(context, settings);
	const film = filmOf(clips, await bytesOf(clips, settings), settings);
	const indexes = clips.map(({ parameters }) => parameters.itemIndex);
	showHints(context, [
		...film.hints.flatMap((hint) =>
			hint.clips.map((clip) => ({ text: hint.text, itemIndex: indexes[clip] })),
		),
		...without.map((itemIndex) => ({ text: 'Left out, because it has no video', itemIndex })),
	]);
	const { durationSeconds, width, height, sizeBytes, pieces } = film;
	return {
		json: {
			clips: clips.length,
			duration: Math.round(durationSeconds * 1000) / 1000,
			width,
			height,
			sizeBytes,
			taskIds: indexes.flatMap((index) => textOf(context.getInputData()[index].json.taskId) ?? []),
		},
		binary: { [settings.property]: await stored(context, pieces, settings.fileName) },
		pairedItem: indexes.map((item) => ({ item })),
	};
}

/** What the first item sets for the film. */
function settingsOf(parameters: Parameters) {
	if (isAgentTool(parameters.context.getNode())) {
		throw parameters.error(
			'An agent gets no files from its tools, so it cannot join videos',
			'Join the videos with this node behind the agent.',
		);
	}
	const options = parameters.in('options');
	return {
		property: binaryProperty(parameters),
		fileName: fileName(options) ?? 'luma-film',
		leaveOutItems: options.switch(leaveOutItems, false),
		leaveOutSound: options.switch(leaveOutSound, false),
		maxMb: options.number(maxSize, { min: 0.01 }),
	};
}

type Settings = ReturnType<typeof settingsOf>;

/** A clip of the film, whose bytes have not been read yet. */
interface Clip {
	parameters: Parameters;
	/** Rejects when the bytes are too many. */
	read: (maxBytes: number) => Promise<Buffer>;
}

/**
 * Checks all items before anything is downloaded.
 *
 * @throws NodeOperationError for an item without a video, unless it is left out
 */
function clipsOf(context: IExecuteFunctions, settings: Settings) {
	const clock = new RunClock(systemClock, context.getExecutionCancelSignal?.());
	const download = mediaReader(context, { clock, limiter: new RateLimiter(1, clock) });
	const clips: Clip[] = [];
	const without: number[] = [];
	for (const itemIndex of context.getInputData().keys()) {
		const parameters = new Parameters(context, itemIndex);
		const isLinked = parameters.choice<'links' | 'binary'>(sourceField) === 'links';
		const read = isLinked ? linkedVideo(parameters, download) : inputVideo(parameters);
		if (read) clips.push({ parameters, read });
		else if (settings.leaveOutItems) without.push(itemIndex);
		else {
			throw parameters.error(
				isLinked
					? `'${linkField.displayName}' is empty`
					: `'${inputField.displayName}' finds no file`,
				`Look at the node that made the video, or add '${leaveOutItems.displayName}' in the options.`,
			);
		}
	}
	if (clips.length > 0) return { clips, without };
	const description = 'Look at the node that made the videos.';
	throw new NodeOperationError(context.getNode(), 'No item has a video', { description });
}

/** Undefined when the item has no link. */
function linkedVideo(
	parameters: Parameters,
	download: ReturnType<typeof mediaReader>,
): Clip['read'] | undefined {
	if (parameters.link(linkField) === '') return undefined;
	const remedy = 'Enter the link from the node that made the video, such as {{ $json.videoUrl }}.';
	const url = parameters.webAddress(linkField, remedy).href;
	return async (maxBytes) =>
		await download({ url, type: MP4, maxBytes }).catch((error: unknown) => {
			throw aboutVideo(error, url);
		});
}

/** Undefined when the item has no file. A file that is the only one is taken whatever its field is called. */
function inputVideo(parameters: Parameters): Clip['read'] | undefined {
	const files = inputFiles(parameters);
	const names = Object.keys(files);
	const name = names.length === 1 ? names[0] : parameters.text(inputField);
	if (!Object.hasOwn(files, name)) return undefined;
	return async (maxBytes) => {
		const known = (await knownBytes(parameters, files[name])) ?? 0;
		if (known > maxBytes) throw new PiapiError('downloadTooLarge');
		const content = await fileBytes(parameters, 'The video', name);
		if (content.length > maxBytes) throw new PiapiError('downloadTooLarge');
		return content;
	};
}

/**
 * Reads one clip after the other: how much is left for the next one is known at any time.
 *
 * @throws NodeOperationError when they are too large, NodeApiError when one cannot be read
 */
async function bytesOf(clips: Clip[], { maxMb }: Settings): Promise<Buffer[]> {
	const files: Buffer[] = [];
	let left = maxMb * 1024 * 1024;
	for (const { parameters, read } of clips) {
		const file = await read(left).catch((error: unknown) => {
			const isTooLarge = error instanceof PiapiError && error.code === 'downloadTooLarge';
			if (!isTooLarge) throw asNodeError(parameters.context, error, parameters.itemIndex);
			throw parameters.error(
				`The clips have more than ${maxMb} MB together`,
				`Raise '${maxSize.displayName}' in the options if your n8n has the memory for it, or join fewer clips.`,
			);
		});
		files.push(file);
		left -= file.length;
	}
	return files;
}

/** @throws NodeOperationError for the item whose clip cannot be joined */
function filmOf(clips: Clip[], files: Buffer[], settings: Settings): JoinedVideo {
	try {
		return joinClips(files, settings);
	} catch (error) {
		const { clip = 0, message, remedy = '' } = error as ClipError;
		throw clips[clip].parameters.error(message.replace(/\.$/, ''), remedy);
	}
}

/** n8n takes a stream, of which a hash is the one kind that nodes may have; the pieces stand for its digest. */
async function stored(context: IExecuteFunctions, pieces: Buffer[], name: string) {
	const stream = createHash('sha256')
		.end()
		.flatMap(() => pieces);
	const file = context.helpers.prepareBinaryData(stream, `${name}.${MP4.ending}`, MP4.mimeType);
	return await file.catch(({ message: technicalDetail }: Error) => {
		throw nodeErrorOf(context.getNode(), new PiapiError('notStored', { technicalDetail }));
	});
}
