import { expect, it } from '@jest/globals';

import type { Simulator } from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { FAST_POLLING, PROMPT, startService } from '../../../support/engine/service';

const OFF = { ...FAST_POLLING, tagOrders: false };

/** The `config` of each create, as it was sent. */
function configsOf({ calls }: Simulator): unknown[] {
	const creates = calls.filter(({ route }) => route === 'create');
	return creates.map(({ body }) => (body as { config?: unknown }).config);
}

it('creates a video without any webhook when tags are off', async () => {
	const { simulator, url } = await startService();
	const { json } = await runLuma({ url, parameters: { prompt: PROMPT, options: OFF } });

	expect(json[0]).toMatchObject({ status: 'completed' });
	expect(configsOf(simulator)).toEqual([undefined]);
});

it('sends the Webhook Secret alone to a Callback URL when tags are off', async () => {
	const { simulator, url } = await startService();
	const callbackUrl = 'http://127.0.0.1:9/report';
	const parameters = { prompt: PROMPT, waitMode: 'none', callbackUrl, options: OFF };
	await runLuma({ url, parameters });
	await runLuma({ url, credential: { webhookSecret: 'a long random text' }, parameters });

	expect(configsOf(simulator)).toEqual([
		{ webhook_config: { endpoint: callbackUrl } },
		{ webhook_config: { endpoint: callbackUrl, secret: 'a long random text' } },
	]);
});

it('suspends no execution whose reports could not be verified, and says what to set', async () => {
	const { simulator, url } = await startService();
	const { error } = await runLuma({
		url,
		parameters: { prompt: PROMPT, waitMode: 'callback', options: OFF },
	});

	expect(error?.message).toContain("'Wait Mode' cannot be Suspend Until Callback");
	expect(error?.description).toContain("'Tag New Tasks'");
	expect(simulator.calls).toEqual([]);
});
