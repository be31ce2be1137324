import { describe, expect, it } from '@jest/globals';

import { FAST_POLLING, count, PROMPT } from '../../../support/engine/service';
import { startN8n } from '../../../support/engine/suspendedRun';

const WAIT = {
	resource: 'task',
	operation: 'wait',
	taskId: '={{ $json.taskId }}',
	options: FAST_POLLING,
};
const SUSPENDED_WAIT = { ...WAIT, waitMode: 'callback' };
const NOT_WAITED_FOR = { prompt: PROMPT, waitMode: 'none' };
const COMPLETED = expect.objectContaining({ status: 'completed' });

/** As the node that orders videos hands them on, under each setting of On Error. */
const FAILED = {
	errorMessage: 'Luma could not make this video',
	whatToDo: 'Run again.',
	taskId: 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d',
	status: 'failed',
};
const REFUSED = { error: 'The prompt is empty [item 1]', whatToDo: 'Enter a prompt.' };

/** An item whose execution was suspended, and whose time limit is over. */
async function timedOut() {
	const n8n = await startN8n();
	await n8n.run();
	return { n8n, json: (await n8n.expire()).json };
}

describe('with Suspend Until Callback', () => {
	it('is suspended for tasks whose webhooks go to this execution, and keeps items that say why there is no video', async () => {
		const { n8n, json } = await timedOut();
		const items = [FAILED, REFUSED, ...json];
		const { run } = await n8n.run({ items, parameters: SUSPENDED_WAIT });

		expect(run.status).toBe('waiting');
		expect((await n8n.expire()).json.slice(0, 2)).toEqual([FAILED, REFUSED]);
		n8n.complete();
		expect(await n8n.resumed()).toEqual([FAILED, REFUSED, COMPLETED]);
		expect(n8n.tasks).toHaveLength(1);
	});

	it('waits here for tasks without a webhook or with one that goes elsewhere', async () => {
		const n8n = await startN8n({ readsPerStep: 1, renderSeconds: undefined });
		const { json: plain } = await n8n.run({ parameters: NOT_WAITED_FOR });
		const callbackUrl = 'http://127.0.0.1:9/webhook/elsewhere';
		const { json: elsewhere } = await n8n.run({ parameters: { ...NOT_WAITED_FOR, callbackUrl } });
		const items = [...plain, ...elsewhere];
		const { run, json } = await n8n.run({ items, parameters: SUSPENDED_WAIT });

		expect(run.status).toBe('success');
		expect(json).toEqual([COMPLETED, COMPLETED]);
	});

	it('sends kept items to the error output where the node has one', async () => {
		const { n8n, json } = await timedOut();
		const settings = { onError: 'continueErrorOutput' as const };
		await n8n.run({ items: [REFUSED, ...json], parameters: SUSPENDED_WAIT, settings });
		n8n.complete();

		expect(await n8n.resumed()).toEqual([COMPLETED]);
		const { error: message, ...rest } = REFUSED;
		expect(n8n.resumedRuns[0].errorItems.map((item) => item.json)).toEqual([
			expect.objectContaining({ error: { message, ...rest } }),
		]);
	});
});

describe('right behind the node that created the videos', () => {
	it('returns a completed item with one free read', async () => {
		const n8n = await startN8n({ renderSeconds: 0 });
		const { json: made } = await n8n.run({ parameters: { prompt: PROMPT } });
		for (const parameters of [WAIT, SUSPENDED_WAIT]) {
			const before = n8n.simulator.calls.length;
			const { run, json } = await n8n.run({ items: made, parameters });

			expect(run.status).toBe('success');
			expect(json).toEqual(made);
			expect(n8n.simulator.calls.slice(before).map(({ route }) => route)).toEqual(['read']);
		}
	});

	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'keeps items without anything to wait for as they are, and brings the others (%s)',
		async (onError) => {
			const n8n = await startN8n({ renderSeconds: 0 });
			const { json: made } = await n8n.run({ parameters: NOT_WAITED_FOR });
			const cancelled = { ...FAILED, status: 'cancelled' };
			// A wait that has ended badly.
			const late = { error: 'Not finished in time', taskId: made[0].taskId, status: 'processing' };
			const items = [FAILED, ...made, REFUSED, cancelled, late];
			const run = await n8n.run({ items, parameters: WAIT, settings: { onError } });

			expect(run.error).toBeUndefined();
			expect(run.json).toEqual([FAILED, COMPLETED, REFUSED, cancelled, COMPLETED]);
			expect(run.json[4].taskId).toBe(made[0].taskId);
			expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual(
				items.map((_, item) => ({ item })),
			);
			const asked = n8n.simulator.calls.filter(({ path }) => path.endsWith(FAILED.taskId));
			expect(asked).toEqual([]);
		},
	);

	it('sends kept items to the error output where the node has one', async () => {
		const n8n = await startN8n();
		const settings = { onError: 'continueErrorOutput' as const };
		const { json, errorItems } = await n8n.run({ items: [REFUSED], parameters: WAIT, settings });
		expect(json).toEqual([]);
		expect(errorItems.map((item) => item.json)).toEqual([REFUSED]);
	});

	it('still refuses an item that has neither a task ID nor a reason', async () => {
		const n8n = await startN8n();
		const { error } = await n8n.run({ items: [{ scene: 1 }], parameters: WAIT });
		expect(error?.message).toContain("'Task ID' is empty");
		expect(count(n8n.simulator, 'read')).toBe(0);
	});
});
