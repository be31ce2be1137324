import { expect, it } from '@jest/globals';

import { isCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import { runLuma } from '../../../support/engine/engine';
import { FAST_POLLING, count, PROMPT, startService } from '../../../support/engine/service';
import { startTrigger } from '../../../support/engine/webhookTrigger';
import { until } from '../../../support/eventually';

it.each([
	['the secret of the credential', 'a long random text'],
	['a creation tag where the credential has none', ''],
])('PiAPI sends its webhook there, with %s', async (_, webhookSecret) => {
	const credential = { webhookSecret };
	const trigger = await startTrigger({ credential });
	const { simulator, url } = trigger;
	const callbackUrl = trigger.callbackUrl;
	const parameters = { prompt: PROMPT, waitMode: 'none', callbackUrl };
	const { json } = await runLuma({ url, credential, parameters });
	expect(json).toEqual([expect.objectContaining({ completedAt: null })]);

	const [task] = simulator.tasks.values();
	const secret = task.config.webhook_config?.secret;
	expect(secret === webhookSecret || isCreationTag(secret, 'simulated-key')).toBe(true);
	simulator.complete(task);
	await until('the workflow has started', () => trigger.runs.length > 0);
	expect(trigger.runs).toEqual([expect.objectContaining({ status: 'completed' })]);
	expect(trigger.answers).toEqual([200]);
});

it('no webhook is asked for where the node waits itself, and a creation tag is sent nevertheless', async () => {
	const { simulator, url } = await startService({ readsPerStep: 1 });
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
])('nothing is ordered when PiAPI could not report to %s', async (callbackUrl) => {
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
