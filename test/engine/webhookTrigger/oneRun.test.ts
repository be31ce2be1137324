import { describe, expect, it } from '@jest/globals';

import { VirtualClock } from '../../../simulator';
import { webhook } from '../../../support/engine/webhookRequests';
import {
	ActiveTrigger,
	CREDENTIAL,
	SIGNED,
	startTrigger,
	startWithVideo,
} from '../../../support/engine/webhookTrigger';

describe('one run for each end of a task', () => {
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
			await Promise.all(taskIds.map(async (id) => await trigger.call(webhook(id), SIGNED)));
		await reportAll();
		await trigger.call(webhook(taskIds[0]), SIGNED);
		await trigger.restart();
		await reportAll();
		expect(trigger.runs).toHaveLength(3);
	});

	it('also when a webhook is sent again hours later, and others have come since', async () => {
		const clock = new VirtualClock(Date.now());
		const options = { credential: CREDENTIAL, id: 'hours later' };
		const trigger = await startTrigger(options, { clock });
		const taskIds: string[] = [];
		for (let hours = 0; hours < 4; hours++) {
			taskIds.push(await trigger.video());
			await trigger.call(webhook(taskIds[hours]), SIGNED);
			await clock.pass(2 * 3600 * 1000);
		}
		expect(trigger.staticData).not.toContain(taskIds[0]);
		await trigger.restart();
		for (const taskId of taskIds) {
			expect((await trigger.call(webhook(taskId), SIGNED)).status).toBe(200);
		}
		expect(trigger.runs.map(({ taskId }) => taskId)).toEqual(taskIds);
	});

	it('but every workflow has its own', async () => {
		const { trigger, report, taskId } = await startWithVideo({ id: 'one' });
		const other = new ActiveTrigger(trigger, { credential: CREDENTIAL, id: 'two' });
		await report();
		await other.call(webhook(taskId), SIGNED);
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
