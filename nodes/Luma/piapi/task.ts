import { webAddress } from './addresses';
import { anyVideo } from './anyVideo';
import { timeIn } from './dates';
import { isRecord, numberOf, recordOf, textOf, type JsonRecord } from './json';

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
	/** ISO 8601 in UTC, as are the next two. */
	createdAt: string | null;
	startedAt: string | null;
	completedAt: string | null;
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
		createdAt: readDate(meta.created_at),
		startedAt: readDate(meta.started_at),
		completedAt: readDate(meta.ended_at),
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
	const video = known.url === null && status === 'completed' ? readAnyVideo(output) : known;
	return {
		videoUrl: video.url,
		watermarkedVideoUrl: clean.url === null || plain.url === clean.url ? null : plain.url,
		thumbnailUrl: firstMedia(output.thumbnail, recordOf(output.generation).thumbnail).url,
		lastFrameUrl: firstMedia(output.last_frame, recordOf(output.generation).last_frame).url,
		width: video.width ?? plain.width,
		height: video.height ?? plain.height,
	};
}

function readAnyVideo(output: JsonRecord): Media {
	const found = anyVideo(output);
	return readMedia(found && { ...found.holder, url: found.url });
}

function firstMedia(...candidates: unknown[]): Media {
	const media = candidates.map(readMedia).find(({ url }) => url !== null);
	return media ?? { url: null, width: null, height: null };
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
	const charged = isUnchargedStatus(status) ? consumed : consumed || frozen;
	return (charged ?? 0) / POINTS_PER_USD;
}

/** Whether a task with this status ended without a video, and so costs nothing. */
export function isUnchargedStatus(status: TaskStatus | null): boolean {
	return status === 'failed' || status === 'cancelled';
}

/** PiAPI writes `0001-01-01T00:00:00Z` for "not yet"; a number counts seconds since 1970. */
export function readDate(value: unknown): string | null {
	const date = new Date(typeof value === 'number' ? value * 1000 : (timeIn(value) ?? NaN));
	return date.getTime() > 0 ? date.toISOString() : null;
}

/** What PiAPI says about why a task failed; empty when it says nothing. */
export function readFailure(error: unknown): string {
	const { message, raw_message: rawMessage } = recordOf(error);
	const [words = '', detail] = [message, rawMessage]
		.map(textOf)
		.filter((text) => text !== null)
		.filter((text, index, all) => all.indexOf(text) === index);
	return detail === undefined ? words : `${words.replace(/[.:;\s]+$/, '')}: ${detail}`;
}
