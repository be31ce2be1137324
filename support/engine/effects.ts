import { expect } from '@jest/globals';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Route, SimulatorOptions } from '../../simulator';
import { fault, rewritingText } from '../faults';
import { simple } from '../media/mp4File';
import { png } from '../media/pictures';

interface More {
	service?: SimulatorOptions;
	/** Input items; default: one without anything. */
	items?: Array<IDataObject | INodeExecutionData>;
	/** The run is stopped once the route was called that often. */
	stopAfter?: [route: Route, calls: number];
	/** The node is an agent's tool. */
	asTool?: boolean;
	/** Milliseconds that lie at least between the first two requests of this route. */
	gap?: [route: Route, ms: number];
}

/** How to tell that a parameter does something; `shown` may need the task that the operation is about. */
export type Effect = [
	parameters: IDataObject,
	shown: object | ((earlier: IDataObject) => object),
	more?: More,
];

const says = (words: string) => ({ error: expect.stringContaining(words) });
const unpaid = (words: string) => ({ ...says(words), requests: { create: 0 } });
const dry = (options: IDataObject) => ({ options: { ...options, dryRun: true } });

function oneAtATime(route: 'read' | 'media'): More {
	const faults = [fault(route, { kind: 'slow', seconds: 0.1 }, 'every')];
	const service = { ...(route === 'read' && { readsPerStep: 1 }), faults };
	return { items: [{}, {}], gap: [route, 95], service };
}

const prompted = (words: RegExp) => ({ input: { prompt: expect.stringMatching(words) } });
const velvet = prompted(/velvet/i);

function part(name: string, value = 'velvet'): IDataObject {
	return { promptMode: 'guided', guided: { subject: 'a fox', [name]: value }, ...dry({}) };
}

const PARTS = 'action details lighting secondaryMotion setting style subject'.split(' ');

function storyboard(own: IDataObject): IDataObject {
	const scenes = { scene: [{ description: 'on a table' }] };
	return { promptMode: 'storyboard', storyboard: { scenes, ...own }, ...dry({}) };
}

const endless = { service: { renderSeconds: Infinity } };
const pending = { service: { queueSeconds: Infinity } };
const often = { pollIntervalSeconds: 0.1 };
const soon = { ...often, timeoutMinutes: 0.01 };

const waiting: Record<string, Effect> = {
	'options.maxConcurrency': [{ options: { ...often, maxConcurrency: 1 } }, {}, oneAtATime('read')],
	'options.onTimeout': [
		{ options: { ...soon, onTimeout: 'output' } },
		{ item: { status: 'timeout' } },
		endless,
	],
	'options.pollIntervalSeconds': [
		// The adaptive pace reads a task less often within this time.
		{ options: { ...often, timeoutMinutes: 0.2 } },
		{},
		{ ...endless, stopAfter: ['read', 4] },
	],
	'options.timeoutMinutes': [{ options: soon }, says('within the time limit'), endless],
};

const MP4 = { mimeType: 'video/mp4' };
const large = { service: { mediaBytes: 2_000_000 } };
const video = (own: IDataObject) => ({ options: { binaryOutput: ['video'], ...own } });

const files: Record<string, Effect> = {
	'options.binaryOutput': [
		video({ binaryOutput: ['thumbnail'] }),
		{ files: { data: { mimeType: 'image/jpeg' } } },
	],
	'options.binaryProperty': [video({ binaryProperty: 'clip' }), { files: { clip: MP4 } }],
	'options.fileName': [video({ fileName: 'fox' }), { files: { data: { fileName: 'fox.mp4' } } }],
	'options.maxDownloadMb': [video({ maxDownloadMb: 1 }), says('larger'), large],
};

const raw = { item: { task: { task_id: expect.any(String) } } };

const format: Record<string, Effect> = {
	output: [{ output: 'raw' }, raw, { asTool: true }],
	outputFields: [
		{ output: 'selected', outputFields: ['status'] },
		{ keys: ['taskId', 'status'] },
		{ asTool: true },
	],
	simplify: [{ simplify: false }, raw],
};

const CALLBACK = 'http://127.0.0.1:9/report';

/** Parameters that all operations share which order a video. */
const creating: Record<string, Effect> = {
	promptMode: [{ ...part('subject', 'a bee') }, { input: { prompt: 'A bee.' } }],
	prompt: [{ prompt: 'a velvet fox', ...dry({}) }, { input: { prompt: 'a velvet fox' } }],
	...Object.fromEntries(PARTS.map((name) => [`guided.${name}`, [part(name), velvet]])),
	'guided.camera': [part('camera', 'orbitLeft'), prompted(/camera orbits left/i)],
	'storyboard.scenes.scene.description': [
		storyboard({ scenes: { scene: [{ description: 'in velvet' }] } }),
		velvet,
	],
	'storyboard.sharedSubject': [storyboard({ sharedSubject: 'a velvet bouquet' }), velvet],
	'storyboard.style': [storyboard({ style: 'velvet' }), velvet],
	callbackUrl: [
		{ waitMode: 'none', callbackUrl: CALLBACK, ...dry({}) },
		{ config: { webhook_config: { endpoint: CALLBACK } } },
	],
	waitMode: [
		{ waitMode: 'none' },
		{ item: { status: 'processing', videoUrl: null, costUsd: 0.2 }, requests: { read: 0 } },
		endless,
	],
	...format,
	'options.additionalInput': [dry({ additionalInput: '{ "fps": 24 }' }), { input: { fps: 24 } }],
	'options.cancelOnStop': [
		{ options: { ...often, cancelOnStop: false } },
		{ requests: { create: 1, cancel: 0 } },
		{ ...pending, stopAfter: ['read', 1] },
	],
	'options.dryRun': [dry({}), { item: { dryRun: true } }],
	'options.expandPrompt': [dry({ expandPrompt: true }), { input: { expand_prompt: true } }],
	'options.keepBalanceUsd': [
		{ options: { keepBalanceUsd: 4.9 } },
		unpaid('$4.90'),
		{ service: { balanceUsd: 5 } },
	],
	'options.loop': [dry({ loop: true }), { input: { loop: true } }],
	'options.maxSpendUsd': [{ options: { maxSpendUsd: 0.1 } }, unpaid('$0.10')],
	'options.model': [dry({ model: 'ray-v1' }), { input: { model: 'ray-v1' } }],
	'options.numberOfVideos': [dry({ numberOfVideos: 2 }), { items: 2 }],
	'options.seed': [dry({ seed: 42 }), { input: { seed: 42 } }],
	'options.serviceMode': [dry({ serviceMode: 'private' }), { config: { service_mode: 'private' } }],
	'options.tagOrders': [
		dry({ tagOrders: false }),
		{ config: expect.not.objectContaining({ webhook_config: expect.anything() }) },
	],
	...waiting,
	...files,
};

const aspectRatio: Effect = [
	{ aspectRatio: '9:16', ...dry({}) },
	{ input: { aspect_ratio: '9:16' } },
];
// Nobody listens there, so that no test waits for a picture.
const END = 'http://127.0.0.1:9/end.png';
const endImage: Effect = [
	{ endImageSource: 'url', endImageUrl: END, ...dry({}) },
	{ input: { end_image: END } },
];

function uploaded(end: 'start' | 'end'): Effect {
	const own = { [`${end}ImageSource`]: 'binary', [`${end}ImageBinaryProperty`]: 'photo' };
	const photo = { data: png().toString('base64'), mimeType: 'image/png' };
	return [
		{ startImageSource: 'none', ...own, waitMode: 'none' },
		{ requests: { upload: 1 } },
		{ items: [{ json: {}, binary: { photo } }] },
	];
}

function clipOf(...names: string[]): INodeExecutionData {
	const data = simple({ otherTracks: ['soun'] }).toString('base64');
	const files = names.map((name) => [name, { data, mimeType: 'video/mp4' }]);
	return { json: {}, binary: Object.fromEntries(files) };
}

const cancelled = ({ taskId }: IDataObject) => ({ item: { taskIds: [taskId] } });

function createdMinutesAgo(minutes: number): SimulatorOptions {
	const time = new Date(Date.now() - minutes * 60_000).toISOString();
	const created = (text: string) => text.replace(/(?<="created_at":")[^"]*/g, time);
	return { faults: [fault('history', rewritingText(created), 'every')] };
}

export const effects: Record<string, Record<string, Effect>> = {
	'video.textToVideo': {
		...creating,
		aspectRatio,
		duration: [{ duration: 10, ...dry({}) }, { input: { duration: 10 } }],
	},
	'video.imageToVideo': {
		...creating,
		aspectRatio,
		startImageSource: [{ startImageSource: 'none' }, unpaid('There is no image')],
		startImageUrl: [{ startImageUrl: END, ...dry({}) }, { input: { start_image: END } }],
		startImageBinaryProperty: uploaded('start'),
		endImageSource: endImage,
		endImageUrl: endImage,
		endImageBinaryProperty: uploaded('end'),
	},
	'video.extend': {
		...creating,
		sourceTaskId: [
			dry({}),
			({ taskId: id }) => ({ input: { key_frames: { frame0: { type: 'generation', id } } } }),
		],
	},
	'video.download': {
		downloadFrom: [
			{ downloadFrom: 'url', videoUrl: '={{ $json.videoUrl }}' },
			{ files: { data: MP4 }, requests: { read: 0 } },
		],
		taskId: [{}, { files: { data: { fileName: expect.stringMatching(/^luma-.+\.mp4$/) } } }],
		files: [{ files: ['lastFrame'] }, { files: { data: { mimeType: 'image/jpeg' } } }],
		videoUrl: [{ downloadFrom: 'url', videoUrl: '=nowhere' }, says('“nowhere”')],
		binaryProperty: [{ binaryProperty: 'clip' }, { files: { clip: MP4 } }],
		...format,
		'options.maxConcurrency': [{ options: { maxConcurrency: 1 } }, {}, oneAtATime('media')],
		'options.fileName': files['options.fileName'],
		'options.maxDownloadMb': files['options.maxDownloadMb'],
	},
	'video.join': {
		videosFrom: [{ videosFrom: 'binary' }, says('finds no file')],
		videoUrl: [{ videoUrl: '=nowhere' }, says('“nowhere”')],
		videoBinaryProperty: [
			{ videosFrom: 'binary', videoBinaryProperty: 'other' },
			says('finds no file'),
			{ items: [clipOf('data', 'poster')] },
		],
		binaryProperty: [{ binaryProperty: 'film' }, { files: { film: MP4 } }],
		'options.fileName': files['options.fileName'],
		'options.leaveOutItems': [
			{ options: { leaveOutItems: true } },
			{ item: { clips: 1 } },
			{ items: [{}, { videoUrl: '' }] },
		],
		'options.leaveOutSound': [
			{ videosFrom: 'binary', options: { leaveOutSound: true } },
			{ item: { clips: 2 } },
			{ items: [clipOf('data'), clipOf('data')] },
		],
		'options.maxSizeMb': [{ options: { maxSizeMb: 1 } }, says('more than 1 MB'), large],
	},
	'task.get': { taskId: [{ taskId: '=undefined' }, says('“undefined”')], ...format },
	'task.wait': {
		taskId: [{}, { item: { status: 'completed' } }],
		waitMode: [
			{ waitMode: 'callback', options: { timeoutMinutes: 1 } },
			says('Suspend Until Callback'),
		],
		...format,
		...waiting,
		...files,
	},
	'task.cancel': { taskId: [{}, { item: { cancelled: false, status: 'completed' } }] },
	'task.getMany': {
		...format,
		returnAll: [{ returnAll: true, limit: 1 }, { items: 2 }],
		limit: [{ limit: 1 }, { items: 1 }],
		status: [{ status: 'failed' }, { items: 0 }],
		createdAfter: [{ createdAfter: '={{ $now.plus({ hours: 1 }) }}' }, { items: 0 }],
		createdBefore: [{ createdBefore: '={{ $now.minus({ hours: 1 }) }}' }, { items: 0 }],
		includeDetails: [{ includeDetails: true }, ({ prompt }) => ({ item: { prompt } })],
	},
	'task.cancelMany': {
		tasksToCancel: [{ tasksToCancel: 'all' }, cancelled, pending],
		// The default is an hour.
		olderThanMinutes: [
			{ olderThanMinutes: 5 },
			cancelled,
			{ service: { ...pending.service, ...createdMinutesAgo(10) } },
		],
	},
	'account.get': {},
	'account.getUsage': {
		startDate: [{ startDate: '={{ $today }}' }, { item: { days: [expect.anything()] } }],
		endDate: [{ endDate: '={{ $today.minus({ days: 2 }) }}' }, { item: { videos: 0 } }],
	},
};
