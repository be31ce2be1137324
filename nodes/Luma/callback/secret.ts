import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { textOf } from '../piapi/json';

/** Where PiAPI puts the secret of a call, as it was handed over with the task. */
const HEADER = 'x-webhook-secret';

/** Whether a call carries one of the secrets; takes the same time however much of it is right. */
export function carriesSecret(headers: object, ...secrets: string[]): boolean {
	const carried = digestOf(textOf((headers as Record<string, unknown>)[HEADER]) ?? '');
	return secrets.map((secret) => timingSafeEqual(carried, digestOf(secret))).includes(true);
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
	return chosenSecret({ webhookSecret }) ?? derivedSecret(apiKey, executionId);
}

/** The credential's own secret, if it has one. */
export function chosenSecret({ webhookSecret }: { webhookSecret?: unknown }): string | undefined {
	return textOf(webhookSecret)?.trim();
}

/** The secrets that reports to an execution may carry: the credential can have got its own one since. */
export function secretsOf(
	credential: { webhookSecret?: unknown; apiKey?: unknown },
	executionId: string,
): string[] {
	return [secretOf(credential, executionId), derivedSecret(credential.apiKey, executionId)];
}

function derivedSecret(apiKey: unknown, executionId: string): string {
	const key = String(apiKey).trim();
	return createHmac('sha256', key).update(`callback to execution ${executionId}`).digest('hex');
}
