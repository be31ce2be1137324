import { describe, expect, it } from '@jest/globals';

import { LUMA } from '../../../support/engine/engine';
import { count, PROMPT } from '../../../support/engine/service';
import { startN8n, SUSPEND } from '../../../support/engine/suspendedRun';
import { secretOf } from '../../../support/engine/webhookRequests';

const OF_ITEM = { ...SUSPEND, prompt: '={{ $json.prompt }}' };
const TWO = [{}, {}];
const onError = 'continueRegularOutput';
const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

describe('what the caller of the workflow gets while it is suspended', () => {
	it('is an item for each video with its task ID and the status, and the next node gets nothing yet', async () => {
		const n8n = await startN8n();
		const { items, run } = await n8n.run({ items: TWO, later: {} });

		expect(items.map(({ json, pairedItem }) => [json.status, pairedItem])).toEqual([
			['waiting', { item: 0 }],
			['waiting', { item: 1 }],
		]);
		const ids = items.map(({ json }) => json.taskId);
		expect(new Set(ids)).toEqual(new Set(n8n.simulator.tasks.keys()));
		expect(items[0].json.whatToDo).toMatch(/do not create it again/);
		expect(run.data.resultData.runData).not.toHaveProperty('Later');

		n8n.complete();
		expect((await n8n.resumed()).map(({ taskId }) => taskId)).toEqual(ids);
		const { runData } = n8n.resumedRuns[0].data.resultData;
		expect([runData[LUMA].length, runData.Later.length]).toEqual([1, 1]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'says why a video is not made, in a form that n8n does not retry (%s)',
		async (on) => {
			const n8n = await startN8n();
			const items = [{ prompt: '' }, { prompt: PROMPT }];
			const settings = { onError: on, ...RETRY };
			const { json } = await n8n.run({ items, parameters: OF_ITEM, settings });

			expect(JSON.stringify(json[0].errorMessage)).toContain('prompt is empty');
			expect(json[1].status).toBe('waiting');
			for (const one of json) expect(one).not.toHaveProperty('error');
			n8n.complete();
			const resumed = await n8n.resumed();
			expect(resumed.at(-1)).toMatchObject({ status: 'completed', prompt: PROMPT });
			if (on === onError) expect(resumed[0].error).toContain('[item 0]');
			expect(count(n8n.simulator, 'create')).toBe(1);
		},
	);

	it("has PiAPI's own task with Simplify off, before and after it resumes or its time is over", async () => {
		const n8n = await startN8n();
		const { json } = await n8n.run({ parameters: { ...SUSPEND, simplify: false } });
		const [{ taskId }] = n8n.tasks;
		const task = expect.objectContaining({ task_id: taskId });
		const own = { taskId, videoUrl: null, task };
		expect(json).toEqual([{ ...own, status: 'waiting', whatToDo: expect.any(String) }]);
		expect(JSON.stringify(json)).not.toContain(secretOf(n8n.tasks[0]));

		const whatToDo = expect.stringContaining('Task → Wait');
		const timeout = { ...own, status: 'timeout', waitingFor: 'webhook', whatToDo };
		expect((await n8n.expire()).json).toEqual([timeout]);
		n8n.complete();
		expect(await n8n.resumed()).toEqual([
			{ ...own, status: 'completed', videoUrl: expect.any(String) },
		]);
	});

	it('comes with a hint where another workflow calls this one', async () => {
		const n8n = await startN8n();
		const called = await n8n.run({ startType: 'n8n-nodes-base.executeWorkflowTrigger' });
		expect(called.hints).toContainEqual(expect.stringContaining('loop'));
		expect((await n8n.run()).hints.join()).not.toContain('loop');
	});
});
