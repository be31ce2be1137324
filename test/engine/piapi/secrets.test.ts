import { describe, expect, it } from '@jest/globals';

import type { FaultEffect } from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { CONTINUE, openService, runOnce } from '../../../support/engine/runOnce';
import { useQuickTime } from '../../../support/engine/quickTime';
import { PROMPT } from '../../../support/engine/service';
import { answer, fault, LOST, page, RESET } from '../../../support/faults';
import { startMockServer } from '../../../support/mockServer';

const OUR_KEY = ['very', 'private', '4711'].join('-');
const OUR_SECRET = ['hush', 'hush', '0815?'].join('-');
const credential = { apiKey: OUR_KEY, webhookSecret: OUR_SECRET };
const options = { timeoutMinutes: 0.3 };

// The search for a task that was never made goes on for more than a minute.
useQuickTime();

// PiAPI, or a proxy on the way, repeats what it was sent.
const words = `request with x-api-key: ${OUR_KEY} and secret ${OUR_SECRET} refused`;
const echo = { code: 500, message: 'boom', data: { headers: { authorization: 'Bearer x' } } };
const failedTask = (message: string) => ({ task_id: '1', status: 'failed', error: { message } });

const EFFECTS: FaultEffect[] = [
	...[400, 401, 402, 403, 404, 429, 500].map((code) => answer(code, { code, message: words })),
	answer(200, { code: 400, message: words }),
	answer(200, `<html>${words}</html>`),
	answer(403, `<html>${words}</html>`),
	answer(200, { code: 200, data: { ...failedTask(words), task_id: undefined } }),
	answer(500, { code: 500, data: { error: { raw_message: words } } }),
	answer(500, echo),
	answer(200, { code: 500, message: 'inside' }),
	{ kind: 'answer', status: 302, headers: { location: 'http://127.0.0.1:9/' } },
	...[400, 401, 402, 403, 404, 429].map((status) => answer(status)),
	...[502, 403].map(page),
	...[RESET, LOST, { kind: 'cutOff' } as const],
	{ kind: 'hang', seconds: 0.2 },
	{ kind: 'slow', seconds: 0.2 },
];

function expectNoSecretIn(...texts: string[]): void {
	for (const text of texts) {
		expect(text).not.toContain(OUR_KEY);
		expect(text).not.toContain(OUR_SECRET);
	}
}

describe.each(['create', 'read', 'history'] as const)('%s', (route) => {
	it.each(EFFECTS)('nothing that n8n stores holds the key or the secret (%j)', async (effect) => {
		const { execute, simulator, count } = await openService({
			apiKey: OUR_KEY,
			renderSeconds: Infinity,
			readsPerStep: 1,
			faults: [
				fault(route, effect, 'every'),
				...(route === 'history' ? [fault('create', LOST)] : []),
			],
		});
		const stopped = await execute({ options }, { credential });
		const continued = await execute({ options }, { credential, ...CONTINUE });

		expect(simulator.calls.every(({ hasKey }) => hasKey)).toBe(true);
		expect(count('create')).toBeGreaterThan(0);
		expectNoSecretIn(stopped.stored, continued.stored);
	});
});

it.each([
	['a page', (sent: string) => `<html><pre>${sent}</pre></html>`],
	['a message', (message: string) => ({ code: 500, message })],
	['a refusal', (message: string) => ({ code: 400, message })],
	['the details', (message: string) => ({ code: 500, data: { error: { message } } })],
	['a failed task', (message: string) => ({ code: 200, data: failedTask(message) })],
])('tells nobody the tag of a create that PiAPI repeats in %s', async (_, answerTo) => {
	const server = await startMockServer(({ content }) => answerTo(content.toString()));
	const { data } = await runLuma({
		url: server.url,
		parameters: { prompt: PROMPT, options },
		...CONTINUE,
	});
	await server.close();

	const shown = JSON.stringify(data.resultData);
	expect(shown).toContain('whatToDo');
	expect(shown).not.toContain('n8n-luma-1.');
});

it.each([OUR_KEY, encodeURIComponent(OUR_SECRET)])(
	'gives out no link with a secret in it, but the reason: %s',
	async (secret) => {
		const withSecret = (body: unknown) =>
			JSON.parse(JSON.stringify(body).replaceAll('.mp4', `.mp4?k=${secret}`)) as unknown;
		const { error, stored, tasks } = await runOnce(
			{},
			{
				service: {
					apiKey: OUR_KEY,
					readsPerStep: 1,
					renderSeconds: Infinity,
					faults: [fault('read', { kind: 'rewrite', body: withSecret }, 'every')],
				},
				credential,
			},
		);

		expect(error?.message).toContain('link');
		expect(error?.message).toContain('secret');
		expect(error?.message).toContain(tasks[0].taskId);
		expect(stored).not.toContain(secret);
	},
);

it('stores no secret when nothing listens at the address', async () => {
	const url = 'http://127.0.0.1:9';
	const { error, stored } = await runLuma({ url, credential, parameters: { prompt: PROMPT } });

	expect(error?.message).toContain('could not be reached');
	expectNoSecretIn(stored);
});

it('stores no secret when a failed task repeats it, in its message or in its raw form', async () => {
	const { execute, tasks } = await openService({
		apiKey: OUR_KEY,
		outcome: () => ({ message: words }),
	});
	const made = await execute({}, { credential });
	const [{ taskId }] = tasks();
	const items = [{ taskId }];
	const get = { operation: 'get', taskId: '={{ $json.taskId }}', simplify: false };
	const read = await execute({ resource: 'task', ...get }, { credential, items });

	expect(made.error?.description).toContain('[hidden]');
	expect(JSON.stringify(read.json)).toContain('x-api-key: [hidden] and secret [hidden] refused');
	expectNoSecretIn(made.stored, read.stored);
});
