import { describe, expect, it } from '@jest/globals';
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

describe('the key is sent', () => {
	it.each([
		['to PiAPI', { url: `${PIAPI}/api/v1/task` }, {}],
		['to the host for uploads', { url: `${UPLOADS}/api/ephemeral_resource` }, {}],
		['to PiAPI where n8n leaves out the addresses', { url: `${PIAPI}/info` }, withoutAddresses],
		['to uploads where n8n leaves them out', { url: `${UPLOADS}/api` }, withoutAddresses],
		['by a base address', { baseURL: PIAPI, url: '/account/info' }, {}],
		['where the HTTP Request node puts the address', { uri: `${PIAPI}/account/info` }, {}],
		[
			'without https to this computer',
			{ url: 'http://127.0.0.1:3999/account/info' },
			{ baseUrl: 'http://127.0.0.1:3999' },
		],
	])('%s', async (_, request, own) => {
		expect((await authenticate(request, own)).headers).toEqual(KEY);
	});
});

describe('the key stays here when the request goes to', () => {
	it.each([
		...['https://img.theapi.app/video.mp4', 'https://api.piapi.ai.example.com/'],
		...['https://api.piapi.ai:8443/', 'http://api.piapi.ai/account/info'],
		...['https://api.piapi.ai@example.com/', '//example.com/account/info', '/account/info'],
	])('%s', async (url) => {
		await expect(authenticate({ url })).rejects.toThrow(REFUSED);
		await expect(authenticate({ url }, withoutAddresses)).rejects.toThrow(REFUSED);
	});

	it.each([
		...['//example.com/account/info', 'https://example.com/', 'http:example.com'].map((url) => ({
			baseURL: PIAPI,
			url,
		})),
		{ uri: 'https://example.com/' },
		{ uri: PIAPI, url: 'https://example.com/' },
		{ url: PIAPI, uri: 'https://example.com/' },
	])('%j', async (request) => {
		await expect(authenticate(request)).rejects.toThrow(REFUSED);
	});
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

it.each<[string, Partial<typeof credential> & { webhookSecret?: string }, string]>([
	['a key that cannot be sent', { apiKey: 'sec\u200Bret' }, 'U+200B'],
	[
		'a secret that cannot be sent back',
		{ webhookSecret: ['sés', 'ame'].join('') },
		"'Webhook Secret'",
	],
	['an address without https', { baseUrl: 'http://api.piapi.ai' }, 'Change http:// to https://'],
])('refuses %s', async (_, own, words) => {
	const url = `${own.baseUrl ?? PIAPI}/account/info`;
	await expect(authenticate({ url }, own)).rejects.toThrow(words);
});
