import { describe, expect, it } from '@jest/globals';

import type { CreateTaskBody } from '../../../nodes/Luma/piapi/client';
import { credentialOf } from '../../../nodes/Luma/piapi/credential';
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
import { isSecretOf, verifyWebhook } from '../../../nodes/Luma/suspend/webhook';

const KEY = ['key', '4711'].join('-');
const CHOSEN = ['sesame', '0815'].join('-');
const EXECUTION = '17';
const tag = newCreationTag(KEY, EXECUTION);
const [prefix, random, signature] = tag.split('.');

/** With a credential as n8n keeps it. */
async function verify(secret: unknown, webhookSecret: unknown = '', executionId = EXECUTION) {
	const getCredentials = async () => await Promise.resolve({ apiKey: KEY, webhookSecret });
	const credential = await credentialOf({ getCredentials } as never);
	return verifyWebhook({ 'x-webhook-secret': secret }, credential, executionId);
}

describe('the secret of a webhook', () => {
	const ofNone = newCreationTag(` ${KEY}\n`);
	it.each([
		['a creation tag of this key for this execution', tag, CHOSEN, EXECUTION],
		['such a tag without a Webhook Secret', tag, '', EXECUTION],
		['a creation tag for no execution, where none is resumed', ofNone, '', ''],
		['the Webhook Secret of the credential', CHOSEN, ` ${CHOSEN} `, EXECUTION],
	])('is accepted when it is %s', async (_, secret, chosen, executionId) => {
		expect(await verify(secret, chosen, executionId)).toBe(secret);
	});

	it.each([
		['nothing', undefined],
		['an empty text', ''],
		['no text', 17],
		['several', [tag, tag]],
		['the key itself', KEY],
		['a tag that was cut', tag.slice(0, -1)],
		['a tag that was cut in front', tag.slice(1)],
		['a tag with something behind it', `${tag}0`],
		['a tag without a signature', `${prefix}.${random}`],
		['a tag of another version', `other.${random}.${signature}`],
		['a tag with another random part', `${prefix}.${'0'.repeat(random.length)}.${signature}`],
		['a tag with another signature', `${prefix}.${random}.${'0'.repeat(64)}`],
		['a tag of another execution', newCreationTag(KEY, '18')],
		['a tag of an execution whose id begins alike', newCreationTag(KEY, '1')],
		['a tag of no execution', newCreationTag(KEY)],
		['a tag of another key', newCreationTag('another', EXECUTION)],
		['a part of the Webhook Secret', CHOSEN.slice(0, -1)],
	])('is refused when it is %s', async (_, secret) => {
		expect(await verify(secret, CHOSEN)).toBeUndefined();
	});

	it('is refused when it is the tag of an execution, where none is resumed', async () => {
		expect(await verify(tag, '', '')).toBeUndefined();
	});

	it.each([[' '], [undefined], [null]])(
		'is refused when the credential has none (%j), whatever it is',
		async (none) => {
			for (const secret of ['', ' ', 'undefined', 'null']) {
				expect(await verify(secret, none)).toBeUndefined();
			}
		},
	);
});

describe('the secret belongs to the task', () => {
	const task = (config: unknown) => readTask({ task_id: '1', status: 'completed', config })!;
	it('which PiAPI returns it with, and to no other one', () => {
		const made = task({ webhook_config: { endpoint: '', secret: tag } });
		expect(isSecretOf(made, tag)).toBe(true);
		for (const wrong of [newCreationTag(KEY), CHOSEN, '']) {
			expect(isSecretOf(made, wrong)).toBe(false);
		}
	});

	it.each([
		...[undefined, null, {}, { webhook_config: null }],
		...['', '****', 'n8n-luma-1.3f2…', `${CHOSEN}1`].map((secret) => ({
			webhook_config: { secret },
		})),
		{ webhook_config: { webhook_secret: newCreationTag(KEY) } },
	])('of which PiAPI gives no whole tag back: %j', (config) => {
		expect(isSecretOf(task(config), CHOSEN)).toBe(true);
	});
});

const CALLBACK_URL = 'https://example.com/webhook/1';
const RESUME = {
	url: 'https://n8n.example.com/webhook-waiting/17/luma?signature=1',
	executionId: EXECUTION,
};
const ALL = { apiKey: KEY, webhookSecret: CHOSEN, resume: RESUME };
const WITHOUT_TAG = { apiKey: undefined };
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

describe('a create', () => {
	it.each([
		['no webhook is requested', plain, { webhookSecret: CHOSEN }, '', ''],
		['its webhook resumes an execution', withCallbackUrl, ALL, RESUME.url, EXECUTION],
	])('has a creation tag of its own where %s', (_, body, target, endpoint, execution) => {
		const tags = Array.from({ length: 20 }, () => webhookOf(body, target));
		expect(new Set(tags.map(({ secret }) => secret)).size).toBe(20);
		expect(tags[0].endpoint).toBe(endpoint);
		expect(isCreationTag(tags[0].secret, KEY, execution)).toBe(true);
		expect(String(tags[0].secret)).not.toContain(KEY);
	});

	it('has the Webhook Secret as it is for a Callback URL, whose server may check it', () => {
		const sent = { endpoint: CALLBACK_URL, secret: CHOSEN };
		expect(webhookOf(withCallbackUrl, { webhookSecret: CHOSEN })).toEqual(sent);
		const without = { ...WITHOUT_TAG, webhookSecret: CHOSEN };
		expect(webhookOf(withCallbackUrl, without)).toEqual(sent);
	});

	it('has no webhook at all without tags and without anybody to be called', () => {
		expect(withWebhookConfig(plain, {})).toEqual(plain);
		expect(shownWithWebhookConfig(plain, {})).toEqual(plain);
		expect(webhookOf(withCallbackUrl, WITHOUT_TAG)).toEqual({ endpoint: CALLBACK_URL });
	});

	it.each([{ apiKey: KEY, webhookSecret: CHOSEN }, ALL, { webhookSecret: CHOSEN }])(
		'is shown with everything but the secret (%j)',
		(target) => {
			const shown = shownWithWebhookConfig(withCallbackUrl, target);
			expect(JSON.stringify(shown)).not.toContain(CHOSEN);
			expect(JSON.stringify(shown)).not.toMatch(CREATION_TAGS);
			const { endpoint } = recordOf(
				withWebhookConfig(withCallbackUrl, target).config?.webhook_config,
			);
			expect(shown).toMatchObject({ ...plain, config: { webhook_config: { endpoint } } });
		},
	);
});

it.each([
	['https://example.com/webhook/1?signature=2', true],
	['https://example.com/webhook/2', false],
	['https://other.example.com/webhook/1', false],
	['', false],
	[undefined, false],
])('knows whether a task that tells %j is going to call an address', (endpoint, isSo) => {
	const task = readTask({ task_id: '1', config: { webhook_config: { endpoint } } })!;
	expect(callsBackAt(task, `${CALLBACK_URL}?signature=1`)).toBe(isSo);
});
