import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

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
