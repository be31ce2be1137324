import type { SimulatedTask, TaskConfig, TaskFailure, TaskState, TaskStatus } from './tasks';

interface Picture {
	url: string;
	width: number;
	height: number;
}

type Pictures = Record<'video' | 'video_raw' | 'thumbnail' | 'last_frame', Picture>;

/**
 * How a task is written: `current` has URL strings and a null output while nothing is made, `older`
 * `{url,width,height}` and an output of empty strings and nulls, `generation`
 * `output.generation.video.url`, `videoUrl` `output.video_url`, `works`
 * `output.works[0].video.{resource,resource_without_watermark}`, and `files`, which no page shows, a list
 * of files with their types. `noWatermark` is `output.generation.video.{url,url_no_watermark}` as on the page
 * about webhooks, `assets` `output.assets.{image,video}`, `url` `output.url`, and with `text` and `list` the
 * output is the link itself, or a list of links.
 */
const write = {
	current: ({ video, video_raw, thumbnail, last_frame }) => ({
		video: video.url,
		video_raw,
		thumbnail: thumbnail.url,
		last_frame: last_frame.url,
	}),
	older: (pictures) => pictures,
	generation: ({ video }, task) => ({
		generation: { id: task.generationId, state: 'completed', video },
	}),
	videoUrl: ({ video }) => ({ video_url: video.url }),
	works: ({ video: { url, ...size }, video_raw: raw }) => ({
		works: [{ video: { resource: url, resource_without_watermark: raw.url, ...size } }],
	}),
	noWatermark: ({ video, video_raw: raw }) => ({
		generation: { state: 'completed', video: { ...video, url_no_watermark: raw.url } },
	}),
	assets: ({ video, thumbnail }) => ({ assets: { image: thumbnail.url, video: video.url } }),
	url: ({ video }) => ({ url: video.url }),
	text: ({ video }) => video.url,
	list: ({ video, thumbnail }) => [thumbnail.url, video.url],
	files: ({ video, thumbnail }) => ({
		files: [
			{ type: 'image/jpeg', url: thumbnail.url },
			{ type: 'video/mp4', ...video },
		],
	}),
} satisfies Record<string, (pictures: Pictures, task: SimulatedTask) => object | string>;
export type Dialect = keyof typeof write;
export const dialects = Object.keys(write) as Dialect[];

const emptyVideo = { url: '', width: null, height: null };

const nothingMade: Partial<Record<Dialect, object>> = {
	older: { video: emptyVideo, video_raw: null, thumbnail: '', last_frame: null },
};

/**
 * What an answer and a report show of `config`: what was sent, that without the webhook's secret, with an
 * empty, masked or shortened one in its place, with the secret in another field, or no `config` at all.
 */
const echo = {
	asSent: (config) => config,
	withoutSecret: (config) => withSecret(config, {}),
	emptySecret: (config) => withSecret(config, { secret: '' }),
	maskedSecret: (config) => withSecret(config, { secret: '****' }),
	shortenedSecret: (config) =>
		withSecret(config, { secret: `${secretOf(config).slice(0, 12)}...` }),
	movedSecret: (config) => withSecret(config, { webhook_secret: secretOf(config) }),
	withoutConfig: () => undefined,
} satisfies Record<string, (config: TaskConfig) => TaskConfig | undefined>;
export type ConfigEcho = keyof typeof echo;
export const configEchoes = Object.keys(echo) as ConfigEcho[];

function secretOf({ webhook_config: webhook }: TaskConfig): string {
	return webhook?.secret ?? '';
}

function withSecret(config: TaskConfig, shown: object): TaskConfig {
	return { ...config, webhook_config: { ...config.webhook_config, secret: undefined, ...shown } };
}

const unsaid = { code: 10000, raw_message: '', message: '', detail: null };

/** Where a failed task says why: `error.message`, `error.detail`, `error` as a text, `detail`, or `logs`. */
const writeFailure = {
	message: ({ message, rawMessage = message }) => ({
		error: { ...unsaid, raw_message: rawMessage, message },
	}),
	errorDetail: ({ message }) => ({ error: { ...unsaid, detail: message } }),
	text: ({ message }) => ({ error: message }),
	detail: ({ message }) => ({ error: unsaid, detail: message }),
	logs: ({ message }) => ({ error: unsaid, logs: ['started', `luma: ${message}`] }),
} satisfies Record<string, (failure: TaskFailure) => object>;
export type FailureForm = keyof typeof writeFailure;
export const failureForms = Object.keys(writeFailure) as FailureForm[];

/** How to write a task. */
interface Writing {
	dialect?: Dialect;
	configEcho?: ConfigEcho;
	failureForm?: FailureForm;
	usageType?: string;
	statusWords?: Partial<Record<TaskStatus, string>>;
	/** Whether its links are not there yet. */
	isLinkMissing: boolean;
	/** Where its media links point to. */
	baseUrl: string;
	/** Pixels of its video and pictures. */
	size: { width: number; height: number };
}

/** The task as the API shows it in one of its states. */
export function writeTask(task: SimulatedTask, state: TaskState, writing: Writing): object {
	const { failure } = state;
	const { dialect = 'current', configEcho = 'asSent', statusWords, isLinkMissing } = writing;
	const { failureForm = 'message', usageType: type = 'point' } = writing;
	const isMade = state.status === 'completed' && !isLinkMissing;
	return {
		task_id: task.taskId,
		model: 'luma',
		task_type: task.taskType,
		status: statusWords?.[state.status] ?? state.status,
		input: task.input,
		config: echo[configEcho](task.config),
		output: isMade ? write[dialect](pictures(task, writing), task) : (nothingMade[dialect] ?? null),
		meta: {
			created_at: timestamp(task, task.createdAt),
			started_at: timestamp(task, state.startedAt),
			ended_at: timestamp(task, state.endedAt),
			usage: { type, frozen: state.frozenPoints, consume: state.chargedPoints },
			is_using_private_pool: task.config.service_mode === 'private',
		},
		detail: null,
		logs: null,
		error: { ...unsaid, code: 0 },
		...(failure && writeFailure[failureForm](failure)),
	};
}

/** PiAPI's dates have nanoseconds, and `0001-01-01T00:00:00Z` stands for "not yet". */
export function timestamp(task: SimulatedTask, at: number | undefined): string {
	if (at === undefined) return '0001-01-01T00:00:00Z';
	const finer = String(parseInt(task.taskId.slice(0, 8), 16) % 1_000_000).padStart(6, '0');
	return new Date(at).toISOString().replace('Z', `${finer}Z`);
}

function pictures(task: SimulatedTask, { baseUrl, size }: Writing): Pictures {
	const folder = `${baseUrl}/media/${task.taskId}`;
	const picture = (file: string): Picture => ({ url: `${folder}/${file}`, ...size });
	return {
		video: picture('video.mp4'),
		video_raw: picture('video_raw.mp4'),
		thumbnail: picture('thumbnail.jpg'),
		last_frame: picture('last_frame.jpg'),
	};
}
