import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { textOf } from '../piapi/json';

/** Where PiAPI puts the secret of a call, as it was handed over with the task. */
const HEADER = 'x-webhook-secret';

/** Whether a call carries the secret; takes the same time however much of it is right. */
export function carriesSecret(headers: object, secret: string): boolean {
	const carried = textOf((headers as Record<string, unknown>)[HEADER]) ?? '';
	return timingSafeEqual(digestOf(carried), digestOf(secret));
}

function digestOf(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}

/**
 * The secret between PiAPI and one execution, where the credential has none. It follows from the key
 * and the execution, so nothing has to be stored, and who knows it learns nothing about the key.
 */
export function secretOf(
	{ webhookSecret, apiKey }: { webhookSecret?: unknown; apiKey?: unknown },
	executionId: string,
): string {
	const chosen = textOf(webhookSecret);
	if (chosen !== null) return chosen.trim();
	const key = String(apiKey).trim();
	return createHmac('sha256', key).update(`callback to execution ${executionId}`).digest('hex');
}
