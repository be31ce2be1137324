import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Simulator } from '../../../simulator';
import { until } from '../../../support/eventually';
import { runLuma } from '../../../support/engine/engine';
import { end, post, webhook as reportOf, secretOf } from '../../../support/engine/webhookRequests';
import { count, PROMPT, startService } from '../../../support/engine/service';
import {
	startN8nWithWebhooks,
	type SuspendedRun,
	type N8nWithWebhooks,
} from '../../../support/engine/suspendedRun';

const SUSPEND = { waitMode: 'callback', prompt: PROMPT };
const WAIT = { resource: 'task', operation: 'wait', taskId: '={{ $json.taskId }}' };
const SUSPENDED_WAIT = { ...WAIT, waitMode: 'callback' };

/** As the node that orders videos hands them on, under each setting of On Error. */
const FAILED = {
	errorMessage: 'Luma could not make this video',
	whatToDo: 'Run again.',
	taskId: 'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d',
	status: 'failed',
};
const REFUSED = { error: 'The prompt is empty [item 1]', whatToDo: 'Enter a prompt.' };

let n8n: N8nWithWebhooks;
beforeEach(async () => {
	n8n = await startN8nWithWebhooks();
});
afterEach(async () => await n8n.close());

/** The only video is finished, and PiAPI says so. */
async function webhook(simulator: Simulator): Promise<void> {
	const [task] = simulator.tasks.values();
	end(simulator, task);
	expect(await post(task, secretOf(task), reportOf(task.taskId))).toBe(200);
}

async function resumed({ resumedRuns }: SuspendedRun): Promise<IDataObject[]> {
	await until('the execution is resumed', () => resumedRuns.length > 0);
	return resumedRuns[0].json;
}

describe('with Suspend Until Callback', () => {
	it('is suspended for tasks whose webhooks go to this execution', async () => {
		const { simulator, url } = await startService({ renderSeconds: 600 });
		const made = await n8n.run({ url, parameters: SUSPEND });
		const { json } = await made.expire();
		const suspended = await n8n.run({ url, items: json, parameters: SUSPENDED_WAIT });

		expect(suspended.run.run.status).toBe('waiting');
		await webhook(simulator);
		expect(await resumed(suspended)).toEqual([expect.objectContaining({ status: 'completed' })]);
		expect(simulator.tasks.size).toBe(1);
	});

	it('waits here for tasks without a webhook or with one that goes elsewhere', async () => {
		const { url } = await startService({ renderSeconds: 0.8 });
		const parameters = { waitMode: 'none', prompt: PROMPT };
		const callbackUrl = 'http://127.0.0.1:9/webhook/elsewhere';
		const plain = await runLuma({ url, parameters });
		const elsewhere = await runLuma({
			url,
			parameters: { ...parameters, callbackUrl },
		});
		const { run } = await n8n.run({
			url,
			items: [...plain.json, ...elsewhere.json],
			parameters: SUSPENDED_WAIT,
		});

		expect(run.run.status).toBe('success');
		expect(run.json.map(({ status }) => status)).toEqual(['completed', 'completed']);
	});

	it('keeps items that say why there is no video, suspended and resumed', async () => {
		const { simulator, url } = await startService({ renderSeconds: 600 });
		const made = await n8n.run({ url, parameters: SUSPEND });
		const { json } = await made.expire();
		const items = [FAILED, REFUSED, ...json];
		const suspended = await n8n.run({ url, items, parameters: SUSPENDED_WAIT });

		expect((await suspended.expire()).json.slice(0, 2)).toEqual([FAILED, REFUSED]);
		await webhook(simulator);
		const [failed, refused, video] = await resumed(suspended);
		expect([failed, refused]).toEqual([FAILED, REFUSED]);
		expect(video).toMatchObject({ status: 'completed' });
		expect(simulator.tasks.size).toBe(1);
	});

	it('sends kept items to the error output where the node has one', async () => {
		const { simulator, url } = await startService({ renderSeconds: 600 });
		const made = await n8n.run({ url, parameters: SUSPEND });
		const { json } = await made.expire();
		const settings = { onError: 'continueErrorOutput' as const };
		const parameters = SUSPENDED_WAIT;
		const suspended = await n8n.run({ url, items: [REFUSED, ...json], parameters, settings });

		await webhook(simulator);
		expect(await resumed(suspended)).toEqual([expect.objectContaining({ status: 'completed' })]);
		const { error: message, ...rest } = REFUSED;
		const [{ errorItems }] = suspended.resumedRuns;
		expect(errorItems.map((item) => item.json)).toEqual([
			expect.objectContaining({ error: { message, ...rest } }),
		]);
	});
});

describe('right behind the node that created the videos', () => {
	it('returns a completed item with one free read', async () => {
		const { simulator, url } = await startService();
		const made = await runLuma({ url, parameters: { prompt: PROMPT } });
		for (const parameters of [WAIT, SUSPENDED_WAIT]) {
			const before = simulator.calls.length;
			const { run } = await n8n.run({ url, items: made.json, parameters });

			expect(run.run.status).toBe('success');
			expect(run.json).toEqual(made.json);
			expect(simulator.calls.slice(before).map(({ route }) => route)).toEqual(['read']);
		}
	});

	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'keeps items without anything to wait for as they are, and brings the others (%s)',
		async (onError) => {
			const { simulator, url } = await startService();
			const made = await runLuma({ url, parameters: { prompt: PROMPT, waitMode: 'none' } });
			const items = [FAILED, ...made.json, REFUSED, { ...FAILED, status: 'cancelled' }];
			const { items: out, error } = await runLuma({
				url,
				items,
				parameters: WAIT,
				settings: { onError },
			});

			expect(error).toBeUndefined();
			expect(out.map(({ json }) => json)).toEqual([
				FAILED,
				expect.objectContaining({ status: 'completed', taskId: made.json[0].taskId }),
				REFUSED,
				{ ...FAILED, status: 'cancelled' },
			]);
			expect(out.map(({ pairedItem }) => pairedItem)).toEqual(
				[0, 1, 2, 3].map((item) => ({ item })),
			);
			const asked = simulator.calls.filter(({ path }) => path.endsWith(FAILED.taskId));
			expect(asked).toEqual([]);
		},
	);

	it('waits for a task whose wait has ended badly', async () => {
		const { url } = await startService();
		const made = await runLuma({ url, parameters: { prompt: PROMPT, waitMode: 'none' } });
		const [{ taskId }] = made.json;
		const late = {
			error: 'The video was not finished in time',
			taskId,
			status: 'processing',
		};
		const { json } = await runLuma({ url, items: [late], parameters: WAIT });

		expect(json).toEqual([expect.objectContaining({ taskId, status: 'completed' })]);
	});

	it('sends kept items to the error output where the node has one', async () => {
		const { url } = await startService();
		const settings = { onError: 'continueErrorOutput' as const };
		const { json, errorItems } = await runLuma({
			url,
			items: [REFUSED],
			parameters: WAIT,
			settings,
		});

		expect(json).toEqual([]);
		expect(errorItems.map((item) => item.json)).toEqual([REFUSED]);
	});

	it('still refuses an item that has neither a task ID nor a reason', async () => {
		const { simulator, url } = await startService();
		const { error } = await runLuma({ url, items: [{ scene: 1 }], parameters: WAIT });

		expect(error?.message).toContain("'Task ID' is empty");
		expect(count(simulator, 'read')).toBe(0);
	});
});
