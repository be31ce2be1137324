import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { systemClock } from '../../../nodes/Luma/runtime/clock';
import type { Fault, FaultEffect } from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { startMockServer } from '../../../support/mockServer';
import { FAST_POLLING, count, PROMPT, startService } from '../../../support/engine/service';

const OUR_KEY = ['very', 'private', '4711'].join('-');
const OUR_SECRET = ['hush', 'hush', '0815?'].join('-');
const QUICKER = 200;

// The search for a task that was never made goes on for more than a minute: here time flies.
const { now, sleep } = systemClock;
beforeAll(() => {
	const begin = now();
	systemClock.now = () => begin + (now() - begin) * QUICKER;
	systemClock.sleep = async (milliseconds) => await sleep(milliseconds / QUICKER);
});
afterAll(() => void Object.assign(systemClock, { now, sleep }));

const echo = { code: 500, message: 'boom', data: { headers: { authorization: 'Bearer x' } } };

// PiAPI, or a proxy on the way, repeats what it was sent.
const words = `request with x-api-key: ${OUR_KEY} and secret ${OUR_SECRET} refused`;

const EFFECTS: FaultEffect[] = [
	...[400, 401, 402, 403, 404, 429, 500].map(
		(status) => ({ kind: 'answer', status, body: { code: status, message: words } }) as const,
	),
	{ kind: 'answer', status: 200, body: { code: 400, message: words } },
	{ kind: 'answer', status: 200, body: `<html>${words}</html>` },
	{ kind: 'answer', status: 403, body: `<html>${words}</html>` },
	{
		kind: 'answer',
		status: 200,
		body: { code: 200, data: { status: 'failed', error: { message: words } } },
	},
	{ kind: 'answer', status: 500, body: { code: 500, data: { error: { raw_message: words } } } },
	{ kind: 'reset' },
	{ kind: 'reset', afterHandling: true },
	{ kind: 'hang', seconds: 0.2 },
	{ kind: 'cutOff' },
	{ kind: 'slow', seconds: 0.2 },
	{ kind: 'html', status: 502 },
	{ kind: 'html', status: 403 },
	{ kind: 'answer', status: 500, body: echo },
	{ kind: 'answer', status: 200, body: { code: 500, message: 'inside' } },
	{ kind: 'answer', status: 302, headers: { location: 'http://127.0.0.1:9/' } },
	...[400, 401, 402, 403, 404, 429].map((status) => ({ kind: 'answer', status }) as const),
];

const CASES = (['create', 'read', 'history'] as const).flatMap((route) =>
	EFFECTS.map((effect): [string, Fault[]] => [
		`${route}: ${JSON.stringify(effect)}`,
		[
			{ route, calls: 'every', effect },
			...(route === 'history'
				? [{ route: 'create', effect: { kind: 'reset', afterHandling: true } } as const]
				: []),
		],
	]),
);

it.each(CASES)(
	'nothing that n8n stores holds the key or the secret (%s)',
	async (_, faults) => {
		const { simulator, url } = await startService({ apiKey: OUR_KEY, faults });
		const stored = [];
		for (const onError of ['stopWorkflow', 'continueRegularOutput'] as const) {
			const run = await runLuma({
				url,
				credential: { apiKey: OUR_KEY, webhookSecret: OUR_SECRET },
				parameters: { prompt: PROMPT, options: { ...FAST_POLLING, timeoutMinutes: 0.3 } },
				settings: { onError },
			});
			stored.push(run.stored);
		}

		expect(simulator.calls.every(({ hasKey }) => hasKey)).toBe(true);
		expect(count(simulator, 'create')).toBeGreaterThan(0);
		for (const text of stored) {
			expect(text).not.toContain(OUR_KEY);
			expect(text).not.toContain(OUR_SECRET);
		}
	},
	30_000,
);

it.each([
	['a page', (sent: string) => `<html><pre>${sent}</pre></html>`],
	['a message', (message: string) => ({ code: 500, message })],
	['a refusal', (message: string) => ({ code: 400, message })],
	['the details', (message: string) => ({ code: 500, data: { error: { message } } })],
	['a failed task', (message: string) => ({ code: 200, data: failedTask(message) })],
])('tells nobody the tag of a create that PiAPI repeats in %s', async (_, answerTo) => {
	const echo = await startMockServer(({ content }) => answerTo(content.toString()));
	const { data } = await runLuma({
		url: echo.url,
		parameters: { prompt: PROMPT, options: { ...FAST_POLLING, timeoutMinutes: 0.3 } },
		settings: { onError: 'continueRegularOutput' },
	});
	await echo.close();

	const shown = JSON.stringify(data.resultData);
	expect(shown).toContain('whatToDo');
	expect(shown).not.toContain('n8n-luma-1.');
});

function failedTask(message: string) {
	return { task_id: '1', status: 'failed', error: { message } };
}

it.each([OUR_KEY, encodeURIComponent(OUR_SECRET)])(
	'gives out no link with a secret in it, but the reason: %s',
	async (secret) => {
		const withSecret: FaultEffect = {
			kind: 'rewrite',
			body: (body) => JSON.parse(JSON.stringify(body).replaceAll('.mp4', `.mp4?k=${secret}`)),
		};
		const { simulator, url } = await startService({
			apiKey: OUR_KEY,
			faults: [{ route: 'read', calls: 'every', effect: withSecret }],
		});
		const run = await runLuma({
			url,
			credential: { apiKey: OUR_KEY, webhookSecret: OUR_SECRET },
			parameters: { prompt: PROMPT, options: FAST_POLLING },
		});

		const [taskId] = simulator.tasks.keys();
		expect(run.error?.message).toContain('link');
		expect(run.error?.message).toContain('secret');
		expect(run.error?.message).toContain(taskId);
		expect(run.stored).not.toContain(secret);
	},
);

it('stores no secret when nothing listens at the address', async () => {
	const run = await runLuma({
		url: 'http://127.0.0.1:9',
		credential: { apiKey: OUR_KEY, webhookSecret: OUR_SECRET },
		parameters: { prompt: PROMPT },
	});

	expect(run.error?.message).toContain('could not be reached');
	expect(run.stored).not.toContain(OUR_KEY);
});

it('stores no secret when a failed task repeats it, in its message or in its raw form', async () => {
	const { url } = await startService({
		apiKey: OUR_KEY,
		renderSeconds: 0,
		outcome: () => ({ message: words }),
	});
	const credential = { apiKey: OUR_KEY, webhookSecret: OUR_SECRET };
	const made = await runLuma({
		url,
		credential,
		parameters: { prompt: PROMPT, options: FAST_POLLING },
	});
	const read = await runLuma({
		url,
		credential,
		items: [{ taskId: /task ([\w-]+)/.exec(String(made.error?.message))?.[1] }],
		parameters: {
			resource: 'task',
			operation: 'get',
			taskId: '={{ $json.taskId }}',
			simplify: false,
		},
	});

	expect(made.error?.description).toContain('[hidden]');
	expect(JSON.stringify(read.json)).toContain('x-api-key: [hidden] and secret [hidden] refused');
	for (const { stored } of [made, read]) {
		expect(stored).not.toContain(OUR_KEY);
		expect(stored).not.toContain(OUR_SECRET);
	}
});
