import type { PiapiErrorCode } from '../messages/errorCatalog';

const BALANCE =
	/freeze point|insufficient (credit|balance|point|fund|quota)|not enough (credit|balance|point)|out of (credit|balance)/i;

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

const MODERATION = /moderat|content policy|sensitive|nsfw|prohibited|inappropriate|blacklist/i;
const IMAGE =
	/(fetch|load|download|read|get|access|invalid).{0,40}(image|frame|picture)|(image|frame|picture).{0,40}(fetch|load|download|not found|invalid|inaccessible)/i;

/** What PiAPI's message about a failed task means. */
export function classifyFailure(providerMessage: string): PiapiErrorCode {
	if (MODERATION.test(providerMessage)) return 'moderated';
	if (BALANCE.test(providerMessage)) return 'outOfBalance';
	if (IMAGE.test(providerMessage)) return 'imageNotLoaded';
	return 'generationFailed';
}

// An unreachable host or network is not among them: a connection that was open can end with it too.
const NEVER_LEFT =
	/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ERR_INVALID_URL|ERR_INVALID_CHAR|ERR_TLS|ERR_SSL_|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

// OpenSSL's codes for a connection that broke after it was established.
const IN_USE = /BAD_RECORD_MAC|DECRYPTION_FAILED|CLOSE_NOTIFY|UNEXPECTED_EOF|INTERNAL_ERROR/;

/** What the code of a network error (`ECONNRESET` …) means: never sent, or sent with an unknown outcome. */
export function classifyNetworkError(code: string): PiapiErrorCode {
	return NEVER_LEFT.test(code) && !IN_USE.test(code) ? 'unreachable' : 'noAnswer';
}
