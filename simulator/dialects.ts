import type {
	AspectRatio,
	Dialect,
	ConfigEcho,
	FailureForm,
	SimulatorOptions,
	TaskConfig,
	TaskFailure,
} from './contract';
import { pixels } from './library';
import type { SimulatedTask, TaskState } from './tasks';

/** How to write a task. */
interface Writing
	extends Pick<
		SimulatorOptions,
		'dialect' | 'configEcho' | 'failureForm' | 'usageType' | 'statusWords'
	> {
	/** Whether its links are not there yet. */
	isLinkMissing: boolean;
	/** Where its media links point to. */
	baseUrl: string;
	/** The shape its video has. */
	aspectRatio: AspectRatio;
}

interface Picture {
	url: string;
	width: number;
	height: number;
}

type Pictures = Record<'video' | 'video_raw' | 'thumbnail' | 'last_frame', Picture>;

const write: Record<Dialect, (pictures: Pictures, task: SimulatedTask) => object | string> = {
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
};

const emptyVideo = { url: '', width: null, height: null };

const nothingMade: Partial<Record<Dialect, object>> = {
	older: { video: emptyVideo, video_raw: null, thumbnail: '', last_frame: null },
};

const echo: Record<ConfigEcho, (config: TaskConfig) => TaskConfig | undefined> = {
	asSent: (config) => config,
	withoutSecret: (config) => withSecret(config, {}),
	emptySecret: (config) => withSecret(config, { secret: '' }),
	maskedSecret: (config) => withSecret(config, { secret: '****' }),
	shortenedSecret: (config) =>
		withSecret(config, { secret: `${secretOf(config).slice(0, 12)}...` }),
	movedSecret: (config) => withSecret(config, { webhook_secret: secretOf(config) }),
	withoutConfig: () => undefined,
};

function secretOf({ webhook_config: webhook }: TaskConfig): string {
	return webhook?.secret ?? '';
}

function withSecret(config: TaskConfig, shown: object): TaskConfig {
	return { ...config, webhook_config: { ...config.webhook_config, secret: undefined, ...shown } };
}

/** The task as the API shows it in one of its states. */
export function writeTask(task: SimulatedTask, state: TaskState, writing: Writing): object {
	const { failure } = state;
	const { dialect = 'current', configEcho = 'asSent', statusWords } = writing;
	const { failureForm = 'message', usageType: type = 'point' } = writing;
	return {
		task_id: task.taskId,
		model: 'luma',
		task_type: task.taskType,
		status: statusWords?.[state.status] ?? state.status,
		input: task.input,
		config: echo[configEcho](task.config),
		output:
			state.status === 'completed' && !writing.isLinkMissing
				? write[dialect](pictures(task, writing), task)
				: (nothingMade[dialect] ?? null),
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

const unsaid = { code: 10000, raw_message: '', message: '', detail: null };

const writeFailure: Record<FailureForm, (failure: TaskFailure) => object> = {
	message: ({ message, rawMessage = message }) => ({
		error: { ...unsaid, raw_message: rawMessage, message },
	}),
	errorDetail: ({ message }) => ({ error: { ...unsaid, detail: message } }),
	text: ({ message }) => ({ error: message }),
	detail: ({ message }) => ({ error: unsaid, detail: message }),
	logs: ({ message }) => ({ error: unsaid, logs: ['started', `luma: ${message}`] }),
};

/** PiAPI's dates have nanoseconds, and `0001-01-01T00:00:00Z` stands for "not yet". */
export function timestamp(task: SimulatedTask, at: number | undefined): string {
	if (at === undefined) return '0001-01-01T00:00:00Z';
	const finer = String(parseInt(task.taskId.slice(0, 8), 16) % 1_000_000).padStart(6, '0');
	return new Date(at).toISOString().replace('Z', `${finer}Z`);
}

function pictures(task: SimulatedTask, { baseUrl, aspectRatio }: Writing): Pictures {
	const folder = `${baseUrl}/media/${task.taskId}`;
	const picture = (file: string): Picture => ({ url: `${folder}/${file}`, ...pixels[aspectRatio] });
	return {
		video: picture('video.mp4'),
		video_raw: picture('video_raw.mp4'),
		thumbnail: picture('thumbnail.jpg'),
		last_frame: picture('last_frame.jpg'),
	};
}
