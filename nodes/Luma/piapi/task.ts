import { isProtected, webAddress } from './addresses';
import {
	dateOf,
	firstEntries,
	isRecord,
	numberOf,
	recordOf,
	textOf,
	withoutEnd,
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
	/** PiAPI's reason why there is no video; empty unless the task failed. */
	failure: string;
	/** The secret that was sent with the create, as PiAPI gives it back. Never a part of an item. */
	webhookSecret: string | null;
	/** PiAPI's own object, without that secret. */
	raw: JsonRecord;
}

/** 10,000,000 points are one US dollar (PiAPI, account and task pages). */
export const POINTS_PER_USD = 10_000_000;

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
	['finished', 'completed'],
	['failed', 'failed'],
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

/** Whether nothing of the task is still to come; a video's link can follow its end a moment later. */
export function hasEnded(task: Task): boolean {
	return isFinal(task) && (task.status !== 'completed' || task.videoUrl !== null);
}

/**
 * Reads PiAPI's task object in every form that its pages and its clients have shown.
 *
 * @returns undefined when the value is not a task (it has no task id)
 */
export function readTask(value: unknown): Task | undefined {
	if (!isRecord(value)) return undefined;
	const taskId = textOf(value.task_id) ?? textOf(value.taskId);
	if (taskId === null) return undefined;

	const input = recordOf(value.input);
	const meta = recordOf(value.meta);
	const status = readStatus(value.status);
	return {
		taskId,
		status,
		...readOutput(recordOf(value.output), status),
		prompt: textOf(input.prompt) ?? textOf(input.user_prompt),
		model: textOf(input.model) ?? textOf(input.model_name),
		duration: numberOf(input.duration),
		aspectRatio: textOf(input.aspect_ratio),
		seed: numberOf(input.seed),
		costUsd: readCost(recordOf(meta.usage), status),
		createdAt: dateOf(meta.created_at),
		startedAt: dateOf(meta.started_at),
		completedAt: dateOf(meta.ended_at),
		failure: status === 'failed' ? readFailure(value.error) : '',
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

type Media = { url: string | null; width: number | null; height: number | null };

const NO_MEDIA: Media = { url: null, width: null, height: null };

function readOutput(output: JsonRecord, status: TaskStatus) {
	const work = recordOf(recordOf(Array.isArray(output.works) ? output.works[0] : undefined).video);
	const clean = firstMedia(output.video_raw, work.resource_without_watermark);
	const plain = firstMedia(
		output.video,
		recordOf(output.generation).video,
		output.video_url,
		work.resource,
	);
	const known = clean.url === null ? plain : clean;
	// A field of tomorrow: nobody who has paid is to go without their video.
	const video =
		known.url === null && status === 'completed' ? (videoIn(output) ?? NO_MEDIA) : known;
	return {
		videoUrl: video.url,
		watermarkedVideoUrl: clean.url === null || plain.url === clean.url ? null : plain.url,
		thumbnailUrl: firstMedia(output.thumbnail, recordOf(output.generation).thumbnail).url,
		lastFrameUrl: firstMedia(output.last_frame, recordOf(output.generation).last_frame).url,
		width: video.width ?? plain.width,
		height: video.height ?? plain.height,
	};
}

function firstMedia(...candidates: unknown[]): Media {
	return candidates.map(readMedia).find(({ url }) => url !== null) ?? NO_MEDIA;
}

/** A media file is given as its address or as `{ url, width, height }`. */
function readMedia(value: unknown): Media {
	if (!isRecord(value)) return { url: addressOf(value), width: null, height: null };
	return { url: addressOf(value.url), width: pixels(value.width), height: pixels(value.height) };
}

function addressOf(value: unknown): string | null {
	return typeof value === 'string' && webAddress(value) ? value.trim() : null;
}

function pixels(value: unknown): number | null {
	return numberOf(value) || null;
}

/**
 * US dollars of a task or a row of the task list: charged once it ended, reserved before. Null when the
 * usage names neither.
 */
export function readCost(usage: JsonRecord, status: TaskStatus | null): number | null {
	const frozen = numberOf(usage.frozen);
	const consumed = numberOf(usage.consume);
	if (frozen === null && consumed === null) return null;
	const charged = isUncharged({ status }) ? consumed : consumed || frozen;
	return (charged ?? 0) / POINTS_PER_USD;
}

/** Whether a task has ended without a video, and so costs nothing. */
export function isUncharged({ status }: { status: TaskStatus | null }): boolean {
	return status === 'failed' || status === 'cancelled';
}

/** What PiAPI says about why a task failed; empty when it says nothing. */
export function readFailure(error: unknown): string {
	const { message, raw_message: rawMessage } = recordOf(error);
	const [words = '', detail] = [message, rawMessage]
		.map(wordsOf)
		.filter((text) => text !== null)
		.filter((text, index, all) => all.indexOf(text) === index);
	return detail === undefined ? words : `${withoutEnd(words, '.:; \n')}: ${detail}`;
}

/** Deeper and larger than any output that was met, and soon looked through. */
const MAX_DEPTH = 12;
const MAX_VALUES = 10_000;
const MP4_PATH = /\.mp4$/i;
const VIDEO_TYPE = /^video(\/|$)/i;
const TYPE_FIELDS = ['type', 'mime_type', 'mimeType', 'content_type', 'contentType'];

/**
 * The first video anywhere in an output whose form is not known: an https address whose path ends in
 * .mp4, or one in an object that says that it is a video.
 */
function videoIn(output: unknown): Media | undefined {
	let left = MAX_VALUES;
	/** `holder`: the object that the value stands in, which may hold the size of a video. */
	const search = (value: unknown, holder: JsonRecord, depth: number): Media | undefined => {
		if (typeof value === 'string' && isVideo(value, holder)) {
			return readMedia({ ...holder, url: value });
		}
		if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
		const entries = firstEntries(value, left);
		left -= entries.length;
		for (const [, each] of entries) {
			const found = search(each, isRecord(value) ? value : holder, depth + 1);
			if (found) return found;
		}
		return undefined;
	};
	return search(output, {}, 0);
}

function isVideo(text: string, holder: JsonRecord): boolean {
	const address = webAddress(text);
	if (!address || !isProtected(address)) return false;
	return MP4_PATH.test(address.pathname) || TYPE_FIELDS.some((name) => saysVideo(holder[name]));
}

function saysVideo(type: unknown): boolean {
	return typeof type === 'string' && VIDEO_TYPE.test(type.trim());
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

export function isOneOf(events: readonly EndEvent[], { status }: Task): boolean {
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
