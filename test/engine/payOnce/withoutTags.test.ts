import { expect, it } from '@jest/globals';

import { openService } from '../../../support/engine/runOnce';
import type { Simulator } from '../../../simulator';

const options = { tagOrders: false };

/** The `config` of each create, as it was sent. */
function configsOf({ calls }: Simulator): unknown[] {
	const creates = calls.filter(({ route }) => route === 'create');
	return creates.map(({ body }) => (body as { config?: unknown }).config);
}

it('without tags creates a video without any webhook, and sends the Webhook Secret alone to a Callback URL', async () => {
	const { execute, simulator } = await openService();
	const callbackUrl = 'http://127.0.0.1:9/report';
	const secret = 'a long random text';
	const parameters = { waitMode: 'none', callbackUrl };
	const { json } = await execute({ options });
	const credential = { webhookSecret: secret };
	await execute({ ...parameters, options });
	await execute({ ...parameters, options }, { credential });
	await execute({ options }, { credential });

	expect(json[0]).toMatchObject({ status: 'completed' });
	expect(configsOf(simulator)).toEqual([
		undefined,
		{ webhook_config: { endpoint: callbackUrl } },
		{ webhook_config: { endpoint: callbackUrl, secret } },
		undefined,
	]);
});

it('suspends no execution whose reports could not be verified, and says what to set', async () => {
	const { execute, simulator } = await openService();
	const { error } = await execute({ waitMode: 'callback', options });

	expect(error?.message).toContain("'Wait Mode' cannot be Suspend Until Callback");
	expect(error?.description).toContain("'Tag New Tasks'");
	expect(simulator.calls).toEqual([]);
});
