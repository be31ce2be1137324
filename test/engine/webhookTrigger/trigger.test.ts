import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { systemClock } from '../../../nodes/Luma/runtime/clock';
import { newCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import type { Simulator } from '../../../simulator';
import { AdjustableClock } from '../../../support/virtualTime/adjustableClock';
import { runLuma } from '../../../support/engine/engine';
import { until } from '../../../support/eventually';
import {
	FORGED_URL,
	OTHER_LABELS,
	createTask,
	webhook,
} from '../../../support/engine/webhookRequests';
import { count, PROMPT, startService } from '../../../support/engine/service';
import { startTrigger } from '../../../support/engine/webhookTrigger';

const SECRET = ['sesame', '0815'].join('-');
const CREDENTIAL = { webhookSecret: SECRET };
const QUICKER = 20;

// A record that lags is waited for by the second: here time flies.
const { sleep } = systemClock;
beforeAll(() => {
	systemClock.sleep = async (milliseconds) => await sleep(milliseconds / QUICKER);
});
afterAll(() => void Object.assign(systemClock, { sleep }));

const signed = { 'x-webhook-secret': SECRET };

function answers(simulator: Simulator) {
	return simulator.calls.filter(({ route }) => route === 'callback').map(({ status }) => status);
}

async function untilEnded(simulator: Simulator, taskId: string): Promise<void> {
	const ended = ['completed', 'failed', 'cancelled'];
	await until('PiAPI has ended it, or the trigger has answered', () =>
		ended.includes(simulator.tasks.get(taskId)?.latest.status ?? ''),
	);
}

/** A trigger with a video that is completed, and that PiAPI was not asked to report. */
async function startWithVideo(options: Partial<Parameters<typeof startTrigger>[0]> = {}) {
	const { simulator, url } = await startService();
	const trigger = await startTrigger({ url, credential: CREDENTIAL, ...options });
	const taskId = await createTask(url);
	await untilEnded(simulator, taskId);
	return { simulator, trigger, taskId, url };
}

describe('a webhook about a video', () => {
	it('starts the workflow with the same flat item as the Luma node', async () => {
		const { simulator, url } = await startService();
		const trigger = await startTrigger({ url, credential: CREDENTIAL });
		const taskId = await createTask(url, { endpoint: trigger.url, secret: SECRET });
		await until('PiAPI has ended it, or the trigger has answered', () => trigger.runs.length > 0);

		expect(trigger.runs).toEqual([
			expect.objectContaining({
				taskId,
				status: 'completed',
				videoUrl: expect.stringContaining(url),
				prompt: PROMPT,
				costUsd: 0.2,
			}),
		]);
		await until(
			'PiAPI has ended it, or the trigger has answered',
			() => answers(simulator)[0] === 200,
		);
	});

	it("comes as PiAPI's own object with Simplify off", async () => {
		const { trigger, taskId } = await startWithVideo({ parameters: { simplify: false } });
		await trigger.call(webhook(taskId), signed);

		expect(Object.keys(trigger.runs[0])).toEqual(['taskId', 'status', 'videoUrl', 'task']);
		expect(trigger.runs[0]).toHaveProperty('task.task_id', taskId);
	});

	it('starts the workflow with the reason when the video failed', async () => {
		const { url } = await startService({ outcome: () => ({ message: 'content moderated' }) });
		const trigger = await startTrigger({ url, credential: CREDENTIAL });
		await createTask(url, { endpoint: trigger.url, secret: SECRET });
		await until('PiAPI has ended it, or the trigger has answered', () => trigger.runs.length > 0);

		expect(trigger.runs[0]).toMatchObject({
			status: 'failed',
			videoUrl: null,
			failureReason: expect.stringContaining('content moderated'),
		});
		expect(trigger.runs[0]).not.toHaveProperty('error');
	});

	it('starts nothing while the video is only processing', async () => {
		const { simulator, url } = await startService({ callbackOnProgress: true, renderSeconds: 60 });
		const trigger = await startTrigger({ url, credential: CREDENTIAL });
		await createTask(url, { endpoint: trigger.url, secret: SECRET });
		await until(
			'PiAPI has ended it, or the trigger has answered',
			() => answers(simulator)[0] === 200,
		);

		expect(trigger.runs).toEqual([]);
		expect(count(simulator, 'read')).toBe(0);
	});
});

describe('a webhook that is labelled', () => {
	it.each(OTHER_LABELS)('“%s” is read all the same, and no other way is trusted', async (label) => {
		const { trigger, taskId } = await startWithVideo();
		expect((await trigger.call(webhook(taskId), {}, label)).status).toBe(401);
		expect((await trigger.call(['no task'], signed, label)).status).toBe(400);
		expect((await trigger.call(webhook(taskId), signed, label)).status).toBe(200);
		expect(trigger.runs).toEqual([expect.objectContaining({ taskId, status: 'completed' })]);
	});

	it('as a fetch without headers does it, and as PiAPI sends it, starts the workflow', async () => {
		const { url } = await startService({ callbackContentType: '' });
		const trigger = await startTrigger({ url, credential: CREDENTIAL });
		await createTask(url, { endpoint: trigger.url, secret: SECRET });
		await until('the workflow has started', () => trigger.runs.length > 0);
		expect(trigger.runs[0]).toMatchObject({ status: 'completed' });
	});
});

describe('a video whose link comes later than its webhook', () => {
	it('starts the workflow with the link, by a repeat of the webhook', async () => {
		const { simulator, url } = await startService({
			linkLagSeconds: 2,
			callbackRetrySeconds: Array<number>(8).fill(0.5),
		});
		const trigger = await startTrigger({ url, credential: CREDENTIAL });
		await createTask(url, { endpoint: trigger.url, secret: SECRET });
		await until('the workflow has started', () => trigger.runs.length > 0);

		expect(trigger.runs).toEqual([
			expect.objectContaining({ videoUrl: expect.stringContaining(url) }),
		]);
		expect(answers(simulator)[0]).toBe(503);
	});
});

describe('Events', () => {
	const ENDS = { completed: undefined, failed: { message: 'no' }, cancelled: undefined };
	it.each([
		[['completed'], ['completed']],
		[['failed'], ['failed']],
		[
			['completed', 'failed'],
			['completed', 'failed'],
		],
		[[], ['completed', 'failed']],
		['failed', ['failed']],
		[null, ['completed', 'failed']],
	])('%j lets through %j', async (events, expected) => {
		const passed: string[] = [];
		for (const [end, failure] of Object.entries(ENDS)) {
			const queueSeconds = end === 'cancelled' ? 60 : 0;
			const { simulator, url } = await startService({ outcome: () => failure, queueSeconds });
			const trigger = await startTrigger({ url, credential: CREDENTIAL, parameters: { events } });
			const taskId = await createTask(url);
			if (end === 'cancelled') {
				const headers = { 'x-api-key': 'simulated-key' };
				await fetch(`${url}/api/v1/task/${taskId}`, { method: 'DELETE', headers });
			}
			await untilEnded(simulator, taskId);
			const { status } = await trigger.call(webhook(taskId), signed);
			expect(status).toBe(200);
			if (trigger.runs.length > 0) passed.push(end);
		}
		expect(passed).toEqual(expected);
	});
});

describe('a webhook that is not from PiAPI', () => {
	it.each([
		['another secret', { 'x-webhook-secret': 'guess' }],
		['a part of the secret', { 'x-webhook-secret': SECRET.slice(0, -1) }],
		['no secret', {}],
	])('with %s gets 401, and PiAPI is not even asked', async (_, headers) => {
		const { simulator, trigger, taskId } = await startWithVideo();
		const readsBefore = count(simulator, 'read');
		const { status } = await trigger.call(webhook(taskId), headers as Record<string, string>);

		expect(status).toBe(401);
		expect(trigger.runs).toEqual([]);
		expect(count(simulator, 'read')).toBe(readsBefore);
	});

	it.each([
		['no secret', undefined],
		['an empty one', ''],
		['blanks', ' '],
		['a guess', 'guess'],
	])('with %s gets 401 also when the credential has no Webhook Secret', async (_, secret) => {
		const { trigger, taskId } = await startWithVideo({ credential: { webhookSecret: ' ' } });
		const headers = secret === undefined ? undefined : { 'x-webhook-secret': secret };
		expect((await trigger.call(webhook(taskId), headers)).status).toBe(401);
		expect(trigger.runs).toEqual([]);
	});

	it('leaves one line in the log, and no secret in it', async () => {
		const { trigger, taskId } = await startWithVideo();
		await trigger.call(webhook(taskId), { 'x-webhook-secret': 'guess-4711' });

		expect(trigger.warnings).toHaveLength(1);
		expect(trigger.warnings.join()).not.toMatch(/guess-4711|sesame/);
	});

	it('cannot put an address into the workflow', async () => {
		const { trigger, taskId, url } = await startWithVideo({ parameters: { simplify: false } });
		await trigger.call(webhook(taskId), signed);

		expect(trigger.runs[0].videoUrl).toContain(url);
		expect(JSON.stringify(trigger.runs)).not.toContain(FORGED_URL);
	});

	it('cannot end a task that is still running, and is asked to come again', async () => {
		const { url } = await startService({ renderSeconds: 60 });
		const trigger = await startTrigger({ url, credential: CREDENTIAL });
		const { status } = await trigger.call(webhook(await createTask(url)), signed);

		expect(status).toBe(503);
		expect(trigger.runs).toEqual([]);
	});

	it('starts nothing for an unknown task, and the log names likely causes', async () => {
		const { url } = await startService();
		const trigger = await startTrigger({ url, credential: CREDENTIAL });
		const madeUp = 'c42f6ec7-0000-4b8e-9d5e-0a4c7e1f2b3d';
		const { status } = await trigger.call(webhook(madeUp), signed);

		expect(status).toBe(200);
		expect(trigger.runs).toEqual([]);
		expect(trigger.warnings[0]).toMatch(/does not know this task.*workspace/);
		expect(trigger.warnings[0]).toContain(madeUp);
	});

	it.each([[{}], [[]], [{ data: {} }], [{ data: 'x' }], [{ task_id: '1' }]])(
		'%j names no task, and is told so',
		async (body) => {
			const { url } = await startService();
			const trigger = await startTrigger({ url, credential: CREDENTIAL });
			const response = await trigger.call(body, signed);

			expect(response.status).toBe(400);
			expect(await response.json()).toEqual({ message: expect.stringMatching(/names no task/) });
			expect(trigger.runs).toEqual([]);
		},
	);

	it('starts nothing for a task of another model', async () => {
		const { simulator, trigger, taskId } = await startWithVideo();
		const data = {
			task_id: taskId,
			model: 'kling',
			status: 'completed',
			output: { video: 'https://x.y/z' },
		};
		const body = { code: 200, data, message: 'success' };
		const effect = { kind: 'answer', status: 200, body } as const;
		simulator.addFault({ route: 'read', calls: 'every', effect });
		const { status } = await trigger.call(webhook(taskId), signed);

		expect(status).toBe(200);
		expect(trigger.runs).toEqual([]);
	});
});

describe('the creation tag of a create', () => {
	const KEY = 'simulated-key';
	const createdWith = async (secret: string, credential = {}) => {
		const { simulator, url } = await startService();
		const trigger = await startTrigger({ url, credential });
		const taskId = await createTask(url, { secret });
		await untilEnded(simulator, taskId);
		const call = async (tag: string) =>
			(await trigger.call(webhook(taskId), { 'x-webhook-secret': tag })).status;
		return { call, simulator, trigger };
	};

	it.each([[{}], [CREDENTIAL]])('is accepted, whatever the Webhook Secret (%j)', async (own) => {
		const tag = newCreationTag(KEY);
		const { call, trigger } = await createdWith(tag, own);

		expect(await call(tag)).toBe(200);
		expect(trigger.runs).toEqual([expect.objectContaining({ status: 'completed' })]);
		expect(JSON.stringify(trigger.runs)).not.toContain(tag);
	});

	it('is sent along by a node with a Callback URL, and starts the workflow', async () => {
		const { url } = await startService();
		const trigger = await startTrigger({ url });
		const callbackUrl = trigger.url;
		await runLuma({ url, parameters: { prompt: PROMPT, waitMode: 'none', callbackUrl } });

		await until('the workflow has started', () => trigger.runs.length > 0);
		expect(trigger.runs).toEqual([expect.objectContaining({ status: 'completed' })]);
	});

	it.each([
		['of another key', newCreationTag('another key')],
		['of a suspended execution', newCreationTag(KEY, '17')],
		['that was cut', newCreationTag(KEY).slice(0, -1)],
	])('%s gets 401, and PiAPI is not even asked', async (_, wrong) => {
		const { call, simulator, trigger } = await createdWith(newCreationTag(KEY));

		expect(await call(wrong)).toBe(401);
		expect(trigger.runs).toEqual([]);
		expect(count(simulator, 'read')).toBe(0);
	});

	it.each(['withoutSecret', 'emptySecret', 'withoutConfig'] as const)(
		'belongs to the task that it came with, also where PiAPI does not give it back (%s)',
		async (configEcho) => {
			const { simulator, url } = await startService({ configEcho });
			const trigger = await startTrigger({ url });
			const tags = [newCreationTag(KEY), newCreationTag(KEY)];
			const taskIds = await Promise.all(
				tags.map(async (secret) => await createTask(url, { secret })),
			);
			for (const taskId of taskIds) await untilEnded(simulator, taskId);
			const call = async (task: number, tag: number) =>
				(await trigger.call(webhook(taskIds[task]), { 'x-webhook-secret': tags[tag] })).status;

			expect([await call(0, 0), await call(1, 0)]).toEqual([200, 401]);
			await trigger.restart();
			expect([await call(1, 0), await call(1, 1), await call(0, 0)]).toEqual([401, 200, 200]);
			expect(trigger.runs.map(({ taskId }) => taskId)).toEqual(taskIds);
		},
	);

	it("is rejected with 401 when PiAPI's record of the task has another one", async () => {
		const { call, trigger } = await createdWith(newCreationTag(KEY));

		expect(await call(newCreationTag(KEY))).toBe(401);
		expect(trigger.runs).toEqual([]);
		expect(trigger.warnings).toHaveLength(1);
	});
});

describe('when the task cannot be read', () => {
	it('PiAPI is asked to call again, and its next call starts the workflow', async () => {
		const { simulator, url } = await startService();
		const trigger = await startTrigger({ url, credential: CREDENTIAL });
		const calls = [1, 2, 3, 4, 5];
		simulator.addFault({ route: 'read', calls, effect: { kind: 'html', status: 502 } });
		await createTask(url, { endpoint: trigger.url, secret: SECRET });
		await until(
			'PiAPI has ended it, or the trigger has answered',
			() => answers(simulator).length === 2 && answers(simulator)[1] === 200,
		);

		expect(answers(simulator)).toEqual([503, 200]);
		expect(trigger.runs).toHaveLength(1);
	});

	it('waits for a record that lags', async () => {
		const { simulator, trigger, taskId } = await startWithVideo();
		simulator.addFault({ route: 'read', calls: [1, 2], effect: { kind: 'lag', seconds: 60 } });

		expect((await trigger.call(webhook(taskId), signed)).status).toBe(200);
		expect(trigger.runs).toHaveLength(1);
	});

	it.each([
		['a wrong key', { apiKey: 'wrong-key-1' }, /does not accept this key.*API Key/],
		['no key', { apiKey: '' }, /has no API key/],
		['an unsafe address', { baseUrl: 'http://piapi.example' }, /https:\/\//],
	])('for %s, PiAPI is asked to call again and the log says what to do', async (_, own, words) => {
		const credential = { ...CREDENTIAL, ...own };
		const { trigger, taskId } = await startWithVideo({ credential });
		const response = await trigger.call(webhook(taskId), signed);

		expect(response.status).toBe(503);
		expect(trigger.runs).toEqual([]);
		expect(trigger.warnings).toEqual([expect.stringMatching(words)]);
		const said = (await response.text()) + trigger.warnings.join();
		expect(said).not.toMatch(/wrong-key-1|sesame/);
	});
});

it('nothing that goes wrong inside starts the workflow with an empty item', async () => {
	const { trigger, taskId } = await startWithVideo();
	trigger.credentialIsGone = true;
	const { status } = await trigger.call(webhook(taskId), signed);

	expect(status).toBe(503);
	expect(trigger.runs).toEqual([]);
});

describe('one run for each end of a task', () => {
	it('starts one run when the webhook comes twice at once', async () => {
		const { simulator, url } = await startService();
		simulator.addFault({ route: 'callback', effect: { kind: 'twice' } });
		const trigger = await startTrigger({ url, credential: CREDENTIAL });
		await createTask(url, { endpoint: trigger.url, secret: SECRET });
		await until(
			'PiAPI has ended it, or the trigger has answered',
			() => answers(simulator).filter((status) => status === 200).length === 2,
		);

		expect(trigger.runs).toHaveLength(1);
	});

	it('starts one run for twenty webhooks at once, and for later ones', async () => {
		const { trigger, taskId } = await startWithVideo();
		const burst = Array.from(
			{ length: 20 },
			async () => await trigger.call(webhook(taskId), signed),
		);
		const statuses = (await Promise.all(burst)).map(({ status }) => status);
		await trigger.call(webhook(taskId), signed);

		expect(new Set(statuses)).toEqual(new Set([200]));
		expect(trigger.runs).toHaveLength(1);
	});

	it('starts the run with the next webhook when n8n could not start it', async () => {
		const { trigger, taskId } = await startWithVideo();
		trigger.failsNextStart = true;
		const statuses = [];
		for (let i = 0; i < 3; i++) statuses.push((await trigger.call(webhook(taskId), signed)).status);

		expect(statuses).toEqual([500, 200, 200]);
		expect(trigger.runs).toHaveLength(1);
	});

	it('across a restart of n8n', async () => {
		const { trigger, taskId } = await startWithVideo();
		await trigger.call(webhook(taskId), signed);
		await trigger.restart();
		const { status } = await trigger.call(webhook(taskId), signed);

		expect(status).toBe(200);
		expect(trigger.runs).toHaveLength(1);
	});

	it('across a restart, for tasks whose calls came at the same time too', async () => {
		const { simulator, trigger, url } = await startWithVideo();
		const taskIds = await Promise.all([1, 2, 3].map(async () => await createTask(url)));
		for (const taskId of taskIds) await untilEnded(simulator, taskId);
		await Promise.all(taskIds.map(async (id) => await trigger.call(webhook(id), signed)));
		await trigger.call(webhook(taskIds[0]), signed);
		await trigger.restart();
		for (const taskId of taskIds) await trigger.call(webhook(taskId), signed);

		expect(trigger.runs).toHaveLength(3);
	});

	it('also when a webhook is sent again hours later, and others have come since', async () => {
		const clock = new AdjustableClock();
		const { simulator, url } = await startService({ clock });
		const trigger = await startTrigger({ url, credential: CREDENTIAL, id: 'hours later' });
		const taskIds: string[] = [];
		for (let hours = 0; hours < 4; hours++) {
			const taskId = await createTask(url);
			await untilEnded(simulator, taskId);
			expect((await trigger.call(webhook(taskId), signed)).status).toBe(200);
			taskIds.push(taskId);
			clock.advance(2 * 3600 * 1000);
		}
		await trigger.restart();
		for (const taskId of taskIds) {
			expect((await trigger.call(webhook(taskId), signed)).status).toBe(200);
		}
		expect(trigger.runs.map(({ taskId }) => taskId)).toEqual(taskIds);
	});

	it('but every workflow has its own', async () => {
		const { trigger, taskId, url } = await startWithVideo({ id: 'one' });
		const other = await startTrigger({ url, credential: CREDENTIAL, id: 'two' });
		await trigger.call(webhook(taskId), signed);
		await other.call(webhook(taskId), signed);

		expect([trigger.runs.length, other.runs.length]).toEqual([1, 1]);
	});

	it('writes nothing to the database for a repeated webhook', async () => {
		const { trigger, taskId } = await startWithVideo();
		await trigger.call(webhook(taskId), signed);
		trigger.staticData += ' ';
		const untouched = trigger.staticData;
		await trigger.call(webhook(taskId), signed);

		expect(trigger.staticData).toBe(untouched);
	});

	it('starts a test in the editor each time, and does not remember it', async () => {
		const { trigger, taskId } = await startWithVideo();
		trigger.mode = 'manual';
		await trigger.call(webhook(taskId), signed);
		await trigger.call(webhook(taskId), signed);
		expect(trigger.runs).toHaveLength(2);
		expect(trigger.staticData).toBe('{}');

		trigger.mode = 'webhook';
		await trigger.call(webhook(taskId), signed);
		expect(trigger.runs).toHaveLength(3);
	});
});

describe('to activate the workflow', () => {
	it('asks PiAPI for the account, which is free', async () => {
		const { simulator, url } = await startService();
		const trigger = await startTrigger({ url });
		await trigger.activate();

		expect(simulator.calls.map(({ route }) => route)).toEqual(['account']);
	});

	it.each([
		['a wrong key', { apiKey: 'wrong' }, /does not accept this key\. .*API Key/],
		['no key', { apiKey: ' ' }, /has no API key/],
		['an unsafe address', { baseUrl: 'http://piapi.example' }, /Change http:\/\/ to https:\/\//],
	])('is refused with %s, in words that stand alone', async (_, credential, words) => {
		const { url } = await startService();
		const trigger = await startTrigger({ url, credential });
		await expect(trigger.activate()).rejects.toThrow(words);
	});

	it.each([
		[403, /plan does not include/],
		[404, /no PiAPI at the 'Base URL'.*correct the 'Base URL'/],
		[302, /redirects to another address/],
	])('is refused when PiAPI answers %i', async (status, words) => {
		const { simulator, url } = await startService();
		simulator.addFault({ route: 'account', effect: { kind: 'answer', status } });
		const trigger = await startTrigger({ url });
		await expect(trigger.activate()).rejects.toThrow(words);
	});

	it.each([
		{ kind: 'html', status: 502 } as const,
		{ kind: 'reset' } as const,
		{ kind: 'answer', status: 402 } as const,
		{ kind: 'answer', status: 429 } as const,
	])('is possible in spite of %j, with a word in the log', async (effect) => {
		const { simulator, url } = await startService();
		simulator.addFault({ route: 'account', calls: 'every', effect });
		const trigger = await startTrigger({ url });
		await trigger.activate();

		expect(trigger.warnings).toEqual([expect.stringMatching(/could not try its credential/)]);
	});

	it.each(['init', 'leadershipChange'] as const)(
		'again at a start of n8n (%s) neither asks nor fails',
		async (mode) => {
			const { simulator, url } = await startService();
			const trigger = await startTrigger({ url, credential: { apiKey: 'wrong' } });
			await trigger.activate(mode);

			expect(simulator.calls).toEqual([]);
		},
	);
});
