import getPort from 'get-port';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { FaultEffect } from '../../simulator';
import { answer, page, RESET } from '../../support/faults';
import { run } from '../../support/n8n/runs';
import { joinTestbed } from '../../support/n8n/sharedN8n';
import { RIGHT_KEY, WRONG_KEY, type Testbed } from '../../support/n8n/testbed';
import { startMockServer } from '../../support/mockServer';
import { node, webhookWorkflow } from '../../support/n8n/workflows';

let testbed: Testbed;
beforeAll(async () => {
	testbed = await joinTestbed();
});
afterAll(async () => await testbed?.close());

test('the editor offers the Luma node under its stable name, with its picture', async () => {
	const types = await testbed.client.nodeTypes();
	const luma = types.find(({ name }) => name === 'n8n-nodes-piapi-luma.luma');
	expect(luma).toMatchObject({ displayName: 'Luma Dream Machine' });

	const icons =
		typeof luma?.iconUrl === 'string' ? [luma.iconUrl] : Object.values(luma?.iconUrl ?? {});
	expect(icons.length).toBeGreaterThan(0);
	for (const icon of icons) {
		const response = await testbed.client.request('GET', `/${icon}`);
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toMatch(/^image\//);
	}
});

describe('the test of the credential', () => {
	afterEach(() => testbed.simulator.clearFaults());

	async function tryKey(key: string, addresses?: Record<string, string>) {
		const credential = await testbed.credentialWith(key, addresses);
		return await testbed.client.testCredential(credential);
	}

	/** Neither key is ever shown. */
	async function expectRefusal(key: string, words: RegExp, addresses?: Record<string, string>) {
		const { status, message } = await tryKey(key, addresses);
		expect(status).toBe('Error');
		expect(message).toMatch(words);
		expect(message).not.toContain(RIGHT_KEY);
		expect(message).not.toContain(WRONG_KEY);
	}

	test('accepts the right key', async () => {
		expect(await tryKey(RIGHT_KEY)).toMatchObject({ status: 'OK' });
	});

	type Refusal = { effect?: FaultEffect; key?: string; baseUrl?: () => Promise<string> };
	const offline = async () => `http://127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
	const refusals: Array<[string, RegExp, Refusal]> = [
		['403', /rejects it.*check.*key is active/i, { effect: answer(403) }],
		['500', /outage.*try again/i, { effect: answer(500) }],
		["a proxy's page", /check the 'Base URL', or try again/i, { effect: page(502) }],
		['by hanging up', /perhaps it is offline|ECONNRESET/i, { effect: RESET }],
		['that the key is wrong', /check .*PiAPI key/i, { key: WRONG_KEY }],
		['nothing', /refused the connection - .* offline|ECONNREFUSED/i, { baseUrl: offline }],
	];
	test.each(refusals)('is not passed when PiAPI answers %s', async (_, words, refusal) => {
		const { effect, key = RIGHT_KEY, baseUrl } = refusal;
		if (effect) testbed.simulator.addFault({ route: 'account', calls: 'every', effect });
		await expectRefusal(key, words, baseUrl && { baseUrl: await baseUrl() });
	});

	test('sends nothing with an invisible character, or unprotected', async () => {
		const callsBefore = testbed.simulator.calls.length;
		await expectRefusal(`${RIGHT_KEY}\u200B`, /U\+200B.*copy the key again/);
		// Leads to the simulator too, but does not say that it stays on this computer.
		const baseUrl = testbed.simulator.baseUrl.replace('127.0.0.1', '0.0.0.0');
		await expectRefusal(RIGHT_KEY, /unprotected.*https:\/\//, { baseUrl });
		expect(testbed.simulator.calls.length).toBe(callsBefore);
	});
});

test('the credential in the HTTP Request node reads the account, and follows no redirect', async () => {
	const { client, simulator } = testbed;
	const { id, name } = await testbed.credentialWith(RIGHT_KEY);
	const request = node('HTTP Request', 'n8n-nodes-base.httpRequest', 4.2, {
		url: `${simulator.baseUrl}/account/info`,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: 'piapiApi',
		options: {},
	});
	request.credentials = { piapiApi: { id, name } };
	const askForAccount = async () => await run(client, webhookWorkflow('allEntries', [request]), {});
	const elsewhere = await startMockServer(() => ({}));
	try {
		const { status, items } = await askForAccount();
		expect(status).toBe(200);
		expect(items).toMatchObject([{ code: 200, data: { plan: 'creator' } }]);

		const headers = { location: elsewhere.url };
		const effect = { kind: 'answer', status: 302, headers } as const;
		simulator.addFault({ route: 'account', calls: 'every', effect });
		expect((await askForAccount()).status).toBe(500);
		expect(elsewhere.received).toEqual([]);
	} finally {
		simulator.clearFaults();
		await elsewhere.close();
	}
});
