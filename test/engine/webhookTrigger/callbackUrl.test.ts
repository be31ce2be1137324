/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { expect, it } from '@jest/globals';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { until } from '../../../support/eventually';
import { isCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import { runLuma } from '../../../support/engine/engine';
import { FAST_POLLING, count, PROMPT, startService } from '../../../support/engine/service';

/** A place that takes reports, and notes their headers. */
async function openEndpoint() {
	const webhooks: IncomingHttpHeaders[] = [];
	const server = createServer((request, response) => {
		webhooks.push(request.headers);
		request.resume().on('end', () => response.end());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const close = async () => await new Promise((resolve) => server.close(resolve));
	return { url: `http://127.0.0.1:${port}/webhook/1/luma`, webhooks, close };
}

it('has PiAPI send its webhook there, with the secret of the credential', async () => {
	const { url } = await startService();
	const endpoint = await openEndpoint();
	const { json } = await runLuma({
		url,
		credential: { webhookSecret: 'a long random text' },
		parameters: { prompt: PROMPT, waitMode: 'none', callbackUrl: endpoint.url },
	});
	expect(json).toEqual([expect.objectContaining({ completedAt: null })]);

	await until('the report is there', () => endpoint.webhooks.length > 0);
	expect(endpoint.webhooks[0]['x-webhook-secret']).toBe('a long random text');
	await endpoint.close();
});

it('has PiAPI send a creation tag of a create, where the credential has no Webhook Secret', async () => {
	const { simulator, url } = await startService();
	await runLuma({
		url,
		parameters: {
			prompt: PROMPT,
			waitMode: 'none',
			callbackUrl: 'http://127.0.0.1:9/report',
		},
	});
	const [{ config }] = simulator.tasks.values();
	expect(isCreationTag(config.webhook_config?.secret, 'simulated-key')).toBe(true);
});

it('asks for no webhook where the node waits itself, and sends a creation tag nevertheless', async () => {
	const { simulator, url } = await startService();
	const callbackUrl = 'http://127.0.0.1:9/report';
	const credential = { webhookSecret: 'a long random text' };
	const parameters = { prompt: PROMPT, callbackUrl, options: FAST_POLLING };
	const { stored } = await runLuma({ url, credential, parameters });
	const [{ config }] = simulator.tasks.values();
	const { endpoint, secret } = config.webhook_config!;
	expect(endpoint).toBe('');
	expect(isCreationTag(secret, 'simulated-key')).toBe(true);
	expect(stored).not.toContain(secret);
});

it.each([
	'nowhere',
	'ftp://n8n.example.com/report',
	'http://n8n.example.com/report',
	'https://localhost/report',
])('orders nothing when PiAPI could not report to %s', async (callbackUrl) => {
	const { simulator, url } = await startService();
	const { error } = await runLuma({
		url,
		credential: { baseUrl: 'https://api.piapi.ai' },
		parameters: { prompt: PROMPT, waitMode: 'none', callbackUrl },
	});
	expect(error?.message).toBe(`PiAPI cannot call the 'Callback URL' “${callbackUrl}”`);
	expect(error?.description).toContain('Luma Dream Machine Webhook Trigger');
	expect(count(simulator, 'create')).toBe(0);
});
