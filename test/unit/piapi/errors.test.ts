import { describe, expect, it } from '@jest/globals';

import {
	classifyFailure,
	classifyNetworkError,
	classifyRefusal,
	delayBeforeRetry,
	isDefinitelyNotCreated,
	PiapiError,
} from '../../../nodes/Luma/piapi/errors';

it.each([
	[401, '', 'wrongKey'],
	[402, '', 'outOfBalance'],
	[500, 'failed to freeze point', 'outOfBalance'],
	[403, 'Insufficient plan level', 'planTooLow'],
	[400, 'bad prompt', 'refusedInput'],
	[404, '', 'unknownTask'],
	[408, '', 'noAnswer'],
	[429, '', 'tooManyRequests'],
	[301, '', 'redirected'],
	[500, 'boom', 'serviceDown'],
	[522, '', 'serviceDown'],
] as const)('status %d with “%s” means %s', (status, said, kind) => {
	expect(classifyRefusal(status, said)).toBe(kind);
});

it.each([
	['prompt did not pass moderation', 'moderated'],
	['Content policy violation', 'moderated'],
	['failed to fetch image', 'imageNotLoaded'],
	['invalid image url', 'imageNotLoaded'],
	['Insufficient account balance', 'outOfBalance'],
	['credits are exhausted', 'outOfBalance'],
	['internal trouble', 'generationFailed'],
	['', 'generationFailed'],
] as const)('a task that says “%s” is %s', (said, kind) => {
	expect(classifyFailure(said)).toBe(kind);
});

describe('whether a create may be tried again', () => {
	it.each([
		'ECONNREFUSED',
		'ENOTFOUND',
		'EAI_AGAIN',
		'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
		'ERR_TLS_CERT_ALTNAME_INVALID',
		'CERT_HAS_EXPIRED',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		'ERR_INVALID_CHAR',
	])('%s proves that nothing was made', (code) => {
		expect(isDefinitelyNotCreated(new PiapiError(classifyNetworkError(code)))).toBe(true);
	});

	it.each([
		'ECONNRESET',
		'ECONNABORTED',
		'ETIMEDOUT',
		'ERR_CANCELED',
		'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
		'ERR_SSL_UNEXPECTED_EOF_WHILE_READING',
		'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
		'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
		'ERR_SSL_SSLV3_ALERT_UNEXPECTED_MESSAGE',
		'ERR_SSL_WRONG_VERSION_NUMBER',
		'ERR_TLS_SESSION_ATTACK',
		'EPROTO',
		'',
	])('%s proves nothing', (code) => {
		expect(isDefinitelyNotCreated(new PiapiError(classifyNetworkError(code)))).toBe(false);
	});

	it.each([500, 502, 503, 504, 520, 524])('status %d proves nothing', (status) => {
		expect(isDefinitelyNotCreated(new PiapiError(classifyRefusal(status, '')))).toBe(false);
	});
});

describe('what costs nothing is repeated', () => {
	it.each([
		[new PiapiError('serviceDown'), 1, 500],
		[new PiapiError('serviceDown'), 2, 1_000],
		[new PiapiError('tooManyRequests', { retryAfterMs: 7_000 }), 1, 7_000],
		[new PiapiError('tooManyRequests', { retryAfterMs: 86_400_000 }), 1, 60_000],
	])(
		'after a while, up to a quarter more each time: %s, attempt %d',
		(error, attempts, leastMs) => {
			for (let i = 0; i < 20; i++) {
				const delayMs = delayBeforeRetry(error, attempts);
				expect(delayMs).toBeGreaterThanOrEqual(leastMs);
				expect(delayMs).toBeLessThanOrEqual(leastMs * 1.25);
			}
		},
	);

	it.each([
		[new PiapiError('serviceDown'), 3],
		[new PiapiError('refusedInput'), 1],
		[new PiapiError('stopped'), 1],
		[new Error('no answer of PiAPI'), 1],
	])('not where that would not help: %s, attempt %d', (error, attempts) => {
		expect(delayBeforeRetry(error, attempts)).toBeUndefined();
	});
});
