import { isProtected, webAddressesIn } from './addresses';
import {
	dateOf,
	idOf,
	isRecord,
	jsonIn,
	numberOf,
	onlyEntry,
	recordOf,
	saidIn,
	textOf,
	wordsOf,
	type JsonRecord,
} from './json';

/** The states of a task at PiAPI, as this package names them. */
export type TaskStatus = 'pending' | 'staged' | 'processing' | 'completed' | 'failed' | 'cancelled';

/** A task as this package reads it. What PiAPI does not say is `null`. */
export interface Task {
	taskId: string;
	status: TaskStatus;
	/** Link to the MP4, without watermark where PiAPI has such a file. */
	videoUrl: string | null;
	/** Whether it is completed, and its link is waited for: that can follow some minutes later. */
	awaitsLink: boolean;
	/** Link to the file with watermark, when PiAPI has both. */
	watermarkedVideoUrl: string | null;
	thumbnailUrl: string | null;
	lastFrameUrl: string | null;
	/** Whether PiAPI's link to the video holds a secret, so that it is not given out. */
	isLinkWithheld?: boolean;
	/** Pixels. */
	width: number | null;
	height: number | null;
	prompt: string | null;
	model: string | null;
	/** Seconds. */
	duration: number | null;
	aspectRatio: string | null;
	seed: number | null;
	/** US dollars: charged once the task ended, reserved before. */
	costUsd: number | null;
	/** Milliseconds since 1970 on PiAPI's clock, as are the next two. */
	createdAt: number | null;
	startedAt: number | null;
	completedAt: number | null;
	/** PiAPI's reason why there is no video; empty unless the task failed, or its create was refused. */
	failure: string;
	/** The secret that was sent with the create, as PiAPI gives it back. Never a part of an item. */
	webhookSecret: string | null;
	/** PiAPI's own object, without that secret. */
	raw: JsonRecord;
}

// Clients have met more words than PiAPI's pages list; a word that is not here means "not finished yet".
const STATUS_WORDS: ReadonlyMap<string, TaskStatus> = new Map([
	['pending', 'pending'],
	['staged', 'staged'],
	['processing', 'processing'],
	['running', 'processing'],
	['in_progress', 'processing'],
	['retry', 'processing'],
	['completed', 'completed'],
	['complete', 'completed'],
	['success', 'completed'],
	['succeeded', 'completed'],
	['succeed', 'completed'],
	['successful', 'completed'],
	['done', 'completed'],
	['finished', 'completed'],
	['failed', 'failed'],
	['fail', 'failed'],
	['failure', 'failed'],
	['error', 'failed'],
	['rejected', 'failed'],
	['timeout', 'failed'],
	['cancelled', 'cancelled'],
	['canceled', 'cancelled'],
]);

/** PiAPI's status word, in any case, as one of ours. */
export function readStatus(word: unknown): TaskStatus {
	return knownStatus(word) ?? 'processing';
}

/** @returns null for a word that no page and no client of PiAPI has shown */
export function knownStatus(word: unknown): TaskStatus | null {
	return STATUS_WORDS.get(textOf(word)?.trim().toLowerCase() ?? '') ?? null;
}

/** Whether PiAPI will not change the task any more. */
export function isFinal({ status }: { status: TaskStatus | null }): boolean {
	return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** Whether nothing of the task is still to come. */
export function hasEnded(task: Task): boolean {
	return isFinal(task) && !task.awaitsLink;
}

/**
 * Reads PiAPI's task object in every form that its pages and its clients have shown.
 *
 * @returns undefined when the value is not a task (it has no task id)
 */
export function readTask(value: unknown): Task | undefined {
	if (!isRecord(value)) return undefined;
	const taskId = idOf(value.task_id) ?? idOf(value.taskId);
	if (taskId === null) return undefined;

	const input = recordOf(value.input);
	const meta = recordOf(value.meta);
	const told = readStatus(value.status);
	const output = readOutput(value.output, told === 'completed');
	const isMissing = told === 'completed' && output.videoUrl === null;
	const { code } = recordOf(onlyEntry(value.error));
	const hasFailed = isMissing && (numberOf(code) ?? textOf(code) ?? 0) !== 0;
	const status = hasFailed ? 'failed' : told;
	return {
		taskId,
		status,
		awaitsLink: isMissing && !hasFailed,
		...output,
		prompt: textOf(input.prompt) ?? textOf(input.user_prompt),
		model: textOf(input.model) ?? textOf(input.model_name),
		duration: numberOf(input.duration),
		aspectRatio: textOf(input.aspect_ratio),
		seed: numberOf(input.seed),
		costUsd: readCost(recordOf(meta.usage), status),
		createdAt: dateOf(meta.created_at),
		startedAt: dateOf(meta.started_at),
		completedAt: dateOf(meta.ended_at),
		failure: status === 'failed' ? readFailure(value) : '',
		webhookSecret: textOf(recordOf(recordOf(value.config).webhook_config).secret),
		raw: withoutSecret(value),
	};
}

/** PiAPI gives back the secret of its webhooks, which must not get into a workflow's data. */
function withoutSecret(task: JsonRecord): JsonRecord {
	const config = recordOf(task.config);
	const { secret, ...webhook } = recordOf(config.webhook_config);
	if (secret === undefined) return task;
	return { ...task, config: { ...config, webhook_config: webhook } };
}

/** Where a value stands in an output: the names above it, from the inside out. */
interface Place {
	name: string;
	depth: number;
	/** The object that has the name; it may hold the type and the size of a file. */
	holder: JsonRecord;
	above?: Place;
}

/** A link in an output, and what is known of it by where it stands. */
interface Link {
	url: string;
	/** What the nearest name that tells something says, such as `video` for `video.url` and `video_url`. */
	name: string;
	/** Whether a name says that the file has no watermark. */
	isClean: boolean;
	/** The lower, the more likely it is the video. */
	rank: number;
	holder: JsonRecord;
}

/** Deeper and longer than any output that was met, and not enough to fill the stack or to take long. */
const [MAX_DEPTH, MAX_VALUES, MAX_LINKS] = [12, 20_000, 500];

/** All links of an output, in their order, whatever its form is. */
function linksIn(output: unknown): Link[] {
	const links: Link[] = [];
	let values = 0;
	const visit = (given: unknown, place: Place): void => {
		if (++values > MAX_VALUES || links.length >= MAX_LINKS || place.depth > MAX_DEPTH) return;
		const depth = place.depth + 1;
		const value = typeof given === 'string' ? jsonIn(given) : given;
		if (typeof value === 'string') {
			for (const url of webAddressesIn(value)) links.push(linkAt(url, place));
		} else if (Array.isArray(value)) {
			const inner = { ...place, depth };
			value.slice(0, MAX_VALUES).forEach((each) => visit(each, inner));
		} else if (isRecord(value)) {
			for (const name of Object.keys(value).slice(0, MAX_VALUES)) {
				visit(value[name], { name, depth, holder: value, above: place });
			}
		}
	};
	visit(output, { name: '', depth: 0, holder: {} });
	return links;
}

const CLEAN = /(no|without|un)watermark|watermark(free|less)|(^|video)raw$/;
/** What a name can end with that tells nothing of where the link leads. */
const PLAIN_END =
	/((no|without|un)watermark(ed)?|watermark(free|less)|raw|url|link|href|uri|src|resource)s?$/;

function linkAt(url: string, place: Place): Link {
	let [name, isClean] = ['', false];
	for (let at: Place | undefined = place; at; at = at.above) {
		const word = at.name
			.slice(0, 100)
			.replace(/[^a-z]/gi, '')
			.toLowerCase();
		isClean ||= CLEAN.test(word);
		name ||= word.replace(PLAIN_END, '').replace(PLAIN_END, '');
	}
	return { url, name, isClean, rank: rankOf(new URL(url), name, place), holder: place.holder };
}

/** The best comes first; a link without a name is the output itself, or its `url`. */
const VIDEO_NAMES = ['video', 'videos', 'download', ''];
const IMAGE_NAME = /thumb|frame|image|img|cover|poster|picture|photo/;
const IMAGE_PATH = /\.(jpe?g|png|webp|gif|avif|bmp|svg|heic|tiff?)$/i;
const MP4_PATH = /\.mp4$/i;
const TYPE_FIELDS = ['type', 'mime_type', 'mimeType', 'content_type', 'contentType'];
const [MP4, OTHER, NEVER] = [1_000, 2_000, Infinity];

function rankOf(address: URL, name: string, { depth, holder }: Place): number {
	const says = (kind: RegExp) =>
		TYPE_FIELDS.some((field) => kind.test(textOf(holder[field]) ?? ''));
	if (IMAGE_PATH.test(address.pathname) || says(/^\s*image(\/|$)/i)) return NEVER;
	const known = VIDEO_NAMES.indexOf(name);
	// Only under the name that PiAPI's pages show.
	if (known !== 0 && !isProtected(address)) return NEVER;
	if (known >= 0) return known * (MAX_DEPTH + 1) + depth;
	if (MP4_PATH.test(address.pathname) || says(/^\s*video(\/|$)/i)) return MP4;
	return IMAGE_NAME.test(name) ? NEVER : OTHER;
}

/** Nobody who has paid is to go without their video: of a completed task any link but an image can be it. */
function readOutput(output: unknown, isCompleted: boolean) {
	const links = linksIn(output);
	const videos = links
		.filter(({ rank }) => rank < (isCompleted ? NEVER : MP4))
		.sort((one, other) => one.rank - other.rank);
	const clean = videos.find(({ isClean }) => isClean);
	const plain = videos.find(({ isClean }) => !isClean);
	const urlOf = (image: string) => links.find(({ name }) => name === image)?.url ?? null;
	const sizeOf = (side: string) => pixels(clean?.holder[side]) ?? pixels(plain?.holder[side]);
	return {
		videoUrl: (clean ?? plain)?.url ?? null,
		watermarkedVideoUrl: clean && plain && plain.url !== clean.url ? plain.url : null,
		thumbnailUrl: urlOf('thumbnail'),
		lastFrameUrl: urlOf('lastframe'),
		width: sizeOf('width'),
		height: sizeOf('height'),
	};
}

function pixels(value: unknown): number | null {
	const number = numberOf(value);
	return number !== null && number > 0 ? number : null;
}

/** 10,000,000 of these units are one US dollar (PiAPI, account and task pages). What others are worth is not known. */
export const POINTS_PER_USD = 10_000_000;
const POINT_UNITS = ['point', 'llm'];
/** No video costs as much: what is above is another unit. */
const MAX_COST_USD = 100;

/**
 * US dollars of a task or a row of the task list: charged once it ended, reserved before, 0 when it ended
 * without a video. Null when the usage does not tell.
 */
export function readCost(usage: JsonRecord, status: TaskStatus | null): number | null {
	if (isUncharged({ status })) return 0;
	const unit = usage.type || 'point';
	if (typeof unit !== 'string' || !POINT_UNITS.includes(unit.trim().toLowerCase())) return null;
	const [consumed, frozen] = [usdOf(usage.consume), usdOf(usage.frozen)];
	return consumed || (frozen ?? consumed);
}

function usdOf(points: unknown): number | null {
	const usd = (numberOf(points) ?? NaN) / POINTS_PER_USD;
	return usd >= 0 && usd <= MAX_COST_USD ? usd : null;
}

/** Whether a task has ended without a video, and so costs nothing. */
export function isUncharged({ status }: { status: TaskStatus | null }): boolean {
	return status === 'failed' || status === 'cancelled';
}

/** What PiAPI says about why a task failed, wherever it says it; empty when it says nothing. */
export function readFailure({ error, detail, logs }: JsonRecord): string {
	const { message, raw_message: rawMessage, detail: inner } = recordOf(onlyEntry(error));
	const texts = [message, rawMessage, inner, error, detail, lastLine(logs)]
		.map((value) => wordsOf(value) ?? '')
		.filter((text, index, all) => text !== '' && all.indexOf(text) === index);
	return texts
		.map((text, index) => (index < texts.length - 1 ? text.replace(/[.:;]$/, '') : text))
		.join(': ');
}

function lastLine(logs: unknown): string | undefined {
	const lines = Array.isArray(logs) ? logs.slice(-100) : [logs];
	const last = lines.map(saidIn).findLast((line) => textOf(line) !== null);
	return textOf(last)?.trim().split('\n').pop();
}

/** The ends of a task that a workflow can be started by. */
const END_EVENTS = ['completed', 'failed'] as const;

export type EndEvent = (typeof END_EVENTS)[number];

/** @param chosen what the field 'Events' holds; nothing in it means no filter, so that no paid video is missed */
export function endEvents(chosen: unknown): readonly EndEvent[] {
	const values = [chosen].flat();
	const events = END_EVENTS.filter((event) => values.includes(event));
	return events.length > 0 ? events : END_EVENTS;
}

export function isOneOf(
	events: readonly EndEvent[],
	{ status }: { status: TaskStatus | null },
): boolean {
	return events.some((event) => event === status);
}

/** Whether it is not a task of another model of PiAPI. */
export function isOfLuma({ raw }: Task): boolean {
	return isLuma(raw.model);
}

/** Whether the name of a model, where there is one, is that of Luma. */
export function isLuma(model: unknown): boolean {
	return (textOf(model) ?? 'luma').trim().toLowerCase() === 'luma';
}
