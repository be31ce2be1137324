import { expect } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { FaultEffect, SimulatorOptions } from '../../simulator';
import { until } from '../eventually';
import { png } from '../media/pictures';
import { withTrack } from '../media/simpleClips';
import {
	inCount,
	inFile,
	inOutput,
	inRequest,
	on,
	oneAtATime,
	refused,
	unpaid,
	type Effect,
	type Effects,
} from './effect';
import { FAST_POLLING } from './service';

function part(name: string, says: RegExp = /velvet/i, value = 'velvet'): Effect {
	const guided = { subject: 'a fox', [name]: value };
	return inRequest({ promptMode: 'guided', guided }, { prompt: expect.stringMatching(says) });
}

const PARTS = 'action details lighting secondaryMotion setting style subject'.split(' ');

function storyboardPart(own: IDataObject): Effect {
	const storyboard = { scenes: { scene: [{ description: 'on a table' }] }, ...own };
	const prompt = expect.stringMatching(/velvet/i);
	return inRequest({ promptMode: 'storyboard', storyboard }, { prompt });
}

const endless = { service: { renderSeconds: Infinity } };
const soon = { ...FAST_POLLING, timeoutMinutes: 0.01 };

const waiting: Effects = {
	'options.maxConcurrency': oneAtATime('read', { options: { ...FAST_POLLING, maxConcurrency: 1 } }),
	'options.onTimeout': inOutput(
		{ options: { ...soon, onTimeout: 'output' } },
		{ status: 'timeout' },
		endless,
	),
	'options.pollIntervalSeconds': {
		parameters: {
			options: { pollIntervalSeconds: 0.1, timeoutMinutes: 0.02, onTimeout: 'output' },
		},
		...endless,
		// The adaptive pace reads such a task once.
		shows: ({ calls }) => expect(on('read', calls).length).toBeGreaterThan(3),
	},
	'options.timeoutMinutes': refused({ options: soon }, 'within the time limit', endless),
};

const large = { service: { mediaBytes: 2_000_000 } };

function downloaded(own: IDataObject): IDataObject {
	return { options: { ...FAST_POLLING, binaryOutput: ['video'], ...own } };
}

const files: Effects = {
	'options.binaryOutput': inFile(downloaded({ binaryOutput: ['thumbnail'] }), 'data', {
		mimeType: 'image/jpeg',
	}),
	'options.binaryProperty': inFile(downloaded({ binaryProperty: 'clip' }), 'clip', {
		mimeType: 'video/mp4',
	}),
	'options.fileName': inFile(downloaded({ fileName: 'fox' }), 'data', { fileName: 'fox.mp4' }),
	'options.maxDownloadMb': refused(downloaded({ maxDownloadMb: 1 }), 'larger', large),
};

const fileName = inFile({ options: { fileName: 'fox' } }, 'data', { fileName: 'fox.mp4' });
const raw = { task: { task_id: expect.any(String) } };

const format: Effects = {
	output: inOutput({ output: 'raw', options: FAST_POLLING }, raw, { asTool: true }),
	outputFields: {
		asTool: true,
		parameters: { output: 'selected', outputFields: ['status'], options: FAST_POLLING },
		shows: ({ run }) => expect(Object.keys(run.json[0])).toEqual(['taskId', 'status']),
	},
	simplify: inOutput({ simplify: false, options: FAST_POLLING }, raw),
};

const CALLBACK = 'http://127.0.0.1:9/report';

/** Parameters that all operations share which order a video. */
export const creating: Effects = {
	promptMode: inRequest(
		{ promptMode: 'guided', guided: { subject: 'a bee' } },
		{ prompt: 'A bee.' },
	),
	prompt: inRequest({ prompt: 'a velvet fox' }, { prompt: 'a velvet fox' }),
	...Object.fromEntries(PARTS.map((name) => [`guided.${name}`, part(name)])),
	'guided.camera': part('camera', /camera orbits left/i, 'orbitLeft'),
	'storyboard.scenes.scene.description': storyboardPart({
		scenes: { scene: [{ description: 'in velvet' }] },
	}),
	'storyboard.sharedSubject': storyboardPart({ sharedSubject: 'a velvet bouquet' }),
	'storyboard.style': storyboardPart({ style: 'velvet' }),
	callbackUrl: inRequest(
		{ waitMode: 'none', callbackUrl: CALLBACK },
		{ webhook_config: { endpoint: CALLBACK } },
		'config',
	),
	waitMode: {
		parameters: { waitMode: 'none' },
		...endless,
		shows: ({ run, calls }) => {
			expect(run.json[0]).toMatchObject({ videoUrl: null, completedAt: null });
			expect(on('read', calls)).toEqual([]);
		},
	},
	...format,
	'options.additionalInput': inRequest({ options: { additionalInput: '{"fps":24}' } }, { fps: 24 }),
	'options.cancelOnStop': {
		parameters: { options: { cancelOnStop: false } },
		service: { queueSeconds: Infinity },
		meanwhile: async (run, calls) => {
			await until('it is ordered', () => on('create', calls())[0]?.status === 200);
			run.stop();
		},
		shows: ({ calls }) => expect(on('cancel', calls)).toEqual([]),
	},
	'options.dryRun': inOutput({ options: { dryRun: true } }, { dryRun: true }),
	'options.expandPrompt': inRequest({ options: { expandPrompt: true } }, { expand_prompt: true }),
	'options.keepBalanceUsd': unpaid({ options: { keepBalanceUsd: 4.9 } }, '$4.90', {
		balanceUsd: 5,
	}),
	'options.loop': inRequest({ options: { loop: true } }, { loop: true }),
	'options.maxSpendUsd': unpaid({ options: { maxSpendUsd: 0.1 } }, '$0.10'),
	'options.model': inRequest({ options: { model: 'ray-v1' } }, { model: 'ray-v1' }),
	'options.numberOfVideos': inCount({ options: { dryRun: true, numberOfVideos: 2 } }, 2),
	'options.seed': inRequest({ options: { seed: 42 } }, { seed: 42 }),
	'options.serviceMode': inRequest(
		{ options: { serviceMode: 'private' } },
		{ service_mode: 'private' },
		'config',
	),
	'options.tagOrders': {
		parameters: { options: { dryRun: true, tagOrders: false } },
		shows: ({ run }) =>
			expect(run.json[0]).not.toHaveProperty('request.body.config.webhook_config'),
	},
	...waiting,
	...files,
};

const aspectRatio = inRequest({ aspectRatio: '9:16' }, { aspect_ratio: '9:16' });
// Nobody listens there, so that no test waits for a picture.
const END = 'http://127.0.0.1:9/end.png';
const endImage = inRequest({ endImageSource: 'url', endImageUrl: END }, { end_image: END });

function uploaded(end: 'start' | 'end'): Effect {
	const own = { [`${end}ImageSource`]: 'binary', [`${end}ImageBinaryProperty`]: 'photo' };
	const photo = { data: png().toString('base64'), mimeType: 'image/png' };
	return {
		parameters: { startImageSource: 'none', ...own, waitMode: 'none' },
		items: [{ json: {}, binary: { photo } }],
		shows: ({ calls }) => expect(on('upload', calls).length).toBe(1),
	};
}

const WITH_SOUND = { data: withTrack('soun').toString('base64'), mimeType: 'video/mp4' };
const CLIP = { json: {}, binary: { data: WITH_SOUND } };

function createdMinutesAgo(minutes: number): FaultEffect {
	const time = new Date(Date.now() - minutes * 60_000).toISOString();
	const body = (sent: unknown) =>
		JSON.parse(JSON.stringify(sent).replace(/"created_at":"[^"]*"/g, `"created_at":"${time}"`));
	return { kind: 'rewrite', body };
}

function cancelled(parameters: IDataObject, service?: SimulatorOptions): Effect {
	return {
		parameters,
		service: { queueSeconds: Infinity, ...service },
		shows: ({ run, earlier }) => expect(run.json[0].taskIds).toEqual([earlier.taskId]),
	};
}

export const effects: Record<string, Effects> = {
	'video.textToVideo': {
		...creating,
		aspectRatio,
		duration: inRequest({ duration: 10 }, { duration: 10 }),
	},
	'video.imageToVideo': {
		...creating,
		aspectRatio,
		startImageSource: unpaid({ startImageSource: 'none' }, 'There is no image'),
		startImageUrl: inRequest({ startImageUrl: END }, { start_image: END }),
		startImageBinaryProperty: uploaded('start'),
		endImageSource: endImage,
		endImageUrl: endImage,
		endImageBinaryProperty: uploaded('end'),
	},
	'video.extend': {
		...creating,
		sourceTaskId: {
			parameters: { options: { dryRun: true } },
			shows: ({ run, earlier }) =>
				expect(run.json[0]).toHaveProperty('request.body.input.key_frames', {
					frame0: { type: 'generation', id: earlier.taskId },
				}),
		},
	},
	'video.download': {
		downloadFrom: inFile({ downloadFrom: 'url', videoUrl: '={{ $json.videoUrl }}' }, 'data', {
			mimeType: 'video/mp4',
		}),
		taskId: inFile({}, 'data', { fileName: expect.stringMatching(/^luma-.+\.mp4$/) }),
		files: inFile({ files: ['lastFrame'] }, 'data', { mimeType: 'image/jpeg' }),
		videoUrl: refused({ downloadFrom: 'url', videoUrl: '=nowhere' }, '“nowhere”'),
		binaryProperty: inFile({ binaryProperty: 'clip' }, 'clip', { mimeType: 'video/mp4' }),
		...format,
		'options.maxConcurrency': oneAtATime('media', { options: { maxConcurrency: 1 } }),
		'options.fileName': fileName,
		'options.maxDownloadMb': refused({ options: { maxDownloadMb: 1 } }, 'larger', large),
	},
	'video.join': {
		videosFrom: refused({ videosFrom: 'binary' }, 'finds no file'),
		videoUrl: refused({ videoUrl: '=nowhere' }, '“nowhere”'),
		videoBinaryProperty: refused(
			{ videosFrom: 'binary', videoBinaryProperty: 'other' },
			'finds no file',
			{ items: [{ json: {}, binary: { data: WITH_SOUND, poster: WITH_SOUND } }] },
		),
		binaryProperty: inFile({ binaryProperty: 'film' }, 'film', { mimeType: 'video/mp4' }),
		'options.fileName': fileName,
		'options.leaveOutItems': inOutput(
			{ options: { leaveOutItems: true } },
			{ clips: 1 },
			{ items: [{}, { videoUrl: '' }] },
		),
		'options.leaveOutSound': inOutput(
			{ videosFrom: 'binary', options: { leaveOutSound: true } },
			{ clips: 2 },
			{ items: [CLIP, CLIP] },
		),
		'options.maxSizeMb': refused({ options: { maxSizeMb: 1 } }, 'more than 1 MB', large),
	},
	'task.get': { taskId: refused({ taskId: '=undefined' }, '“undefined”'), ...format },
	'task.wait': {
		taskId: inOutput({}, { status: 'completed' }),
		waitMode: refused(
			{ waitMode: 'callback', options: { timeoutMinutes: 1 } },
			'Suspend Until Callback',
		),
		...format,
		...waiting,
		...files,
	},
	'task.cancel': { taskId: inOutput({}, { cancelled: false, status: 'completed' }) },
	'task.getMany': {
		...format,
		returnAll: inCount({ returnAll: true, limit: 1 }, 2),
		limit: inCount({ limit: 1 }, 1),
		status: inCount({ status: 'failed' }, 0),
		createdAfter: inCount({ createdAfter: '={{ $now.plus({ hours: 1 }) }}' }, 0),
		createdBefore: inCount({ createdBefore: '={{ $now.minus({ hours: 1 }) }}' }, 0),
		includeDetails: inOutput({ includeDetails: true }, { prompt: expect.any(String) }),
	},
	'task.cancelMany': {
		tasksToCancel: cancelled({ tasksToCancel: 'all' }),
		// The default is an hour.
		olderThanMinutes: cancelled(
			{ olderThanMinutes: 5 },
			{ faults: [{ route: 'history', calls: 'every', effect: createdMinutesAgo(10) }] },
		),
	},
	'account.get': {},
	'account.getUsage': {
		startDate: {
			parameters: { startDate: '={{ $today }}' },
			shows: ({ run }) => expect(run.json[0].days).toHaveLength(1),
		},
		endDate: inOutput({ endDate: '={{ $today.minus({ days: 2 }) }}' }, { videos: 0 }),
	},
};
