import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { webAddress } from './addresses';
import { recordOf, textOf, type JsonRecord } from './json';
import type { Task } from './task';

const PREFIX = 'n8n-luma-1';
const RANDOM_BYTES = 16;
const FORM = new RegExp(`^${PREFIX}\\.[0-9a-f]{${RANDOM_BYTES * 2}}\\.[0-9a-f]{64}$`);

/** Every tag within a text, so that none is handed on or logged. */
export const CREATION_TAGS = new RegExp(`${PREFIX}\\.[0-9a-f.]+`, 'g');

/**
 * A new tag for one create. It is sent as `config.webhook_config.secret`, which PiAPI gives back when the
 * task is read and when its end is reported (PiAPI, "Unified Webhook"): so it tells which create made a
 * task, and that a report is genuine. It reveals nothing about the key.
 *
 * @param executionId the execution that the report resumes; empty when it resumes none
 */
export function newCreationTag(apiKey: string, executionId = ''): string {
	const random = randomBytes(RANDOM_BYTES).toString('hex');
	return `${PREFIX}.${random}.${signatureOf(random, apiKey, executionId)}`;
}

/** Whether the value has the form of a tag, whoever signed it. */
export function hasTagForm(value: unknown): value is string {
	return typeof value === 'string' && FORM.test(value);
}

/** Whether the value is a tag that was signed with this key for this execution. Takes constant time. */
export function isCreationTag(value: unknown, apiKey: string, executionId = ''): boolean {
	if (!hasTagForm(value)) return false;
	const [, random, signature] = value.split('.');
	return equalSecrets(signature, signatureOf(random, apiKey, executionId));
}

/** Whether two secrets are the same; takes the same time however much of them is. */
export function equalSecrets(one: string, other: string): boolean {
	return timingSafeEqual(digestOf(one), digestOf(other));
}

function signatureOf(random: string, apiKey: string, executionId: string): string {
	const message = ['creation tag', random, executionId].join('\n');
	return createHmac('sha256', apiKey.trim()).update(message).digest('hex');
}

function digestOf(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}

/** Where PiAPI sends the webhooks of a run, and what proves that they are genuine. */
export interface WebhookTarget {
	/** Signs the creation tags, and is never sent; absent when no create is to carry a tag. */
	apiKey?: string;
	/** The Webhook Secret of the credential, for a server of the user's own. */
	webhookSecret?: string;
	/** The suspended execution that the webhooks resume; absent when they resume none. */
	resume?: { url: string; executionId: string };
}

/** The part of a create that tells PiAPI whom to call at its end. */
interface WithConfig {
	config?: JsonRecord;
}

/**
 * The request as PiAPI gets it: every create carries a creation tag of its own as the secret of its
 * webhook, also where no webhook is wanted (`endpoint: ""`, as in PiAPI's own samples). The one exception is
 * a create whose Callback URL is a server of the user's own that knows the Webhook Secret. Without tags,
 * there is a webhook only where one is wanted.
 */
export function withWebhookConfig<T extends WithConfig>(body: T, target: WebhookTarget): T {
	const webhook = webhookOf(body, target);
	return webhook ? { ...body, config: { ...body.config, webhook_config: webhook } } : body;
}

function webhookOf(
	body: WithConfig,
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
export function shownWithWebhookConfig<T extends WithConfig>(body: T, target: WebhookTarget): T {
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
