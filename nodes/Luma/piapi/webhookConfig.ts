import { webAddress } from './addresses';
import type { CreateTaskBody } from './client';
import { newCreationTag } from './creationTag';
import { recordOf, textOf, type JsonRecord } from './json';
import type { Task } from './task';

/** Where PiAPI sends the webhooks of a run, and what proves that they are genuine. */
export interface WebhookTarget {
	/** Signs the creation tags, and is never sent; absent when no create is to carry a tag. */
	apiKey?: string;
	/** The Webhook Secret of the credential, for a server of the user's own. */
	webhookSecret?: string;
	/** The suspended execution that the webhooks resume; absent when they resume none. */
	resume?: { url: string; executionId: string };
}

/**
 * The request as PiAPI gets it: every create carries a creation tag of its own as the secret of its
 * webhook, also where no webhook is wanted (`endpoint: ""`, as in PiAPI's own samples). The one exception is
 * a create whose Callback URL is a server of the user's own that knows the Webhook Secret. Without tags,
 * there is a webhook only where one is wanted.
 */
export function withWebhookConfig(body: CreateTaskBody, target: WebhookTarget): CreateTaskBody {
	const webhook = webhookOf(body, target);
	return webhook ? { ...body, config: { ...body.config, webhook_config: webhook } } : body;
}

function webhookOf(
	body: CreateTaskBody,
	{ apiKey, webhookSecret, resume }: WebhookTarget,
): JsonRecord | undefined {
	const callbackUrl = textOf(recordOf(body.config?.webhook_config).endpoint);
	const isForOwnServer = !resume && callbackUrl !== null;
	if (isForOwnServer && webhookSecret) return { endpoint: callbackUrl, secret: webhookSecret };
	if (apiKey === undefined) return isForOwnServer ? { endpoint: callbackUrl } : undefined;
	const secret = newCreationTag(apiKey, resume?.executionId);
	return { endpoint: resume?.url ?? callbackUrl ?? '', secret };
}

/** The same request as it may be shown: without a secret. */
export function shownWithWebhookConfig(
	body: CreateTaskBody,
	target: WebhookTarget,
): CreateTaskBody {
	const webhook = webhookOf(body, target);
	if (!webhook) return body;
	const shown = { ...webhook, ...('secret' in webhook && { secret: '((a secret of its own))' }) };
	return { ...body, config: { ...body.config, webhook_config: shown } };
}

/** Whether PiAPI is going to call this address at the end of an earlier task. */
export function callsBackAt(task: Task, url: string): boolean {
	const { endpoint } = recordOf(recordOf(task.raw.config).webhook_config);
	const [told, wanted] = [webAddress(endpoint), webAddress(url)];
	return told?.origin === wanted?.origin && told?.pathname === wanted?.pathname;
}
