import { describe, expect, it } from '@jest/globals';

import {
	apiKeyProblem,
	credentialOf,
	credentialProblem,
} from '../../../nodes/Luma/piapi/credential';
import type { NodeContext } from '../../../nodes/Luma/piapi/http';

const HALF = '0123456789abcdef';

it.each([HALF + HALF, ` ${HALF}\r\n`, `\uFEFF${HALF}`, 'sk-piapi_1.2+3/4='])(
	'takes the key %j',
	(key) => {
		expect(apiKeyProblem(key)).toBeUndefined();
	},
);

it.each([
	// Zero-width space and joiner, byte order mark, line break, tab, blanks, control character.
	...['\u200B', '\u200D', '\uFEFF', '\n', '\t', ' ', '\u00A0', '\u0000'],
	...['é', '🔑'],
])('a key is refused, without being shown, when it has %j in it', (character) => {
	const name = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
	const remark = apiKeyProblem(HALF + character + HALF);

	expect(remark).toContain(`U+${name}, at position ${HALF.length + 1}`);
	expect(remark).not.toContain(HALF);
});

it('a key is refused when it ends with what cannot be seen, or is none', () => {
	expect(apiKeyProblem(`${HALF}\u200B`)).toContain(`U+200B, at position ${HALF.length + 1}`);
	for (const key of [undefined, null, '', ' \n']) {
		expect(apiKeyProblem(key)).toContain('no API key');
	}
});

describe('the credential', () => {
	const reading = async (stored: object) =>
		await credentialOf({ getCredentials: async () => stored } as unknown as NodeContext);

	it('is read without the blanks that come along with a copied text', async () => {
		const stored = {
			apiKey: ` ${HALF}\n`,
			baseUrl: ' https://api.piapi.ai// ',
			uploadBaseUrl: 'https://upload.theapi.app/\n',
			webhookSecret: ' sesame ',
			dailyLimitUsd: 5,
		};

		expect(await reading(stored)).toEqual({
			apiKey: HALF,
			baseUrl: 'https://api.piapi.ai',
			uploadBaseUrl: 'https://upload.theapi.app',
			webhookSecret: 'sesame',
			dailyLimitUsd: 5,
		});
	});

	it.each(['', '/', '/api/v1', '/api/v1/', '/api/v1/task'])(
		'has its address where PiAPI is when that of a page was copied (%j)',
		async (page) => {
			const baseUrl = `https://proxy.example/piapi${page}`;
			expect(await reading({ baseUrl })).toMatchObject({ baseUrl: 'https://proxy.example/piapi' });
		},
	);

	it('is refused with a Webhook Secret that no header can hold', () => {
		const whole = { baseUrl: 'https://api.piapi.ai', apiKey: HALF };
		for (const webhookSecret of [undefined, '', 'correct horse-battery_1!', ' sesame ']) {
			expect(credentialProblem({ ...whole, webhookSecret })).toBeUndefined();
		}
		for (const webhookSecret of ['sésame', 'se\u200Bsame', 'se\tsame', '芝麻']) {
			const remark = credentialProblem({ ...whole, webhookSecret });
			expect(remark).toMatch(/'Webhook Secret'.*position \d/);
			expect(remark).not.toContain('same');
		}
	});

	it('leads to PiAPI where n8n leaves out the addresses, has no secret and no limit where none is set', async () => {
		expect(await reading({ apiKey: HALF, webhookSecret: ' ' })).toMatchObject({
			baseUrl: 'https://api.piapi.ai',
			uploadBaseUrl: 'https://upload.theapi.app',
			webhookSecret: undefined,
			dailyLimitUsd: 0,
		});
	});
});
