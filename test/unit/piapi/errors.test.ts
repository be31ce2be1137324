import { expect, it } from '@jest/globals';

import {
	classifyFailure,
	classifyNetworkError,
	delayBeforeRetry,
	isDefinitelyNotCreated,
	PiapiError,
} from '../../../nodes/Luma/piapi/errors';

it.each([
	['failed to fetch image', 'imageNotLoaded'],
	['invalid image url', 'imageNotLoaded'],
	['Insufficient account balance', 'outOfBalance'],
	['credits are exhausted', 'outOfBalance'],
	['internal trouble', 'generationFailed'],
	['', 'generationFailed'],
])('a task that says “%s” is %s', (said, kind) => {
	expect(classifyFailure(said)).toBe(kind);
});

it.each([
	...['prompt did not pass moderation', 'Content policy violation', 'CONTENT_POLICY_VIOLATION'],
	...['prompt contains banned words', 'luma: your prompt was rejected by moderation'],
	...['Your prompt was blocked by our safety system', 'hit the safety_filter', 'unsafe content'],
	...['against our content guidelines', 'your prompt was flagged', 'policy violation'],
	...['This request violates our usage policies', 'risk control', 'risk_control_reject'],
	...['stopped by the content filter', 'explicit content', 'violates our terms of service'],
	...['This is against our policies', 'not allowed by our policy', 'our community standards'],
	...['may contain copyrighted material', 'copyright', 'banned words', 'Prohibited word'],
])('a task that says “%s” was rejected by a content check', (words) => {
	expect(classifyFailure(words)).toBe('moderated');
});

const PROVING = [
	...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ERR_INVALID_CHAR', 'CERT_HAS_EXPIRED'],
	...['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'ERR_TLS_CERT_ALTNAME_INVALID'],
	...['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
];

it.each([
	...PROVING,
	...['ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'ERR_CANCELED', 'EPROTO', ''],
	...['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING'],
	...['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
	...['ERR_SSL_SSLV3_ALERT_UNEXPECTED_MESSAGE', 'ERR_SSL_WRONG_VERSION_NUMBER'],
	'ERR_TLS_SESSION_ATTACK',
])('a connection that ended with %s proves that no task was made, or nothing', (code) => {
	const error = new PiapiError(classifyNetworkError(code));
	expect(isDefinitelyNotCreated(error)).toBe(PROVING.includes(code));
});

it.each([
	[new PiapiError('serviceDown'), 1, 500],
	[new PiapiError('serviceDown'), 2, 1_000],
	[new PiapiError('serviceDown'), 3, undefined],
	[new PiapiError('tooManyRequests', { retryAfterMs: 7_000 }), 1, 7_000],
	[new PiapiError('tooManyRequests', { retryAfterMs: 86_400_000 }), 1, 60_000],
	[new PiapiError('refusedInput'), 1, undefined],
	[new PiapiError('stopped'), 1, undefined],
	[new Error('no answer of PiAPI'), 1, undefined],
])(
	'a free call repeats %s, attempt %d, after %j ms and up to a quarter more',
	(error, at, leastMs) => {
		for (let i = 0; i < 20; i++) {
			const delayMs = delayBeforeRetry(error, at);
			if (leastMs === undefined || delayMs === undefined) expect(delayMs).toBe(leastMs);
			else expect(delayMs >= leastMs && delayMs <= leastMs * 1.25).toBe(true);
		}
	},
);
