import { describe, expect, it } from '@jest/globals';
import type { IExecuteFunctions } from 'n8n-workflow';

import { executeContext } from '../../../support/engine/context';
import { CLIP, startMediaHost } from '../../../support/engine/mediaHost';
import { count, startService } from '../../../support/engine/service';

/** What a community node asks n8n for, when it thinks of no redirect. */
async function ask(context: IExecuteFunctions, url: string): Promise<unknown> {
	const { httpRequestWithAuthentication: request } = context.helpers;
	return await request.call(context, 'piapiApi', { url, returnFullResponse: true });
}

// In the HTTP Request node: test/e2e/loading.test.ts.
describe('the credential in another node', () => {
	it('signs a request to PiAPI', async () => {
		const { simulator, url } = await startService();
		const answer = await ask(executeContext({ url }), `${url}/account/info`);

		expect(answer).toMatchObject({ statusCode: 200, body: { code: 200 } });
		expect(simulator.calls.map(({ hasKey }) => hasKey)).toEqual([true]);
	});

	it('signs no request to anywhere else', async () => {
		const { url } = await startService();
		const host = await startMediaHost(CLIP);

		await expect(ask(executeContext({ url }), host.url)).rejects.toThrow();
		expect(host.asked).toEqual([]);
	});

	it('does not follow a redirect with the key', async () => {
		const host = await startMediaHost(CLIP);
		const headers = { location: host.url };
		const { simulator, url } = await startService({
			faults: [{ route: 'account', effect: { kind: 'answer', status: 302, headers } }],
		});

		await expect(ask(executeContext({ url }), `${url}/account/info`)).rejects.toThrow();
		expect(count(simulator, 'account')).toBe(1);
		expect(host.asked).toEqual([]);
	});
});
