import { describe, expect, it } from '@jest/globals';

import { newCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import type { FaultEffect, SimulatorOptions } from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { count, PROMPT } from '../../../support/engine/service';
import { letTimeFly } from '../../../support/engine/webhookCall';
import {
	createTask,
	FORGED_URL,
	OTHER_LABELS,
	webhook,
} from '../../../support/engine/webhookRequests';
import {
	ActiveTrigger,
	startTrigger,
	type TriggerOptions,
} from '../../../support/engine/webhookTrigger';
import { until } from '../../../support/eventually';
import { AdjustableClock } from '../../../support/virtualTime/adjustableClock';

const SECRET = ['sesame', '0815'].join('-');
const CREDENTIAL = { webhookSecret: SECRET };
const signed = { 'x-webhook-secret': SECRET };

letTimeFly();

/** A trigger with a video that is completed, and that PiAPI was not asked to report. */
async function startWithVideo(options: TriggerOptions = {}, service: SimulatorOptions = {}) {
	const trigger = await startTrigger({ credential: CREDENTIAL, ...options }, service);
	const taskId = await trigger.video();
	const report = async (headers: Record<string, string> = signed) =>
		(await trigger.call(webhook(taskId), headers)).status;
	return { trigger, taskId, report, ...trigger.service };
}

/** A trigger that PiAPI has reported a video to. */
async function startWithReport(service: SimulatorOptions = {}, hasTaken = 1) {
	const trigger = await startTrigger({ credential: CREDENTIAL }, service);
	const taskId = await trigger.video({ endpoint: trigger.url, secret: SECRET });
	const taken = () => trigger.answers.filter((status) => status === 200).length;
	await until('PiAPI has reported it', () => taken() === hasTaken);
	return { trigger, taskId, ...trigger.service };
}

const untilRun = async ({ runs }: ActiveTrigger) =>
	await until('the workflow has started', () => runs.length > 0);

describe('a webhook about a video', () => {
	it('starts the workflow with the same flat item as the Luma node', async () => {
		const { trigger, taskId, url } = await startWithReport();
		expect(trigger.runs).toEqual([
			expect.objectContaining({
				taskId,
				status: 'completed',
				videoUrl: expect.stringContaining(url),
				prompt: PROMPT,
				costUsd: 0.2,
			}),
		]);
	});

	it("comes as PiAPI's own object with Simplify off", async () => {
		const { trigger, taskId, report } = await startWithVideo({ parameters: { simplify: false } });
		await report();
		expect(Object.keys(trigger.runs[0])).toEqual(['taskId', 'status', 'videoUrl', 'task']);
		expect(trigger.runs[0]).toHaveProperty('task.task_id', taskId);
	});

	it('starts nothing while the video is only processing', async () => {
		const trigger = await startTrigger({ credential: CREDENTIAL }, { callbackOnProgress: true });
		await runLuma({
			url: trigger.service.url,
			credential: CREDENTIAL,
			parameters: { prompt: PROMPT, waitMode: 'none', callbackUrl: trigger.url },
		});
		await until('PiAPI has reported it', () => trigger.answers[0] === 200);
		expect(trigger.runs).toEqual([]);
		expect(count(trigger.service.simulator, 'read')).toBe(0);
	});

	it.each(OTHER_LABELS)('labelled “%s” is read all the same, and checked', async (label) => {
		const { trigger, taskId } = await startWithVideo();
		expect((await trigger.call(webhook(taskId), {}, label)).status).toBe(401);
		expect((await trigger.call(['no task'], signed, label)).status).toBe(400);
		expect((await trigger.call(webhook(taskId), signed, label)).status).toBe(200);
		expect(trigger.runs).toEqual([expect.objectContaining({ taskId, status: 'completed' })]);
	});

	it('that comes before the link of the video starts the workflow with the link, by a repeat', async () => {
		const clock = new AdjustableClock();
		const trigger = await startTrigger(
			{ credential: CREDENTIAL },
			{ clock, linkLagSeconds: 3600, callbackRetrySeconds: [3600] },
		);
		await trigger.video({ endpoint: trigger.url, secret: SECRET });
		await until('PiAPI is to repeat it', () => trigger.answers[0] === 503);
		clock.advance(2 * 3_600_000);
		await untilRun(trigger);
		expect(trigger.runs).toEqual([
			expect.objectContaining({ videoUrl: expect.stringContaining(trigger.service.url) }),
		]);
	});

	it.each([
		[['completed'], ['completed']],
		[['failed'], ['failed']],
		[[], ['completed', 'failed']],
		[null, ['completed', 'failed']],
	])('passes with %j in Events when the video is %j', async (events, expected) => {
		const trigger = await startTrigger(
			{ credential: CREDENTIAL, parameters: { events } },
			{ queueSeconds: Infinity },
		);
		const { simulator, url } = trigger.service;
		for (let made = 0; made < 3; made++) await createTask(url);
		const [completed, failed, cancelled] = simulator.tasks.values();
		simulator.complete(completed);
		simulator.fail(failed, { message: 'content moderated' });
		const headers = { 'x-api-key': 'simulated-key' };
		await fetch(`${url}/api/v1/task/${cancelled.taskId}`, { method: 'DELETE', headers });
		for (const { taskId } of [completed, failed, cancelled]) {
			expect((await trigger.call(webhook(taskId), signed)).status).toBe(200);
		}
		expect(trigger.runs.map(({ status }) => status)).toEqual(expected);
		const reason = { videoUrl: null, failureReason: expect.stringContaining('moderated') };
		const end = trigger.runs.find(({ status }) => status === 'failed') ?? reason;
		expect(end).toMatchObject(reason);
		expect(end).not.toHaveProperty('error');
	});
});

describe('a webhook that is not from PiAPI', () => {
	it.each([
		['a part of the secret', { 'x-webhook-secret': SECRET.slice(0, -1) }, SECRET],
		['no secret', {}, SECRET],
		['no secret where the credential has none', {}, ' '],
		['blanks where the credential has none', { 'x-webhook-secret': ' ' }, ' '],
	])(
		'with %s gets 401 and a line in the log, and PiAPI is not even asked',
		async (_, headers, webhookSecret) => {
			const { simulator, trigger, report } = await startWithVideo({
				credential: { webhookSecret },
			});
			const before = simulator.calls.length;
			expect(await report(headers as Record<string, string>)).toBe(401);
			expect(trigger.runs).toEqual([]);
			expect(simulator.calls).toHaveLength(before);
			expect(trigger.warnings).toHaveLength(1);
			expect(trigger.warnings.join()).not.toContain('sesame');
		},
	);

	it('cannot put an address into the workflow', async () => {
		const { trigger, report, url } = await startWithVideo({ parameters: { simplify: false } });
		await report();
		expect(trigger.runs[0].videoUrl).toContain(url);
		expect(JSON.stringify(trigger.runs)).not.toContain(FORGED_URL);
	});

	it('cannot end a task that is still running, and is asked to come again', async () => {
		const trigger = await startTrigger({ credential: CREDENTIAL });
		const running = await createTask(trigger.service.url);
		expect((await trigger.call(webhook(running), signed)).status).toBe(503);
		expect(trigger.runs).toEqual([]);
	});

	it('starts nothing for an unknown task, and the log names likely causes', async () => {
		const trigger = await startTrigger({ credential: CREDENTIAL });
		const madeUp = 'c42f6ec7-0000-4b8e-9d5e-0a4c7e1f2b3d';
		expect((await trigger.call(webhook(madeUp), signed)).status).toBe(200);
		expect(trigger.runs).toEqual([]);
		expect(trigger.warnings[0]).toMatch(/does not know this task.*workspace/);
		expect(trigger.warnings[0]).toContain(madeUp);
	});

	it.each([[{}], [[]], [{ data: 'x' }], [{ task_id: '1' }]])(
		'%j names no task, and is told so',
		async (body) => {
			const trigger = await startTrigger({ credential: CREDENTIAL });
			const message = expect.stringMatching(/names no task/);
			expect(await trigger.call(body, signed)).toEqual({ status: 400, content: { message } });
			expect(trigger.runs).toEqual([]);
		},
	);

	it('starts nothing for a task of another model', async () => {
		const { simulator, trigger, report } = await startWithVideo();
		const body = (sent: unknown) =>
			JSON.parse(JSON.stringify(sent).replaceAll('"luma"', '"kling"')) as unknown;
		simulator.addFault({ route: 'read', calls: 'every', effect: { kind: 'rewrite', body } });
		expect(await report()).toBe(200);
		expect(trigger.runs).toEqual([]);
	});
});

describe('the creation tag of a create', () => {
	const KEY = 'simulated-key';
	const tagged = (tag: string) => ({ 'x-webhook-secret': tag });
	const createdWith = async (secret: string, credential = {}) => {
		const trigger = await startTrigger({ credential });
		const taskId = await trigger.video({ secret });
		const call = async (tag: string) => (await trigger.call(webhook(taskId), tagged(tag))).status;
		return { call, trigger };
	};

	it.each([[{}], [CREDENTIAL]])('is accepted, whatever the Webhook Secret (%j)', async (own) => {
		const tag = newCreationTag(KEY);
		const { call, trigger } = await createdWith(tag, own);
		expect(await call(tag)).toBe(200);
		expect(trigger.runs).toEqual([expect.objectContaining({ status: 'completed' })]);
		expect(JSON.stringify(trigger.runs)).not.toContain(tag);
	});

	it.each([
		['of another key', newCreationTag('another key')],
		['of a suspended execution', newCreationTag(KEY, '17')],
		['that was cut', newCreationTag(KEY).slice(0, -1)],
	])('%s gets 401, and PiAPI is not even asked', async (_, wrong) => {
		const { call, trigger } = await createdWith(newCreationTag(KEY));
		expect(await call(wrong)).toBe(401);
		expect(trigger.runs).toEqual([]);
		expect(count(trigger.service.simulator, 'read')).toBe(0);
	});

	it.each(['asSent', 'withoutSecret', 'emptySecret', 'withoutConfig'] as const)(
		'belongs to the task that it came with, also where PiAPI does not give it back (%s)',
		async (configEcho) => {
			const trigger = await startTrigger({}, { configEcho });
			const tags = [newCreationTag(KEY), newCreationTag(KEY)];
			const taskIds: string[] = [];
			for (const secret of tags) taskIds.push(await trigger.video({ secret }));
			const call = async (task: number, tag: number) =>
				(await trigger.call(webhook(taskIds[task]), tagged(tags[tag]))).status;

			expect([await call(0, 0), await call(1, 0)]).toEqual([200, 401]);
			await trigger.restart();
			expect([await call(1, 0), await call(1, 1), await call(0, 0)]).toEqual([401, 200, 200]);
			expect(trigger.runs.map(({ taskId }) => taskId)).toEqual(taskIds);
			expect(trigger.warnings).toHaveLength(2);
		},
	);
});

describe('when the task cannot be read', () => {
	it('PiAPI is asked to call again, and its next call starts the workflow', async () => {
		const effect = { kind: 'html', status: 502 } as const;
		const faults = [{ route: 'read' as const, calls: [1, 2, 3, 4, 5], effect }];
		const { trigger } = await startWithReport({ faults });
		expect(trigger.answers).toEqual([503, 200]);
		expect(trigger.runs).toHaveLength(1);
	});

	it('waits for a record that lags', async () => {
		const { trigger, taskId, simulator, report } = await startWithVideo();
		const processing = { ...webhook(taskId).data, status: 'processing' };
		const effect = { kind: 'answer', status: 200, body: { code: 200, data: processing } } as const;
		simulator.addFault({ route: 'read', calls: [1, 2], effect });
		expect(await report()).toBe(200);
		expect(trigger.runs).toHaveLength(1);
	});

	it.each([
		['a wrong key', { apiKey: 'wrong-key-1' }, /does not accept this key.*API Key/],
		['no key', { apiKey: '' }, /has no API key/],
		['an unsafe address', { baseUrl: 'http://piapi.example' }, /https:\/\//],
	])('for %s, PiAPI is asked to call again and the log says what to do', async (_, own, words) => {
		const { trigger, taskId } = await startWithVideo({ credential: { ...CREDENTIAL, ...own } });
		const { status, content } = await trigger.call(webhook(taskId), signed);
		expect(status).toBe(503);
		expect(trigger.runs).toEqual([]);
		expect(trigger.warnings).toEqual([expect.stringMatching(words)]);
		expect(JSON.stringify(content) + trigger.warnings.join()).not.toMatch(/wrong-key-1|sesame/);
	});

	it('nothing that goes wrong inside starts the workflow with an empty item', async () => {
		const { trigger, report } = await startWithVideo();
		trigger.credentialIsGone = true;
		expect(await report()).toBe(503);
		expect(trigger.runs).toEqual([]);
	});
});

describe('one run for each end of a task', () => {
	it('starts one run when the webhook comes twice at once', async () => {
		const faults = [{ route: 'callback' as const, effect: { kind: 'twice' as const } }];
		const { trigger } = await startWithReport({ faults }, 2);
		expect(trigger.runs).toHaveLength(1);
	});

	it('starts one run for twenty webhooks at once and for later ones, also after a restart', async () => {
		const { trigger, report } = await startWithVideo();
		const burst = Array.from({ length: 20 }, async () => await report());
		expect(new Set(await Promise.all(burst))).toEqual(new Set([200]));
		const { staticData } = trigger;
		// n8n writes to its database whatever is assigned.
		trigger.staticData += ' ';
		expect(await report()).toBe(200);
		expect(trigger.staticData).toBe(`${staticData} `);
		await trigger.restart();
		expect(await report()).toBe(200);
		expect(trigger.runs).toHaveLength(1);
	});

	it('starts the run with the next webhook when n8n could not start it', async () => {
		const { trigger, report } = await startWithVideo();
		trigger.failsNextStart = true;
		expect([await report(), await report(), await report()]).toEqual([500, 200, 200]);
		expect(trigger.runs).toHaveLength(1);
	});

	it('across a restart, for tasks whose calls came at the same time too', async () => {
		const trigger = await startTrigger({ credential: CREDENTIAL });
		const taskIds: string[] = [];
		for (let made = 0; made < 3; made++) taskIds.push(await trigger.video());
		const reportAll = async () =>
			await Promise.all(taskIds.map(async (id) => await trigger.call(webhook(id), signed)));
		await reportAll();
		await trigger.call(webhook(taskIds[0]), signed);
		await trigger.restart();
		await reportAll();
		expect(trigger.runs).toHaveLength(3);
	});

	it('also when a webhook is sent again hours later, and others have come since', async () => {
		const clock = new AdjustableClock();
		const options = { credential: CREDENTIAL, id: 'hours later' };
		const trigger = await startTrigger(options, { clock });
		const taskIds: string[] = [];
		for (let hours = 0; hours < 4; hours++) {
			taskIds.push(await trigger.video());
			await trigger.call(webhook(taskIds[hours]), signed);
			clock.advance(2 * 3600 * 1000);
		}
		await trigger.restart();
		for (const taskId of taskIds) {
			expect((await trigger.call(webhook(taskId), signed)).status).toBe(200);
		}
		expect(trigger.runs.map(({ taskId }) => taskId)).toEqual(taskIds);
	});

	it('but every workflow has its own', async () => {
		const { trigger, report, taskId } = await startWithVideo({ id: 'one' });
		const other = new ActiveTrigger(trigger.service, { credential: CREDENTIAL, id: 'two' });
		await report();
		await other.call(webhook(taskId), signed);
		expect([trigger.runs.length, other.runs.length]).toEqual([1, 1]);
	});

	it('starts a test in the editor each time, and does not remember it', async () => {
		const { trigger, report } = await startWithVideo();
		trigger.mode = 'manual';
		await report();
		await report();
		expect(trigger.runs).toHaveLength(2);
		expect(trigger.staticData).toBe('{}');

		trigger.mode = 'webhook';
		await report();
		expect(trigger.runs).toHaveLength(3);
	});
});

describe('to activate the workflow', () => {
	it('asks PiAPI for the account, which is free', async () => {
		const trigger = await startTrigger();
		await trigger.activate();
		expect(trigger.service.simulator.calls.map(({ route }) => route)).toEqual(['account']);
	});

	it.each<[string, object, FaultEffect | undefined, RegExp]>([
		['a wrong key', { apiKey: 'wrong' }, undefined, /does not accept this key\. .*API Key/],
		['no key', { apiKey: ' ' }, undefined, /has no API key/],
		['an unsafe address', { baseUrl: 'http://piapi.example' }, undefined, /http:\/\/ to https:/],
		['a plan that is too low', {}, { kind: 'answer', status: 403 }, /plan does not include/],
		['another address', {}, { kind: 'answer', status: 404 }, /no PiAPI at.*correct the 'Base URL'/],
		['a redirect', {}, { kind: 'answer', status: 302 }, /redirects to another address/],
	])('is refused with %s, in words that stand alone', async (_, credential, effect, words) => {
		const faults = effect && [{ route: 'account' as const, effect }];
		const trigger = await startTrigger({ credential }, { faults });
		await expect(trigger.activate()).rejects.toThrow(words);
	});

	it.each<FaultEffect>([
		{ kind: 'html', status: 502 },
		{ kind: 'reset' },
		{ kind: 'answer', status: 402 },
		{ kind: 'answer', status: 429 },
	])('is possible in spite of %j, with a word in the log', async (effect) => {
		const trigger = await startTrigger({}, { faults: [{ route: 'account', effect }] });
		await trigger.activate();
		expect(trigger.warnings).toEqual([expect.stringMatching(/could not try its credential/)]);
	});

	it.each(['init', 'leadershipChange'] as const)(
		'again at a start of n8n (%s) neither asks nor fails',
		async (mode) => {
			const trigger = await startTrigger({ credential: { apiKey: 'wrong' } });
			await trigger.activate(mode);
			expect(trigger.service.simulator.calls).toEqual([]);
		},
	);
});
