import { ERROR_CATALOG, type PiapiErrorCode } from '../messages/errorCatalog';
import type { Task } from './task';

/** What is known besides the code. */
export interface PiapiErrorDetails {
	/** PiAPI's own message, shown beside ours. */
	providerMessage?: string;
	/** For a technician: a code such as `ECONNRESET`, or what was found instead of a file. */
	technicalDetail?: string;
	httpStatus?: number;
	/** Milliseconds to wait, when the response had a Retry-After. */
	retryAfterMs?: number;
	taskId?: string;
	/** Replaces the remedy of the catalog where more is known. */
	remedy?: string;
}

/** PiAPI, or the way to it, did not do what was asked. Carries no request, so no key. */
export class PiapiError extends Error {
	override readonly name: string = 'PiapiError';

	readonly remedy: string;

	constructor(
		readonly code: PiapiErrorCode,
		readonly details: PiapiErrorDetails = {},
	) {
		super(ERROR_CATALOG[code].title);
		this.remedy = details.remedy ?? ERROR_CATALOG[code].remedy;
	}

	/** The same, naming the task unless it names one. */
	about(taskId: string): PiapiError {
		if (this.details.taskId !== undefined) return this;
		return new PiapiError(this.code, { ...this.details, taskId });
	}
}

/** A file of an existing video could not be downloaded: what is known of the video is kept. */
export class DownloadError extends PiapiError {
	override readonly name = 'DownloadError';

	/** @param video the task as last seen, or the link that was given */
	constructor(
		code: PiapiErrorCode,
		details: PiapiErrorDetails,
		readonly video: { task: Task } | { videoUrl: string },
	) {
		super(code, details);
	}

	get videoUrl(): string | null {
		return 'task' in this.video ? this.video.task.videoUrl : this.video.videoUrl;
	}
}

/** Returns a PiapiError as a value instead of rejecting; any other error is still thrown. */
export async function catchPiapiError<T>(work: Promise<T>): Promise<T | PiapiError> {
	return await work.catch((error: unknown) => {
		if (error instanceof PiapiError) return error;
		throw error;
	});
}

const RETRYABLE: ReadonlySet<PiapiErrorCode> = new Set([
	'tooManyRequests',
	'unreachable',
	'noAnswer',
	'serviceDown',
	'unreadable',
	'downloadBrokeOff',
]);

/** Whether the same request can succeed later: a read that met this is repeated. */
export function isRetryable(error: PiapiError): boolean {
	return RETRYABLE.has(error.code);
}

const DEFINITELY_NOT_CREATED: ReadonlySet<PiapiErrorCode> = new Set([
	'wrongKey',
	'planTooLow',
	'outOfBalance',
	'refusedInput',
	'tooManyRequests',
	'unknownTask',
	'unreachable',
	'redirected',
	'unsafeBaseUrl',
	'moderated',
	'imageNotLoaded',
	'generationFailed',
	'stopped',
]);

/** Whether a create that met this cannot have made a task, so that nothing was paid. */
export function isDefinitelyNotCreated(error: PiapiError): boolean {
	return DEFINITELY_NOT_CREATED.has(error.code);
}
