import { describe, expect, it } from '@jest/globals';

import { newCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import { letTimeFly } from '../../../support/engine/webhookCall';
import { createTask, webhook } from '../../../support/engine/webhookRequests';
import {
	CREDENTIAL,
	SIGNED,
	startTrigger,
	startWithVideo,
} from '../../../support/engine/webhookTrigger';
import { fault, rewritingText } from '../../../support/faults';

letTimeFly();

describe('a webhook that is not from PiAPI', () => {
	it.each([
		['no secret', {}],
		['the tag of another key', { 'x-webhook-secret': newCreationTag('another key') }],
	])('with %s gets 401 and a line in the log, and PiAPI is not even asked', async (_, headers) => {
		const { trigger, report } = await startWithVideo();
		const before = trigger.simulator.calls.length;
		expect(await report(headers as Record<string, string>)).toBe(401);
		expect(trigger.runs).toEqual([]);
		expect(trigger.simulator.calls).toHaveLength(before);
		expect(trigger.warnings).toHaveLength(1);
		expect(trigger.warnings.join()).not.toContain('sesame');
	});

	it('cannot end a task that is still running, and is asked to come again', async () => {
		const trigger = await startTrigger({ credential: CREDENTIAL });
		const running = await createTask(trigger.url);
		expect((await trigger.call(webhook(running), SIGNED)).status).toBe(503);
		expect(trigger.runs).toEqual([]);
	});

	it('starts nothing for an unknown task, and the log names likely causes', async () => {
		const trigger = await startTrigger({ credential: CREDENTIAL });
		const madeUp = 'c42f6ec7-0000-4b8e-9d5e-0a4c7e1f2b3d';
		expect((await trigger.call(webhook(madeUp), SIGNED)).status).toBe(200);
		expect(trigger.runs).toEqual([]);
		expect(trigger.warnings[0]).toMatch(/does not know this task.*workspace/);
		expect(trigger.warnings[0]).toContain(madeUp);
	});

	it.each([[{}], [[]], [{ data: 'x' }], [{ task_id: '1' }]])(
		'%j names no task, and is told so',
		async (body) => {
			const trigger = await startTrigger({ credential: CREDENTIAL });
			const message = expect.stringMatching(/names no task/);
			expect(await trigger.call(body, SIGNED)).toEqual({ status: 400, content: { message } });
			expect(trigger.runs).toEqual([]);
		},
	);

	it('starts nothing for a task of another model', async () => {
		const { trigger, report } = await startWithVideo();
		const effect = rewritingText((text) => text.replaceAll('"luma"', '"kling"'));
		trigger.simulator.addFault(fault('read', effect, 'every'));
		expect(await report()).toBe(200);
		expect(trigger.runs).toEqual([]);
	});
});

describe('the creation tag of a create', () => {
	const KEY = 'simulated-key';
	const tagged = (tag: string) => ({ 'x-webhook-secret': tag });

	it.each([[{}], [CREDENTIAL]])('is accepted, whatever the Webhook Secret (%j)', async (own) => {
		const tag = newCreationTag(KEY);
		const trigger = await startTrigger({ credential: own });
		const taskId = await trigger.video({ secret: tag });
		expect((await trigger.call(webhook(taskId), tagged(tag))).status).toBe(200);
		expect(trigger.runs).toEqual([expect.objectContaining({ status: 'completed' })]);
		expect(JSON.stringify(trigger.runs)).not.toContain(tag);
	});

	it("of another task gets 401, by what PiAPI's record says", async () => {
		const trigger = await startTrigger();
		const taskId = await trigger.video({ secret: newCreationTag(KEY) });
		const { status } = await trigger.call(webhook(taskId), tagged(newCreationTag(KEY)));
		expect([status, trigger.runs]).toEqual([401, []]);
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
