/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import type { IWebhookFunctions } from 'n8n-workflow';

import { resume } from '../../../nodes/Luma/suspend/resume';
import { startWorkflow } from '../../../nodes/Luma/triggers/webhook';

const KEY = ['key', '4711'].join('-');
const SECRET = ['sesame', '0815'].join('-');
const TASK_ID = 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d';

/** What of n8n a webhook can reach; PiAPI does not know any task. */
function contextOf(headers: unknown, body: unknown) {
	const response = { statusCode: 0, status, json: () => response, once: () => response };
	function status(code: number) {
		return Object.assign(response, { statusCode: code });
	}
	const text = JSON.stringify({ code: 404, message: 'task not found' });
	const awaited = {
		json: { taskId: TASK_ID, waitingFor: 'webhook' },
		pairedItem: { item: 0, isAwaited: true },
	};
	const context = {
		evaluateExpression: () => [awaited],
		getBodyData: () => body,
		getCredentials: async () => ({ apiKey: KEY, webhookSecret: SECRET }),
		getExecutionId: () => '17',
		getHeaderData: () => headers,
		getMode: () => 'webhook',
		getNode: () => ({ id: '1', name: 'Luma', type: 'luma', parameters: {} }),
		getResponseObject: () => response,
		helpers: {
			httpRequestWithAuthentication: async () =>
				await Promise.resolve({ statusCode: 404, headers: {}, body: Readable.from([text]) }),
		},
		logger: { warn: () => undefined },
	};
	return { context: context as unknown as IWebhookFunctions, response };
}

const secret = fc.oneof(fc.constant(SECRET), fc.jsonValue());
const headers = fc.oneof(fc.record({ 'x-webhook-secret': secret }), fc.jsonValue());
const status = fc.oneof(fc.constant('processing'), fc.jsonValue());
const task = fc.record({ task_id: fc.jsonValue(), status }, { requiredKeys: [] });
const body = fc.oneof(fc.record({ data: fc.oneof(task, fc.jsonValue()) }), fc.jsonValue());

it.each([
	['a suspended execution', resume],
	['the webhook trigger', startWorkflow],
] as const)('whatever is sent to %s, it neither throws nor goes on', async (_, take) => {
	await fc.assert(
		fc.asyncProperty(headers, body, async (sentHeaders, sentBody) => {
			const { context, response } = contextOf(sentHeaders, sentBody);
			expect(await take(context)).toEqual({ noWebhookResponse: true });
			expect([200, 400, 401, 503]).toContain(response.statusCode);
		}),
		{ numRuns: 1_000 },
	);
});
