import { describe, expect, it } from '@jest/globals';
import type { IHttpRequestOptions } from 'n8n-workflow';

import { PiapiApi } from '../../../credentials/PiapiApi.credentials';

const credential = {
	apiKey: ' secret ',
	baseUrl: 'https://api.piapi.ai',
	uploadBaseUrl: 'https://upload.theapi.app/',
};

async function headersFor(url: string, own = {}) {
	const request = await new PiapiApi().authenticate({ ...credential, ...own }, { url });
	return request.headers;
}

it.each(['https://api.piapi.ai/api/v1/task', 'https://upload.theapi.app/api/ephemeral_resource'])(
	'sends the key to %s',
	async (url) => {
		expect(await headersFor(url)).toEqual({ 'x-api-key': 'secret' });
	},
);

it('sends the key to PiAPI where n8n leaves out the addresses, and to nobody else', async () => {
	const hidden = { baseUrl: undefined, uploadBaseUrl: undefined };
	const key = { 'x-api-key': 'secret' };
	expect(await headersFor('https://api.piapi.ai/account/info', hidden)).toEqual(key);
	expect(await headersFor('https://upload.theapi.app/api', hidden)).toEqual(key);
	await expect(headersFor('https://example.com/', hidden)).rejects.toThrow('only sent to');
});

it('finds the host in the base address of a relative request', async () => {
	const request = { baseURL: 'https://api.piapi.ai', url: '/account/info' };

	expect((await new PiapiApi().authenticate(credential, request)).headers).toEqual({
		'x-api-key': 'secret',
	});
});

it('reads the address where the HTTP Request node puts it', async () => {
	const sign = async (request: object) =>
		await new PiapiApi().authenticate(credential, request as IHttpRequestOptions);

	expect((await sign({ uri: 'https://api.piapi.ai/account/info' })).headers).toEqual({
		'x-api-key': 'secret',
	});
	await expect(sign({ uri: 'https://example.com/' })).rejects.toThrow('only sent to');
	await expect(sign({ uri: 'https://api.piapi.ai/', url: 'https://example.com/' })).rejects.toThrow(
		'only sent to',
	);
	await expect(sign({ url: 'https://api.piapi.ai/', uri: 'https://example.com/' })).rejects.toThrow(
		'only sent to',
	);
});

it("lets no request be redirected, whichever of n8n's helpers sends it", async () => {
	const request = { url: 'https://api.piapi.ai/account/info', maxRedirects: 21 };
	const followed = { ...request, followRedirect: true, followAllRedirects: true };

	expect(await new PiapiApi().authenticate(credential, followed)).toMatchObject({
		disableFollowRedirect: true,
		followRedirect: false,
		followAllRedirects: false,
		maxRedirects: 0,
	});
});

it('refuses a key that cannot be sent', async () => {
	await expect(
		headersFor('https://api.piapi.ai/account/info', { apiKey: 'sec\u200Bret' }),
	).rejects.toThrow('U+200B');
});

it('refuses a Webhook Secret that cannot be sent back, in its test too', async () => {
	const secret = ['sés', 'ame'].join('');
	await expect(
		headersFor('https://api.piapi.ai/account/info', { webhookSecret: secret }),
	).rejects.toThrow("'Webhook Secret'");
});

describe('the key stays here when the request goes to', () => {
	it.each([
		'https://img.theapi.app/video.mp4',
		'https://api.piapi.ai.example.com/',
		'https://api.piapi.ai:8443/',
		'http://api.piapi.ai/account/info',
		'https://api.piapi.ai@example.com/',
		'//example.com/account/info',
		'/account/info',
	])('%s', async (url) => {
		await expect(headersFor(url)).rejects.toThrow(
			"only sent to the 'Base URL' and the 'Upload URL'",
		);
	});
});

it.each(['//example.com/account/info', 'https://example.com/', 'http:example.com'])(
	'is not misled by a base address when the request goes to %s',
	async (url) => {
		const request = { baseURL: 'https://api.piapi.ai', url };
		await expect(new PiapiApi().authenticate(credential, request)).rejects.toThrow('only sent to');
	},
);

it('takes plain http for this computer only', async () => {
	const local = { baseUrl: 'http://127.0.0.1:3999' };
	const plain = { baseUrl: 'http://api.piapi.ai' };

	expect(await headersFor('http://127.0.0.1:3999/account/info', local)).toHaveProperty('x-api-key');
	await expect(headersFor('http://api.piapi.ai/account/info', plain)).rejects.toThrow(
		'Change http:// to https://',
	);
});
