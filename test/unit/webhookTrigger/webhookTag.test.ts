import { describe, expect, it } from '@jest/globals';

import type { CreateTaskBody } from '../../../nodes/Luma/piapi/client';
import { recordOf } from '../../../nodes/Luma/piapi/json';
import { readTask } from '../../../nodes/Luma/piapi/task';
import {
	callsBackAt,
	CREATION_TAGS,
	isCreationTag,
	newCreationTag,
	shownWithWebhookConfig,
	withWebhookConfig,
	type WebhookTarget,
} from '../../../nodes/Luma/piapi/webhookTag';

const KEY = ['key', '4711'].join('-');

describe('a creation tag', () => {
	it('is recognised by the key and the execution it was made for', () => {
		expect(isCreationTag(newCreationTag(KEY), KEY)).toBe(true);
		expect(isCreationTag(newCreationTag(KEY, '17'), KEY, '17')).toBe(true);
		expect(isCreationTag(newCreationTag(` ${KEY}\n`), KEY)).toBe(true);
	});

	it('is different each time, and does not hold the key', () => {
		const tags = Array.from({ length: 100 }, () => newCreationTag(KEY));
		expect(new Set(tags).size).toBe(100);
		expect(tags.join()).not.toContain(KEY);
	});

	it.each([
		['another key', newCreationTag('another-key', '17')],
		['another execution', newCreationTag(KEY, '18')],
		['no execution', newCreationTag(KEY)],
		['nothing', undefined],
		['an empty text', ''],
		['a list', [newCreationTag(KEY, '17')]],
	])('is refused when it belongs to %s', (_, tag) => {
		expect(isCreationTag(tag, KEY, '17')).toBe(false);
	});

	it('is refused when a part of it was cut or changed', () => {
		const tag = newCreationTag(KEY, '17');
		const [prefix, random, signature] = tag.split('.');
		const changed = [
			tag.slice(0, -1),
			tag.slice(1),
			`${tag}0`,
			`${prefix}.${random}`,
			`${prefix}.${random}.${signature.toUpperCase()}`,
			`${prefix}.${'0'.repeat(random.length)}.${signature}`,
			`${prefix}.${random}.${'0'.repeat(signature.length)}`,
		];
		for (const other of changed) expect(isCreationTag(other, KEY, '17')).toBe(false);
	});
});

const CHOSEN = ['sesame', '0815'].join('-');
const CALLBACK_URL = 'https://example.com/webhook/1';
const RESUME = {
	url: 'https://n8n.example.com/webhook-waiting/17/luma?signature=1',
	executionId: '17',
};

const plain: CreateTaskBody = {
	model: 'luma',
	task_type: 'video_generation',
	input: { prompt: 'A scene' },
	config: { service_mode: 'public' },
};
const withCallbackUrl: CreateTaskBody = {
	...plain,
	config: { webhook_config: { endpoint: CALLBACK_URL } },
};

function webhookOf(body: CreateTaskBody, target: Partial<WebhookTarget> = {}) {
	const { config } = withWebhookConfig(body, { apiKey: KEY, ...target });
	const { endpoint, secret } = recordOf(config?.webhook_config);
	return { endpoint, secret };
}

describe('every create carries a creation tag of its own', () => {
	it('with an empty endpoint where no webhook is requested', () => {
		const { endpoint, secret } = webhookOf(plain, { webhookSecret: CHOSEN });
		expect(endpoint).toBe('');
		expect(isCreationTag(secret, KEY)).toBe(true);
	});

	it("with the user's Callback URL", () => {
		const { endpoint, secret } = webhookOf(withCallbackUrl);
		expect(endpoint).toBe(CALLBACK_URL);
		expect(isCreationTag(secret, KEY)).toBe(true);
	});

	it.each([[plain], [withCallbackUrl]])(
		'bound to the execution that its webhook resumes',
		(body) => {
			const { endpoint, secret } = webhookOf(body, { resume: RESUME, webhookSecret: CHOSEN });
			expect(endpoint).toBe(RESUME.url);
			expect(isCreationTag(secret, KEY, '17')).toBe(true);
			expect(isCreationTag(secret, KEY)).toBe(false);
		},
	);

	it('which no other create has', () => {
		const secrets = Array.from({ length: 20 }, () => webhookOf(plain, { resume: RESUME }).secret);
		expect(new Set(secrets).size).toBe(20);
	});
});

it('sends the Webhook Secret as it is to a Callback URL, whose server may check it', () => {
	expect(webhookOf(withCallbackUrl, { webhookSecret: CHOSEN })).toEqual({
		endpoint: CALLBACK_URL,
		secret: CHOSEN,
	});
});

describe('without tags', () => {
	const without = { apiKey: undefined };

	it('a create that nobody waits for carries no webhook at all', () => {
		expect(withWebhookConfig(plain, {})).toEqual(plain);
		expect(shownWithWebhookConfig(plain, {})).toEqual(plain);
	});

	it('a Callback URL is called without a secret, or with the Webhook Secret', () => {
		expect(webhookOf(withCallbackUrl, without)).toEqual({
			endpoint: CALLBACK_URL,
			secret: undefined,
		});
		expect(webhookOf(withCallbackUrl, { ...without, webhookSecret: CHOSEN })).toEqual({
			endpoint: CALLBACK_URL,
			secret: CHOSEN,
		});
		const shown = shownWithWebhookConfig(withCallbackUrl, { webhookSecret: CHOSEN });
		expect(JSON.stringify(shown)).not.toContain(CHOSEN);
	});
});

it('shows everything but the secret', () => {
	const target = { apiKey: KEY, webhookSecret: CHOSEN, resume: RESUME };
	for (const own of [{ apiKey: KEY, webhookSecret: CHOSEN }, target]) {
		const shown = shownWithWebhookConfig(withCallbackUrl, own);
		const sent = withWebhookConfig(withCallbackUrl, own);
		expect(JSON.stringify(shown)).not.toContain(CHOSEN);
		expect(JSON.stringify(shown)).not.toMatch(CREATION_TAGS);
		expect(shown).toMatchObject({
			...sent,
			config: { webhook_config: { endpoint: webhookOf(withCallbackUrl, own).endpoint } },
		});
	}
});

it('leaves the rest of the request, and the request it was given, as they are', () => {
	const before = JSON.stringify(plain);
	const { config, ...rest } = withWebhookConfig(plain, { apiKey: KEY });
	expect({ ...rest, config: { service_mode: config?.service_mode } }).toEqual(plain);
	expect(JSON.stringify(plain)).toBe(before);
});

it.each([
	['https://example.com/webhook/1', true],
	['https://example.com/webhook/1?signature=2', true],
	['https://example.com/webhook/2', false],
	['https://other.example.com/webhook/1', false],
	['', false],
	[undefined, false],
])('knows whether a task that tells %j is going to call an address', (endpoint, isSo) => {
	const task = readTask({ task_id: '1', config: { webhook_config: { endpoint } } })!;
	expect(callsBackAt(task, `${CALLBACK_URL}?signature=1`)).toBe(isSo);
});
