import { ERROR_CATALOG, type PiapiErrorCode } from '../messages/catalog';
import { shortened } from '../messages/items';
import { backoffMs, withJitter } from '../runtime/turns';
import type { Task } from './task';

/** What is known besides the code. */
export interface PiapiErrorDetails {
	/** PiAPI's own message, shown beside ours. */
	providerMessage?: string;
	/** For a technician: a code such as `ECONNRESET`, or what was found instead of a file. */
	technicalDetail?: string;
	httpStatus?: number;
	/** Whether something other than PiAPI answered: a proxy, a firewall, a login page. */
	isForeign?: boolean;
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

	/** For the message: PiAPI's link as it is, one that was given at a message's length. */
	get videoUrl(): string | null {
		const { video } = this;
		return 'task' in video ? video.task.videoUrl : shortened(video.videoUrl);
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
export function isRetryable(error: unknown): boolean {
	return error instanceof PiapiError && RETRYABLE.has(error.code);
}

const MAX_ATTEMPTS = 3;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 60_000;

/** For `retry` of what costs nothing: exponential backoff, or as long as PiAPI asks for. */
export function delayBeforeRetry(error: unknown, attempts: number): number | undefined {
	if (!(error instanceof PiapiError) || !isRetryable(error)) return undefined;
	if (attempts === MAX_ATTEMPTS) return undefined;
	const askedMs = error.details.retryAfterMs;
	const delayMs = askedMs ?? backoffMs(attempts, FIRST_BACKOFF_MS, MAX_BACKOFF_MS);
	return withJitter(Math.min(delayMs, MAX_BACKOFF_MS));
}

const DEFINITELY_NOT_CREATED: ReadonlySet<PiapiErrorCode> = new Set([
	'wrongKey',
	'planTooLow',
	'outOfBalance',
	'refusedInput',
	'tooManyRequests',
	'notPiapi',
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

const BALANCE =
	/freeze point|insufficient (account |wallet )?(credit|balance|point|fund|quota)|not enough (credit|balance|point|fund)|out of (credit|balance)|(balance|credits?|points?|funds) (is |are )?(not enough|insufficient|exhausted)/i;

/** What an HTTP status, or the `code` of PiAPI's envelope, together with its message means. */
export function classifyRefusal(status: number, providerMessage: string): PiapiErrorCode {
	if (status === 402 || BALANCE.test(providerMessage)) return 'outOfBalance';
	if (status === 401) return 'wrongKey';
	if (status === 403) return 'planTooLow';
	if (status === 404) return 'unknownTask';
	if (status === 429) return 'tooManyRequests';
	if (status >= 300 && status < 400) return 'redirected';
	if (status === 408 || status === 499) return 'noAnswer';
	if (status >= 400 && status < 500) return 'refusedInput';
	return 'serviceDown';
}

/**
 * What the HTTP status of an answer means that is not PiAPI's. Its 401, 404 or 413 comes from a
 * proxy or a firewall: it proves neither that the key is wrong nor that the task does not exist.
 */
export function classifyForeignResponse(status: number): PiapiErrorCode {
	const code = classifyRefusal(status, '');
	return FOREIGN.has(code) && status >= 300 ? code : 'unreadable';
}

const FOREIGN: ReadonlySet<PiapiErrorCode> = new Set([
	'tooManyRequests',
	'redirected',
	'noAnswer',
	'serviceDown',
]);

const MODERATION =
	/moderat|safety|guideline|flagged|unsafe|risk.?control|copyright|trademark|banned|sensitive|nsfw|nudity|prohibited|inappropriate|blacklist|content.?(filter|check)|(sexual|explicit|adult|harmful|violent|disallowed|forbidden) content|community standards/i;
const POLICY = /polic(?:y|ies)|terms of (?:service|use)/i;
const BROKEN_POLICY = /content|usage|violat|against|not allow/i;

/** Whether the words are those of a content check. */
function isModeration(words: string): boolean {
	return MODERATION.test(words) || (POLICY.test(words) && BROKEN_POLICY.test(words));
}

const IMAGE = /image|frame|picture/i;
const NOT_LOADED = /fetch|load|read|get|access|invalid|not found/i;
/** How far from the image these words speak of it. */
const NEAR = 50;

/** What the refusal of a create means: there is a page for it at every PiAPI, and its words can be those of a failed task. */
export function refusalOfCreate({ code, details }: PiapiError): PiapiError {
	if (code === 'unknownTask') return new PiapiError('notPiapi', details);
	const isAboutInput = code === 'refusedInput' || code === 'serviceDown';
	const isModerated = isAboutInput && isModeration(details.providerMessage ?? '');
	return new PiapiError(isModerated ? 'moderated' : code, details);
}

/** What PiAPI's message about a failed task means. */
export function classifyFailure(providerMessage: string): PiapiErrorCode {
	if (isModeration(providerMessage)) return 'moderated';
	if (BALANCE.test(providerMessage)) return 'outOfBalance';
	const at = providerMessage.search(IMAGE);
	const nearImage = at < 0 ? '' : providerMessage.slice(Math.max(0, at - NEAR), at + NEAR);
	if (NOT_LOADED.test(nearImage)) return 'imageNotLoaded';
	return 'generationFailed';
}

// An unreachable host or network is not among them, nor are most codes of TLS: a connection that was open,
// and has brought the request to PiAPI, can end with them too.
const NEVER_LEFT =
	/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ERR_INVALID_URL|ERR_INVALID_CHAR|ERR_TLS_CERT_ALTNAME_INVALID|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)|HANDSHAKE_FAILURE$/;

/** What the code of a network error (`ECONNRESET` …) means: never sent, or sent with an unknown outcome. */
export function classifyNetworkError(code: string): PiapiErrorCode {
	return NEVER_LEFT.test(code) ? 'unreachable' : 'noAnswer';
}
