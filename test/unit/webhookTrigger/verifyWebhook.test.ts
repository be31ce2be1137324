import { describe, expect, it } from '@jest/globals';

import { credentialOf } from '../../../nodes/Luma/piapi/credential';
import { readTask } from '../../../nodes/Luma/piapi/task';
import { newCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import { isSecretOf, verifyWebhook } from '../../../nodes/Luma/suspend/webhook';

const KEY = ['key', '4711'].join('-');
const CHOSEN = ['sesame', '0815'].join('-');
const EXECUTION = '17';

/** With a credential as n8n keeps it. */
async function verify(secret: unknown, webhookSecret: unknown = '', executionId = EXECUTION) {
	const getCredentials = async () => await Promise.resolve({ apiKey: KEY, webhookSecret });
	const credential = await credentialOf({ getCredentials } as never);
	return verifyWebhook({ 'x-webhook-secret': secret }, credential, executionId);
}

describe('the secret of a webhook is accepted', () => {
	it('when it is a creation tag of this key for this execution', async () => {
		const tag = newCreationTag(KEY, EXECUTION);
		expect(await verify(tag)).toBe(tag);
		expect(await verify(tag, CHOSEN)).toBe(tag);
	});

	it('when it is a creation tag for no execution, where none is resumed', async () => {
		const tag = newCreationTag(KEY);
		expect(await verify(tag, '', '')).toBe(tag);
	});

	it('when it is the Webhook Secret of the credential', async () => {
		expect(await verify(CHOSEN, ` ${CHOSEN} `)).toBe(CHOSEN);
	});
});

describe('the secret of a webhook is refused', () => {
	const tag = newCreationTag(KEY, EXECUTION);
	const [prefix, random, signature] = tag.split('.');
	it.each([
		['nothing', undefined],
		['an empty text', ''],
		['no text', 17],
		['several', [tag, tag]],
		['a guess', 'guess'],
		['the key itself', KEY],
		['a tag that was cut', tag.slice(0, -1)],
		['a tag with something behind it', `${tag}0`],
		['a tag of another version', `other.${random}.${signature}`],
		['a tag with another random part', `${prefix}.${'0'.repeat(random.length)}.${signature}`],
		['a tag with another signature', `${prefix}.${random}.${'0'.repeat(64)}`],
		['a tag of another execution', newCreationTag(KEY, '18')],
		['a tag of an execution whose id begins alike', newCreationTag(KEY, '1')],
		['a tag of no execution', newCreationTag(KEY)],
		['a tag of another key', newCreationTag('another', EXECUTION)],
		['a part of the Webhook Secret', CHOSEN.slice(0, -1)],
	])('when it is %s', async (_, secret) => {
		expect(await verify(secret, CHOSEN)).toBeUndefined();
	});

	it.each([[''], [' '], [undefined], [null]])(
		'when the credential has no Webhook Secret (%j), whatever it is',
		async (none) => {
			for (const secret of ['', ' ', 'undefined', 'null']) {
				expect(await verify(secret, none)).toBeUndefined();
			}
		},
	);

	it('when it is the tag of an execution, where none is resumed', async () => {
		expect(await verify(newCreationTag(KEY, EXECUTION), '', '')).toBeUndefined();
	});
});

describe('the secret belongs to the task', () => {
	const task = (config: unknown) => readTask({ task_id: '1', status: 'completed', config })!;
	it('which PiAPI returns it with, and to no other one', () => {
		const [own, other] = [newCreationTag(KEY), newCreationTag(KEY)];
		const made = task({ webhook_config: { endpoint: '', secret: own } });
		expect(isSecretOf(made, own)).toBe(true);
		for (const wrong of [other, CHOSEN, '']) expect(isSecretOf(made, wrong)).toBe(false);
	});

	it.each([
		...[undefined, null, {}, { webhook_config: null }],
		...['', '****', 'n8n-luma-1.3f2…', 'n8n-luma-1', `${CHOSEN}1`].map((secret) => ({
			webhook_config: { secret },
		})),
		{ webhook_config: { webhook_secret: newCreationTag(KEY) } },
	])('of which PiAPI gives no whole tag back: %j', (config) => {
		expect(isSecretOf(task(config), CHOSEN)).toBe(true);
	});
});
