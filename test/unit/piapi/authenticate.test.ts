import { expect, it } from '@jest/globals';
import type { IHttpRequestOptions } from 'n8n-workflow';

import { PiapiApi } from '../../../credentials/PiapiApi.credentials';

const PIAPI = 'https://api.piapi.ai';
const UPLOADS = 'https://upload.theapi.app';
const credential = { apiKey: ' secret ', baseUrl: PIAPI, uploadBaseUrl: `${UPLOADS}/` };
const withoutAddresses = { baseUrl: undefined, uploadBaseUrl: undefined };
const KEY = { 'x-api-key': 'secret' };
const REFUSED = "only sent to the 'Base URL' and the 'Upload URL'";

async function authenticate(request: object, own = {}) {
	const sent = { ...credential, ...own };
	return await new PiapiApi().authenticate(sent, request as IHttpRequestOptions);
}

it.each<[object, object]>([
	[{ url: `${PIAPI}/api/v1/task` }, {}],
	[{ url: `${UPLOADS}/api/ephemeral_resource` }, {}],
	[{ url: `${PIAPI}/info` }, withoutAddresses],
	[{ url: `${UPLOADS}/api` }, withoutAddresses],
	[{ baseURL: PIAPI, url: '/account/info' }, {}],
	// Where the HTTP Request node puts the address.
	[{ uri: `${PIAPI}/account/info` }, {}],
	[{ url: 'http://127.0.0.1:3999/account/info' }, { baseUrl: 'http://127.0.0.1:3999' }],
])('the key is sent with %j (credential: %j)', async (request, own) => {
	expect((await authenticate(request, own)).headers).toEqual(KEY);
});

const ELSEWHERE = [
	...['https://img.theapi.app/video.mp4', 'https://api.piapi.ai.example.com/'],
	...['https://api.piapi.ai:8443/', 'http://api.piapi.ai/account/info'],
	...['https://api.piapi.ai@example.com/', '//example.com/account/info', '/account/info'],
];

it.each([
	...ELSEWHERE.map((url) => ({ url })),
	{ baseURL: PIAPI, url: '//example.com/account/info' },
	{ baseURL: PIAPI, url: 'https://example.com/' },
	{ baseURL: PIAPI, url: 'http:example.com' },
	{ uri: 'https://example.com/' },
	{ uri: PIAPI, url: 'https://example.com/' },
	{ url: PIAPI, uri: 'https://example.com/' },
])('the key stays here, wherever PiAPI is, with %j', async (request) => {
	await expect(authenticate(request)).rejects.toThrow(REFUSED);
	await expect(authenticate(request, withoutAddresses)).rejects.toThrow(REFUSED);
});

it("lets no request be redirected, whichever of n8n's helpers sends it", async () => {
	const followed = { followRedirect: true, followAllRedirects: true, maxRedirects: 21 };
	expect(await authenticate({ url: `${PIAPI}/account/info`, ...followed })).toMatchObject({
		disableFollowRedirect: true,
		followRedirect: false,
		followAllRedirects: false,
		maxRedirects: 0,
	});
});

it.each<[Partial<typeof credential> & { webhookSecret?: string }, string]>([
	[{ apiKey: 'sec\u200Bret' }, 'U+200B'],
	[{ webhookSecret: ['sés', 'ame'].join('') }, "'Webhook Secret'"],
	[{ baseUrl: 'http://api.piapi.ai' }, 'Change http:// to https://'],
])('refuses %j, which cannot be sent or is not safe', async (own, words) => {
	const url = `${own.baseUrl ?? PIAPI}/account/info`;
	await expect(authenticate({ url }, own)).rejects.toThrow(words);
});
