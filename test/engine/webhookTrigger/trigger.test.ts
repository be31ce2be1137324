import { describe, expect, it } from '@jest/globals';

import { VirtualClock, type FaultEffect } from '../../../simulator';
import { runLuma } from '../../../support/engine/engine';
import { count, PROMPT } from '../../../support/engine/service';
import { letTimeFly } from '../../../support/engine/webhookCall';
import { createTask, webhook } from '../../../support/engine/webhookRequests';
import {
	CREDENTIAL,
	SIGNED,
	startTrigger,
	startWithReport,
	startWithVideo,
} from '../../../support/engine/webhookTrigger';
import { until } from '../../../support/eventually';

letTimeFly();

describe('a webhook about a video', () => {
	it('starts the workflow with the same flat item as the Luma node', async () => {
		const { trigger, taskId } = await startWithReport();
		expect(trigger.runs).toEqual([
			expect.objectContaining({
				taskId,
				status: 'completed',
				videoUrl: expect.stringContaining(trigger.url),
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
			url: trigger.url,
			credential: CREDENTIAL,
			parameters: { prompt: PROMPT, waitMode: 'none', callbackUrl: trigger.callbackUrl },
		});
		await until('PiAPI has reported it', () => trigger.answers[0] === 200);
		expect(trigger.runs).toEqual([]);
		expect(count(trigger.simulator, 'read')).toBe(0);
	});

	it.each([
		'text/plain;charset=UTF-8',
		'text/plain',
		'application/octet-stream',
		'application/cloudevents+json',
		'application/x-www-form-urlencoded',
		'',
	])('labelled “%s” is read all the same, and checked', async (label) => {
		const { trigger, taskId } = await startWithVideo();
		expect((await trigger.call(webhook(taskId), {}, label)).status).toBe(401);
		expect((await trigger.call(['no task'], SIGNED, label)).status).toBe(400);
		expect((await trigger.call(webhook(taskId), SIGNED, label)).status).toBe(200);
		expect(trigger.runs).toEqual([expect.objectContaining({ taskId, status: 'completed' })]);
	});

	it('that comes before the link of the video starts the workflow with the link, by a repeat', async () => {
		const clock = new VirtualClock(Date.now());
		const trigger = await startTrigger(
			{ credential: CREDENTIAL },
			{ clock, linkLagSeconds: 3600, callbackRetrySeconds: [3600] },
		);
		await trigger.video({ endpoint: trigger.callbackUrl, secret: CREDENTIAL.webhookSecret });
		await clock.pass(0);
		await until('PiAPI is to repeat it', () => trigger.answers[0] === 503);
		await clock.pass(3_600_000);
		await until('the workflow has started', () => trigger.runs.length > 0);
		expect(trigger.runs).toEqual([
			expect.objectContaining({ videoUrl: expect.stringContaining(trigger.url) }),
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
		const { simulator, url } = trigger;
		for (let made = 0; made < 3; made++) await createTask(url);
		const [completed, failed, cancelled] = simulator.tasks.values();
		simulator.complete(completed);
		simulator.fail(failed, { message: 'content moderated' });
		const headers = { 'x-api-key': 'simulated-key' };
		await fetch(`${url}/api/v1/task/${cancelled.taskId}`, { method: 'DELETE', headers });
		for (const { taskId } of [completed, failed, cancelled]) {
			expect((await trigger.call(webhook(taskId), SIGNED)).status).toBe(200);
		}
		expect(trigger.runs.map(({ status }) => status)).toEqual(expected);
		const reason = { videoUrl: null, failureReason: expect.stringContaining('moderated') };
		const end = trigger.runs.find(({ status }) => status === 'failed') ?? reason;
		expect(end).toMatchObject(reason);
		expect(end).not.toHaveProperty('error');
	});
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
		const { trigger, taskId, report } = await startWithVideo();
		const processing = { ...webhook(taskId).data, status: 'processing' };
		const effect = { kind: 'answer', status: 200, body: { code: 200, data: processing } } as const;
		trigger.simulator.addFault({ route: 'read', calls: [1, 2], effect });
		expect(await report()).toBe(200);
		expect(trigger.runs).toHaveLength(1);
	});

	it.each([
		['a wrong key', { apiKey: 'wrong-key-1' }, /does not accept this key.*API Key/],
		['no key', { apiKey: '' }, /has no API key/],
		['an unsafe address', { baseUrl: 'http://piapi.example' }, /https:\/\//],
	])('for %s, PiAPI is asked to call again and the log says what to do', async (_, own, words) => {
		const { trigger, taskId } = await startWithVideo({ credential: { ...CREDENTIAL, ...own } });
		const { status, content } = await trigger.call(webhook(taskId), SIGNED);
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

describe('to activate the workflow', () => {
	it('asks PiAPI for the account, which is free', async () => {
		const trigger = await startTrigger();
		await trigger.activate();
		expect(trigger.simulator.calls.map(({ route }) => route)).toEqual(['account']);
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
			expect(trigger.simulator.calls).toEqual([]);
		},
	);
});
