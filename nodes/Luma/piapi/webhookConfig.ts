import { webAddress } from './addresses';
import type { CreateTaskBody } from './client';
import { newCreationTag } from './creationTag';
import { recordOf, textOf } from './json';
import type { Task } from './task';

/** Where PiAPI sends the webhooks of a run, and what proves that they are genuine. */
export interface WebhookTarget {
	/** Signs the creation tags; never sent. */
	apiKey: string;
	/** The Webhook Secret of the credential, for a server of the user's own. */
	webhookSecret?: string;
	/** The suspended execution that the webhooks resume; absent when they resume none. */
	resume?: { url: string; executionId: string };
}

/**
 * The request as PiAPI gets it: every create carries a creation tag of its own as the secret of its
 * webhook, also where no webhook is wanted (`endpoint: ""`, as in PiAPI's own samples). The one exception is
 * a create whose Callback URL is a server of the user's own that knows the Webhook Secret.
 */
export function withWebhookConfig(
	body: CreateTaskBody,
	{ apiKey, webhookSecret, resume }: WebhookTarget,
): CreateTaskBody {
	const callbackUrl = textOf(recordOf(body.config?.webhook_config).endpoint);
	const isForOwnServer = !resume && callbackUrl !== null;
	const secret = (isForOwnServer && webhookSecret) || newCreationTag(apiKey, resume?.executionId);
	const webhook = { endpoint: resume?.url ?? callbackUrl ?? '', secret };
	return { ...body, config: { ...body.config, webhook_config: webhook } };
}

/** The same request as it may be shown: without a secret. */
export function shownWithWebhookConfig(
	body: CreateTaskBody,
	target: WebhookTarget,
): CreateTaskBody {
	const { config, ...rest } = withWebhookConfig(body, target);
	const webhook = { ...recordOf(config?.webhook_config), secret: '((a secret of its own))' };
	return { ...rest, config: { ...config, webhook_config: webhook } };
}

/** Whether PiAPI is going to call this address at the end of an earlier task. */
export function callsBackAt(task: Task, url: string): boolean {
	const { endpoint } = recordOf(recordOf(task.raw.config).webhook_config);
	const [told, wanted] = [webAddress(endpoint), webAddress(url)];
	return told?.origin === wanted?.origin && told?.pathname === wanted?.pathname;
}
