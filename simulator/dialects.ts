import {
	isUnderWay,
	type SimulatedTask,
	type TaskConfig,
	type TaskState,
	type TaskStatus,
} from './tasks';

type Picture = { url: string; width: number; height: number };
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
const emptyOutput = { video: emptyVideo, video_raw: null, thumbnail: '', last_frame: null };

/**
 * What an answer and a report show of `config`: what was sent, that without the webhook's secret, with an
 * empty, masked or shortened one in its place, with the secret in another field, or no `config` at all.
 */
const echo = {
	asSent: (config) => config,
	withoutSecret: (config) => withSecret(config, {}),
	emptySecret: (config) => withSecret(config, { secret: '' }),
	maskedSecret: (config) => withSecret(config, { secret: '****' }),
	shortenedSecret: (config, sent) => withSecret(config, { secret: `${sent.slice(0, 12)}...` }),
	movedSecret: (config, sent) => withSecret(config, { webhook_secret: sent }),
	withoutConfig: () => undefined,
} satisfies Record<string, (config: TaskConfig, sent: string) => object | undefined>;
export type ConfigEcho = keyof typeof echo;
export const configEchoes = Object.keys(echo) as ConfigEcho[];

function withSecret(config: TaskConfig, shown: object): object {
	return { ...config, webhook_config: { ...config.webhook_config, secret: undefined, ...shown } };
}

interface Balance {
	usd: { equivalent_in_usd: number };
	wallet: { point_remain: number; point_frozen: number };
}

const name = 'simulated-account';
const id = { account_id: '7a1c0d52-2f0b-4d0e-9c53-5d1f3a3a0c11', account_name: name };

/**
 * How the account is written: `current`, with a number as `id` and limits by model, without any id, or with
 * its balance in `quota`, in `wallet` or in `credit_pack_info` alone.
 */
export const writeAccount = {
	current: ({ usd, wallet }) => ({ ...id, ...usd, wallet }),
	numberId: ({ usd }, limit) => ({
		...{ id: 4711, name, ...usd, api_key: 'a-key-of-the-account' },
		...{ max_concurrent_task_count: 1, max_luma_concurrency: limit },
	}),
	withoutId: ({ usd }) => ({ name, ...usd }),
	quota: ({ usd }) => ({ ...id, equivalent_in_usd: 0, quota: usd, wallet: {} }),
	wallet: ({ wallet }) => ({ ...id, wallet }),
	creditPack: ({ wallet }) => ({
		...id,
		credit_pack_info: { available_credits: wallet.point_remain },
	}),
} satisfies Record<string, (balance: Balance, concurrency: number) => object>;
export type AccountForm = keyof typeof writeAccount;
export const accountForms = Object.keys(writeAccount) as AccountForm[];

/** In which of its forms the service writes. */
export interface Forms {
	/** Default `current`. */
	dialect?: Dialect;
	/** Default `asSent`. The header of a callback has the secret all the same. */
	configEcho?: ConfigEcho;
	/** Other words for the statuses, such as `Completed` or `in_progress`. */
	statusWords?: Partial<Record<TaskStatus, string>>;
	/** The unit of `usage`; default `point`. */
	usageType?: string;
	/** How history rows name their fields; default `snake`. */
	historyCase?: 'snake' | 'camel';
	/** Default `current`. */
	accountForm?: AccountForm;
}

/** How to write a task. */
interface Writing extends Forms {
	/** Whether its links are not there yet. */
	isLinkMissing: boolean;
	/** Where its media links point to. */
	baseUrl: string;
	/** Pixels of its video and pictures. */
	size: { width: number; height: number };
}

/** The task as the API shows it in one of its states. */
export function writeTask(task: SimulatedTask, state: TaskState, writing: Writing): object {
	const { status, startedAt, endedAt, failure } = state;
	const { dialect = 'current', configEcho = 'asSent', usageType: type = 'point' } = writing;
	const isMade = status === 'completed' && !writing.isLinkMissing;
	const nothing = dialect === 'older' ? emptyOutput : null;
	const { message = '', rawMessage = message } = failure ?? {};
	return {
		task_id: task.taskId,
		model: 'luma',
		task_type: task.taskType,
		status: writing.statusWords?.[status] ?? status,
		input: task.input,
		config: echo[configEcho](task.config, task.config.webhook_config.secret),
		output: isMade ? write[dialect](pictures(task, writing), task) : nothing,
		meta: {
			created_at: timestamp(task, task.createdAt),
			started_at: timestamp(task, startedAt),
			ended_at: timestamp(task, endedAt),
			usage: {
				type,
				frozen: isUnderWay(status) ? task.pricePoints : 0,
				consume: status === 'completed' ? task.pricePoints : 0,
			},
			is_using_private_pool: task.config.service_mode === 'private',
		},
		detail: null,
		logs: null,
		error: { code: failure ? 10000 : 0, raw_message: rawMessage, message, detail: null },
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
