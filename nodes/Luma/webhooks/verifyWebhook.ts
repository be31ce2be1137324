import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { equalSecrets, isCreationTag } from '../piapi/creationTag';
import { textOf } from '../piapi/json';
import type { Task } from '../piapi/task';

/** Where PiAPI puts `config.webhook_config.secret` of the task (PiAPI, "Unified Webhook"). */
const HEADER = 'x-webhook-secret';

/**
 * Checks the secret of a webhook: a creation tag that this key has signed for this execution, or the
 * Webhook Secret of the credential.
 *
 * @param executionId the execution that the webhook would resume; empty when it resumes none
 * @returns the secret; undefined when the webhook is not to be believed
 */
export function verifyWebhook(
	headers: object,
	{ apiKey, webhookSecret }: ICredentialDataDecryptedObject,
	executionId: string,
): string | undefined {
	const secret = textOf((headers as Record<string, unknown>)[HEADER]);
	if (secret === null) return undefined;
	const chosen = textOf(webhookSecret)?.trim();
	const isGenuine =
		isCreationTag(secret, String(apiKey), executionId) ||
		(chosen !== undefined && equalSecrets(secret, chosen));
	return isGenuine ? secret : undefined;
}

/** Whether the secret of a webhook is the one of the task; where PiAPI does not give it back, the signature suffices. */
export function isSecretOf({ webhookSecret }: Task, secret: string): boolean {
	return webhookSecret === null || equalSecrets(webhookSecret, secret);
}
