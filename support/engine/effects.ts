import { expect } from '@jest/globals';
import { sleep, type IDataObject, type INodeExecutionData } from 'n8n-workflow';

import type { Call, FaultEffect, SimulatorOptions } from '../../simulator';
import type { LumaRun } from './engine';
import { png } from '../media/pictures';
import { withTrack } from '../media/simpleClips';

/** What a test can see of a run. */
export interface Seen {
	run: LumaRun;
	/** The task that the operation is about, if it is about one. */
	earlier: IDataObject;
	/** The requests of this run. */
	calls: Call[];
	/** `input` of the request, as the dry run shows it. */
	input: IDataObject;
	/** `config` of the request. */
	config: IDataObject;
}

/** How to tell that a parameter does something. */
export interface Effect {
	parameters: IDataObject;
	service?: SimulatorOptions;
	/** Input items; default: one without anything. */
	items?: Array<IDataObject | INodeExecutionData>;
	/** Does something while the node runs. */
	meanwhile?: (run: { stop(): void }, calls: () => Call[]) => Promise<void>;
	/** The node is an agent's tool. */
	asTool?: boolean;
	/** The run is to end with a message. */
	fails?: boolean;
	shows: (seen: Seen) => void;
}

export type Effects = Record<string, Effect>;

const FAST_POLLING = { pollIntervalSeconds: 0.1 };

function on(route: Call['route'], calls: Call[]): Call[] {
	return calls.filter((call) => call.route === route);
}

/** The parameter shows in the request. */
function inRequest(parameters: IDataObject, expected: IDataObject): Effect {
	const { options, ...rest } = parameters;
	return {
		parameters: { ...rest, options: { ...(options as IDataObject), dryRun: true } },
		shows: ({ input }) => expect(input).toMatchObject(expected),
	};
}

function part(name: string, says: RegExp, value = 'velvet'): Effect {
	const parameters = { promptMode: 'guided', guided: { subject: 'a fox', [name]: value } };
	return inRequest(parameters, { prompt: expect.stringMatching(says) });
}

function storyboardPart(own: IDataObject): Effect {
	const storyboard = { scenes: { scene: [{ description: 'on a table' }] }, ...own };
	return inRequest(
		{ promptMode: 'storyboard', storyboard },
		{ prompt: expect.stringMatching(/velvet/i) },
	);
}

const waiting: Effects = {
	'options.maxConcurrency': {
		parameters: { options: { ...FAST_POLLING, maxConcurrency: 1 } },
		items: [{}, {}],
		service: {
			faults: [{ route: 'read', calls: 'every', effect: { kind: 'slow', seconds: 0.1 } }],
		},
		shows: ({ calls }) => {
			const [first, second] = on('read', calls);
			expect(second.at - first.at).toBeGreaterThanOrEqual(95);
		},
	},
	'options.onTimeout': {
		parameters: { options: { ...FAST_POLLING, timeoutMinutes: 0.01, onTimeout: 'output' } },
		service: { renderSeconds: 60 },
		shows: ({ run }) => expect(run.json[0]).toMatchObject({ status: 'timeout' }),
	},
	'options.pollIntervalSeconds': {
		parameters: { options: { pollIntervalSeconds: 0.1 } },
		// The adaptive pace reads such a task once.
		service: { renderSeconds: 1.5 },
		shows: ({ calls }) => expect(on('read', calls).length).toBeGreaterThan(3),
	},
	'options.timeoutMinutes': {
		parameters: { options: { ...FAST_POLLING, timeoutMinutes: 0.01 } },
		service: { renderSeconds: 60 },
		fails: true,
		shows: ({ run }) => expect(run.error?.message).toContain('within the time limit'),
	},
};

const files: Effects = {
	'options.binaryOutput': {
		parameters: { options: { ...FAST_POLLING, binaryOutput: ['thumbnail'] } },
		shows: ({ run }) => expect(run.items[0].binary?.data.mimeType).toBe('image/jpeg'),
	},
	'options.binaryProperty': {
		parameters: { options: { ...FAST_POLLING, binaryOutput: ['video'], binaryProperty: 'clip' } },
		shows: ({ run }) => expect(run.items[0].binary?.clip.mimeType).toBe('video/mp4'),
	},
	'options.fileName': {
		parameters: { options: { ...FAST_POLLING, binaryOutput: ['video'], fileName: 'fox' } },
		shows: ({ run }) => expect(run.items[0].binary?.data.fileName).toBe('fox.mp4'),
	},
	'options.maxDownloadMb': {
		parameters: { options: { ...FAST_POLLING, binaryOutput: ['video'], maxDownloadMb: 1 } },
		service: { mediaBytes: 2_000_000 },
		fails: true,
		shows: ({ run }) => expect(run.error?.message).toMatch(/large/i),
	},
};

const format: Effects = {
	output: {
		asTool: true,
		parameters: { output: 'raw', options: FAST_POLLING },
		shows: ({ run }) => expect(run.json[0].task).toHaveProperty('task_id'),
	},
	outputFields: {
		asTool: true,
		parameters: { output: 'selected', outputFields: ['status'], options: FAST_POLLING },
		shows: ({ run }) => expect(Object.keys(run.json[0])).toEqual(['taskId', 'status']),
	},
	simplify: {
		parameters: { simplify: false, options: FAST_POLLING },
		shows: ({ run }) => expect(run.json[0].task).toHaveProperty('task_id'),
	},
};

/** Parameters that all operations share which order a video. */
export const creating: Effects = {
	promptMode: inRequest(
		{ promptMode: 'guided', guided: { subject: 'a bee' } },
		{ prompt: 'A bee.' },
	),
	prompt: inRequest({ prompt: 'a velvet fox' }, { prompt: 'a velvet fox' }),
	'guided.action': part('action', /velvet/),
	'guided.camera': part('camera', /camera orbits left/i, 'orbitLeft'),
	'guided.details': part('details', /velvet/i),
	'guided.lighting': part('lighting', /velvet/i),
	'guided.secondaryMotion': part('secondaryMotion', /velvet/i),
	'guided.setting': part('setting', /velvet/i),
	'guided.style': part('style', /velvet/i),
	'guided.subject': part('subject', /velvet/i),
	'storyboard.scenes.scene.description': storyboardPart({
		scenes: { scene: [{ description: 'in velvet' }] },
	}),
	'storyboard.sharedSubject': storyboardPart({ sharedSubject: 'a velvet bouquet' }),
	'storyboard.style': storyboardPart({ style: 'velvet' }),
	'options.numberOfVideos': {
		parameters: { options: { dryRun: true, numberOfVideos: 2 } },
		shows: ({ run }) => expect(run.json).toHaveLength(2),
	},
	callbackUrl: {
		parameters: {
			waitMode: 'none',
			callbackUrl: 'http://127.0.0.1:9/report',
			options: { dryRun: true },
		},
		shows: ({ config }) =>
			expect(config).toMatchObject({
				webhook_config: { endpoint: 'http://127.0.0.1:9/report' },
			}),
	},
	waitMode: {
		parameters: { waitMode: 'none' },
		shows: ({ run, calls }) => {
			expect(run.json[0]).toMatchObject({ videoUrl: null, completedAt: null });
			expect(on('read', calls)).toEqual([]);
		},
	},
	...format,
	'options.additionalInput': inRequest(
		{ options: { additionalInput: '{"fps": 24}' } },
		{ fps: 24 },
	),
	'options.cancelOnStop': {
		parameters: { options: { cancelOnStop: false } },
		service: { queueSeconds: 0.5 },
		meanwhile: async (run, calls) => {
			while (on('create', calls()).length === 0) await sleep(20);
			await sleep(50);
			run.stop();
		},
		shows: ({ calls }) => {
			expect(on('create', calls)).toHaveLength(1);
			expect(on('cancel', calls)).toEqual([]);
		},
	},
	'options.dryRun': {
		parameters: { options: { dryRun: true } },
		shows: ({ run }) => expect(run.json[0]).toMatchObject({ dryRun: true }),
	},
	'options.expandPrompt': inRequest({ options: { expandPrompt: true } }, { expand_prompt: true }),
	'options.keepBalanceUsd': {
		parameters: { options: { keepBalanceUsd: 4.9 } },
		service: { balanceUsd: 5 },
		fails: true,
		shows: ({ run, calls }) => {
			expect(run.error?.description).toContain('$4.90');
			expect(on('create', calls).length).toBe(0);
		},
	},
	'options.loop': inRequest({ options: { loop: true } }, { loop: true }),
	'options.maxSpendUsd': {
		parameters: { options: { maxSpendUsd: 0.1 } },
		fails: true,
		shows: ({ run, calls }) => {
			expect(run.error?.description).toContain('$0.10');
			expect(on('create', calls).length).toBe(0);
		},
	},
	'options.model': inRequest({ options: { model: 'ray-v1' } }, { model: 'ray-v1' }),
	'options.seed': inRequest({ options: { seed: 42 } }, { seed: 42 }),
	'options.serviceMode': {
		parameters: { options: { dryRun: true, serviceMode: 'private' } },
		shows: ({ config }) => expect(config).toMatchObject({ service_mode: 'private' }),
	},
	'options.tagOrders': {
		parameters: { options: { dryRun: true, tagOrders: false } },
		shows: ({ config }) => expect(config).not.toHaveProperty('webhook_config'),
	},
	...waiting,
	...files,
};

const aspectRatio = inRequest({ aspectRatio: '9:16' }, { aspect_ratio: '9:16' });
// Nobody listens there, so that no test waits for a picture.
const END = 'http://127.0.0.1:9/end.png';
const picture = {
	data: { data: png().toString('base64'), mimeType: 'image/png' },
};

const WITH_SOUND = { data: withTrack('soun').toString('base64'), mimeType: 'video/mp4' };

function uploaded(parameters: IDataObject): Effect {
	const [[, property]] = Object.entries(parameters).filter(([name]) => name.endsWith('Property'));
	return {
		parameters: { ...parameters, waitMode: 'none' },
		items: [{ json: {}, binary: { [String(property)]: picture.data } }],
		shows: ({ calls }) => expect(on('upload', calls).length).toBe(1),
	};
}

const EVERY_LIST = { route: 'history', calls: 'every' } as const;

function createdMinutesAgo(minutes: number): FaultEffect {
	const time = new Date(Date.now() - minutes * 60_000).toISOString();
	const body = (sent: unknown) =>
		JSON.parse(JSON.stringify(sent).replace(/"created_at":"[^"]*"/g, `"created_at":"${time}"`));
	return { kind: 'rewrite', body };
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
		startImageSource: {
			parameters: { startImageSource: 'none', options: { dryRun: true } },
			fails: true,
			shows: ({ run }) => expect(run.error?.message).toBe('There is no image'),
		},
		startImageUrl: inRequest({ startImageUrl: END }, { start_image: END }),
		startImageBinaryProperty: uploaded({
			startImageSource: 'binary',
			startImageBinaryProperty: 'photo',
		}),
		endImageSource: inRequest({ endImageSource: 'url', endImageUrl: END }, { end_image: END }),
		endImageUrl: inRequest({ endImageSource: 'url', endImageUrl: END }, { end_image: END }),
		endImageBinaryProperty: uploaded({
			startImageSource: 'none',
			endImageSource: 'binary',
			endImageBinaryProperty: 'photo',
		}),
	},
	'video.extend': {
		...creating,
		sourceTaskId: {
			parameters: { options: { dryRun: true } },
			shows: ({ input, earlier }) =>
				expect(input.key_frames).toEqual({ frame0: { type: 'generation', id: earlier.taskId } }),
		},
	},
	'video.download': {
		downloadFrom: {
			parameters: { downloadFrom: 'url', videoUrl: '={{ $json.videoUrl }}' },
			shows: ({ run }) => expect(run.items[0].binary?.data.mimeType).toBe('video/mp4'),
		},
		taskId: {
			parameters: {},
			shows: ({ run }) => expect(run.items[0].binary?.data.fileName).toMatch(/^luma-.+\.mp4$/),
		},
		files: {
			parameters: { files: ['lastFrame'] },
			shows: ({ run }) => expect(run.items[0].binary?.data.fileName).toMatch(/last-frame\.jpg$/),
		},
		videoUrl: {
			parameters: { downloadFrom: 'url', videoUrl: '=nowhere' },
			fails: true,
			shows: ({ run }) => expect(run.error?.message).toContain('“nowhere”'),
		},
		binaryProperty: {
			parameters: { binaryProperty: 'clip' },
			shows: ({ run }) => expect(run.items[0].binary?.clip.mimeType).toBe('video/mp4'),
		},
		...format,
		'options.maxConcurrency': {
			parameters: { options: { maxConcurrency: 1 } },
			items: [{}, {}],
			service: {
				faults: [{ route: 'media', calls: 'every', effect: { kind: 'slow', seconds: 0.1 } }],
			},
			shows: ({ calls }) => {
				const [first, second] = on('media', calls);
				expect(second.at - first.at).toBeGreaterThanOrEqual(95);
			},
		},
		'options.fileName': {
			parameters: { options: { fileName: 'fox' } },
			shows: ({ run }) => expect(run.items[0].binary?.data.fileName).toBe('fox.mp4'),
		},
		'options.maxDownloadMb': {
			parameters: { options: { maxDownloadMb: 1 } },
			service: { mediaBytes: 2_000_000 },
			fails: true,
			shows: ({ run }) => expect(run.error?.message).toMatch(/large/i),
		},
	},
	'video.join': {
		videosFrom: {
			parameters: { videosFrom: 'binary' },
			fails: true,
			shows: ({ run }) => expect(run.error?.message).toContain('finds no file'),
		},
		videoUrl: {
			parameters: { videoUrl: '=nowhere' },
			fails: true,
			shows: ({ run }) => expect(run.error?.message).toContain('“nowhere”'),
		},
		videoBinaryProperty: {
			parameters: { videosFrom: 'binary', videoBinaryProperty: 'other' },
			items: [{ json: {}, binary: { data: WITH_SOUND, poster: WITH_SOUND } }],
			fails: true,
			shows: ({ run }) => expect(run.error?.message).toContain('finds no file'),
		},
		binaryProperty: {
			parameters: { binaryProperty: 'film' },
			shows: ({ run }) => expect(run.items[0].binary?.film.mimeType).toBe('video/mp4'),
		},
		'options.fileName': {
			parameters: { options: { fileName: 'fox' } },
			shows: ({ run }) => expect(run.items[0].binary?.data.fileName).toBe('fox.mp4'),
		},
		'options.leaveOutItems': {
			parameters: { options: { leaveOutItems: true } },
			items: [{}, { videoUrl: '' }],
			shows: ({ run }) => expect(run.json[0].clips).toBe(1),
		},
		'options.leaveOutSound': {
			parameters: { videosFrom: 'binary', options: { leaveOutSound: true } },
			items: Array.from({ length: 2 }, () => ({ json: {}, binary: { data: WITH_SOUND } })),
			shows: ({ run }) => expect(run.json[0].clips).toBe(2),
		},
		'options.maxSizeMb': {
			parameters: { options: { maxSizeMb: 1 } },
			service: { mediaBytes: 2_000_000 },
			fails: true,
			shows: ({ run }) => expect(run.error?.message).toContain('more than 1 MB'),
		},
	},
	'task.get': {
		taskId: {
			parameters: { taskId: '=undefined' },
			fails: true,
			shows: ({ run }) => expect(run.error?.message).toContain('“undefined”'),
		},
		...format,
	},
	'task.wait': {
		taskId: {
			parameters: {},
			shows: ({ run }) => expect(run.json[0]).toMatchObject({ status: 'completed' }),
		},
		waitMode: {
			parameters: { waitMode: 'callback', options: { timeoutMinutes: 1 } },
			fails: true,
			shows: ({ run }) => expect(run.error?.description).toContain('Suspend Until Callback'),
		},
		...format,
		...waiting,
		...files,
	},
	'task.cancel': {
		taskId: {
			parameters: {},
			shows: ({ run }) =>
				expect(run.json[0]).toMatchObject({ cancelled: false, status: 'completed' }),
		},
	},
	'task.getMany': {
		...format,
		returnAll: {
			parameters: { returnAll: true, limit: 1 },
			shows: ({ run }) => expect(run.json).toHaveLength(2),
		},
		limit: {
			parameters: { limit: 1 },
			shows: ({ run }) => expect(run.json).toHaveLength(1),
		},
		status: {
			parameters: { status: 'failed' },
			shows: ({ run }) => expect(run.json).toEqual([]),
		},
		createdAfter: {
			parameters: { createdAfter: '={{ $now.plus({ hours: 1 }) }}' },
			shows: ({ run }) => expect(run.json).toEqual([]),
		},
		createdBefore: {
			parameters: { createdBefore: '={{ $now.minus({ hours: 1 }) }}' },
			shows: ({ run }) => expect(run.json).toEqual([]),
		},
		includeDetails: {
			parameters: { includeDetails: true },
			shows: ({ run, earlier }) => expect(run.json[0].prompt).toBe(earlier.prompt),
		},
	},
	'task.cancelMany': {
		tasksToCancel: {
			parameters: { tasksToCancel: 'all' },
			service: { queueSeconds: 60 },
			shows: ({ run, earlier }) => expect(run.json[0].taskIds).toEqual([earlier.taskId]),
		},
		olderThanMinutes: {
			// The default is an hour.
			parameters: { olderThanMinutes: 5 },
			service: { queueSeconds: 60, faults: [{ ...EVERY_LIST, effect: createdMinutesAgo(10) }] },
			shows: ({ run, earlier }) => expect(run.json[0].taskIds).toEqual([earlier.taskId]),
		},
	},
	'account.get': {},
	'account.getUsage': {
		startDate: {
			parameters: { startDate: '={{ $today }}' },
			shows: ({ run }) => expect(run.json[0].days).toHaveLength(1),
		},
		endDate: {
			parameters: { endDate: '={{ $today.minus({ days: 2 }) }}' },
			shows: ({ run }) => expect(run.json[0].videos).toBe(0),
		},
	},
};
