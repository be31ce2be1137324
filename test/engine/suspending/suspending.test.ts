import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sleep, type IDataObject } from 'n8n-workflow';

import { isCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import type { Call, Simulator, SimulatorOptions } from '../../../simulator';
import { until } from '../../../support/eventually';
import { runLuma } from '../../../support/engine/engine';
import { count, PROMPT, startService } from '../../../support/engine/service';
import {
	startN8nWithWebhooks,
	type SuspendedRun,
	type N8nWithWebhooks,
} from '../../../support/engine/suspendedRun';
import { end, post, secretOf, webhook } from '../../../support/engine/webhookRequests';

const SUSPEND = { waitMode: 'callback', prompt: PROMPT };
const WAIT = { resource: 'task', operation: 'wait', taskId: '={{ $json.taskId }}' };

let n8n: N8nWithWebhooks;
beforeEach(async () => {
	n8n = await startN8nWithWebhooks();
});
afterEach(async () => await n8n.close());

/** Seconds that the n-th video takes, in the order of creation. */
function rendering(...seconds: number[]): SimulatorOptions {
	return { renderSeconds: (_, ordinal) => seconds[ordinal - 1] };
}

/** The answers that PiAPI's reports got, once the last one was taken. */
async function answersOf({ calls }: Simulator): Promise<Array<Call['status']>> {
	const answers = () =>
		calls.filter(({ route }) => route === 'callback').map(({ status }) => status);
	await until('a report is taken', () => answers().at(-1) === 200);
	return answers();
}

async function resumed({ resumedRuns }: SuspendedRun, timeoutMs?: number): Promise<IDataObject[]> {
	await until('the execution is resumed', () => resumedRuns.length > 0, timeoutMs);
	return resumedRuns[0].json;
}

it('is suspended once its task is created, and resumes with the video when the webhook comes', async () => {
	const { simulator, url } = await startService({ renderSeconds: 1.2 });
	const suspended = await n8n.run({ url, parameters: SUSPEND });

	expect(suspended.run.run.status).toBe('waiting');
	const [task] = simulator.tasks.values();
	const { endpoint, secret } = task.config.webhook_config!;
	expect(endpoint).toBe(`${n8n.url}/webhook-waiting/4711/luma`);
	expect(isCreationTag(secret, 'simulated-key', '4711')).toBe(true);
	const [item] = await resumed(suspended);
	expect(item).toMatchObject({ status: 'completed', videoUrl: expect.stringMatching(/^http/) });
	expect(count(simulator, 'read')).toBe(2);
});

it('resumes with the link of a video that comes later than its webhook, by a repeat', async () => {
	const { simulator, url } = await startService({
		...{ renderSeconds: 1.2, linkLagSeconds: 5, callbackContentType: '' },
		callbackRetrySeconds: [1, 1, 1, 1],
	});
	const suspended = await n8n.run({ url, parameters: SUSPEND });

	const [item] = await resumed(suspended, 20_000);
	expect(item).toMatchObject({ status: 'completed', videoUrl: expect.stringContaining(url) });
	expect((await answersOf(simulator))[0]).toBe(503);
}, 30_000);

it('wakes at its time limit, and says so, where the link comes after the last repeat', async () => {
	const { simulator, url } = await startService({
		...{ renderSeconds: 1.2, linkLagSeconds: 3_600 },
		callbackRetrySeconds: [],
	});
	const suspended = await n8n.run({ url, parameters: SUSPEND });
	await until('its webhook is answered', () => n8n.answers.length > 0, 20_000);

	expect([n8n.answers, suspended.resumedRuns]).toEqual([[503], []]);
	const { json } = await suspended.expire();
	expect(json[0]).toMatchObject({ taskId: [...simulator.tasks.keys()][0], status: 'timeout' });
	expect(json[0].whatToDo).toContain('Task → Wait');
}, 30_000);

it('resumes once, when the last of its tasks has ended, with all items in their order', async () => {
	const { url } = await startService(rendering(1.6, 1.2, 1.9, 1.4));
	const items = ['a', 'b', 'c', 'd'].map((prompt) => ({ prompt: `${PROMPT} ${prompt}` }));
	const suspended = await n8n.run({
		url,
		items,
		parameters: { ...SUSPEND, prompt: '={{ $json.prompt }}' },
	});

	const json = await resumed(suspended);
	await sleep(300);
	expect(suspended.resumedRuns).toHaveLength(1);
	expect(json.map(({ prompt }) => prompt)).toEqual(items.map(({ prompt }) => prompt));
	expect(json.every(({ status }) => status === 'completed')).toBe(true);
	expect(suspended.resumedRuns[0].items.map(({ pairedItem }) => pairedItem)).toEqual(
		items.map((_, item) => ({ item })),
	);
});

it('resumes once when all tasks end at the same time and each webhook comes twice', async () => {
	const { simulator, url } = await startService({
		renderSeconds: 1.2,
		faults: [{ route: 'callback', calls: 'every', effect: { kind: 'twice' } }],
	});
	const suspended = await n8n.run({
		url,
		items: Array.from({ length: 8 }, () => ({})),
		parameters: SUSPEND,
	});

	const json = await resumed(suspended);
	await sleep(1500);
	expect(suspended.resumedRuns).toHaveLength(1);
	expect(new Set(json.map(({ taskId }) => taskId)).size).toBe(8);
	expect(count(simulator, 'create')).toBe(8);
});

it('asks PiAPI to repeat a webhook that comes before the record of the task', async () => {
	const { simulator, url } = await startService({
		renderSeconds: 1.2,
		faults: [{ route: 'read', calls: [2, 3, 4, 5, 6], effect: { kind: 'lag', seconds: 60 } }],
	});
	const suspended = await n8n.run({ url, parameters: SUSPEND });

	expect(await resumed(suspended)).toEqual([expect.objectContaining({ status: 'completed' })]);
	expect(await answersOf(simulator)).toEqual([503, 200]);
});

it('asks PiAPI to repeat a webhook while PiAPI cannot be read', async () => {
	const down = { kind: 'html' as const, status: 502 };
	const { simulator, url } = await startService({
		renderSeconds: 1.2,
		faults: [{ route: 'read', calls: [2, 3, 4, 5, 6], effect: down }],
	});
	const suspended = await n8n.run({ url, parameters: SUSPEND });

	expect(await resumed(suspended)).toEqual([expect.objectContaining({ status: 'completed' })]);
	expect(await answersOf(simulator)).toEqual([503, 200]);
});

it('tries again with the repeated webhook when n8n could not resume the execution', async () => {
	const { simulator, url } = await startService({ renderSeconds: 1.2 });
	n8n.failNextResume();
	const suspended = await n8n.run({ url, parameters: SUSPEND });

	expect(await resumed(suspended)).toEqual([expect.objectContaining({ status: 'completed' })]);
	expect(await answersOf(simulator)).toEqual([500, 200]);
});

it('knows what it waits for whatever the words in the items are', async () => {
	const { url } = await startService({ renderSeconds: 1.2 });
	const suspended = await n8n.run({ url, parameters: SUSPEND });
	n8n.rewrite((text) =>
		text.replace(/PiAPI did not call n8n[^"]*/g, 'Warten Sie mit Task → Wait.'),
	);
	expect(n8n.stored()).toContain('Warten Sie');

	expect(await resumed(suspended)).toEqual([expect.objectContaining({ status: 'completed' })]);
});

it('does not wait for an item that only looks like one that is waited for', async () => {
	const { url } = await startService(rendering(60, 1.2));
	const suspended = await n8n.run({ url, items: [{}, {}], parameters: SUSPEND });
	// As an earlier time limit of the node leaves it: nobody is going to tell of that task.
	n8n.rewrite((text) => text.replace('"waitingFor":"webhook",', ''));

	const [timedOut, made] = await resumed(suspended);
	expect([timedOut.status, made.status]).toEqual(['timeout', 'completed']);
});

it('does not sleep for a task that has ended in the meantime', async () => {
	const { url } = await startService({ renderSeconds: 0 });
	const { run } = await n8n.run({ url, parameters: SUSPEND });

	expect(run.run.status).toBe('success');
	expect(run.json).toEqual([expect.objectContaining({ status: 'completed' })]);
});

it('resumes for the open tasks when others had ended before it was suspended', async () => {
	const { url } = await startService(rendering(0, 1.2));
	const suspended = await n8n.run({ url, items: [{}, {}], parameters: SUSPEND });

	expect(suspended.run.run.status).toBe('waiting');
	const json = await resumed(suspended);
	expect(json.map(({ status }) => status)).toEqual(['completed', 'completed']);
});

it('is not held up by an item of the node before that has the words of one that is waited for', async () => {
	const { simulator, url } = await startService({ renderSeconds: 600 });
	const made = await n8n.run({ url, items: [{}, {}], parameters: SUSPEND });
	const [open, awaited] = (await made.expire()).json;
	// Task → Wait passes it on as it is, since it says why there is no video.
	const kept = { ...open, error: 'Luma could not make this video', status: 'failed' };
	expect(kept).toMatchObject({ taskId: expect.any(String), waitingFor: 'webhook' });
	const parameters = { ...WAIT, waitMode: 'callback' };
	const suspended = await n8n.run({ url, items: [kept, awaited], parameters });

	const task = simulator.tasks.get(String(awaited.taskId))!;
	end(simulator, task);
	expect(await post(task, secretOf(task), webhook(task.taskId))).toBe(200);
	expect(await resumed(suspended)).toEqual([
		kept,
		expect.objectContaining({ taskId: task.taskId, status: 'completed' }),
	]);
});

describe('what the caller of the workflow gets while it is suspended', () => {
	const readable = { ...SUSPEND, prompt: '={{ $json.scene }}' };

	it('is an item for each video with its task ID and the status, and the next node gets nothing yet', async () => {
		const { simulator, url } = await startService({ renderSeconds: 1.2 });
		const suspended = await n8n.run({ url, items: [{}, {}], parameters: SUSPEND, later: {} });

		const { items, run } = suspended.run;
		expect(items.map(({ json, pairedItem }) => [json.taskId, json.status, pairedItem])).toEqual(
			[...simulator.tasks.keys()].map((taskId, item) => [taskId, 'waiting', { item }]),
		);
		expect(items[0].json.whatToDo).toMatch(/do not create it again/);
		expect(run.data.resultData.runData).not.toHaveProperty('Later');

		expect((await resumed(suspended)).map(({ status }) => status)).toEqual([
			'completed',
			'completed',
		]);
		const { runData } = suspended.resumedRuns[0].data.resultData;
		expect([runData['Luma Dream Machine'].length, runData.Later.length]).toEqual([1, 1]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'says why a video is not made, in a form that n8n does not retry (%s)',
		async (onError) => {
			const { simulator, url } = await startService({ renderSeconds: 1.2 });
			const settings = { onError, retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
			const items = [{ scene: '' }, { scene: PROMPT }];
			const suspended = await n8n.run({ url, items, parameters: readable, settings });

			const [refused, made] = suspended.run.json;
			expect(JSON.stringify(refused.errorMessage)).toContain('prompt is empty');
			expect(made.status).toBe('waiting');
			for (const json of suspended.run.json) expect(json).not.toHaveProperty('error');
			await resumed(suspended);
			expect(count(simulator, 'create')).toBe(1);
		},
	);

	it("has PiAPI's own task with Simplify off, and tells nobody the secret of its webhook", async () => {
		const { simulator, url } = await startService({ renderSeconds: 600 });
		const parameters = { ...SUSPEND, simplify: false };
		const { run } = await n8n.run({ url, parameters });
		const [task] = simulator.tasks.values();
		expect(run.json).toEqual([
			{
				taskId: task.taskId,
				status: 'waiting',
				videoUrl: null,
				task: expect.objectContaining({ task_id: task.taskId }),
				whatToDo: expect.any(String),
			},
		]);
		expect(JSON.stringify(run.json)).not.toContain(secretOf(task));
	});

	it('comes with a hint where another workflow calls this one', async () => {
		const { url } = await startService({ renderSeconds: 600 });
		const hintsOf = async (startType?: string) => {
			const { run } = await n8n.run({ url, parameters: SUSPEND, startType });
			return JSON.stringify(run.data.resultData.runData['Luma Dream Machine'][0].hints ?? []);
		};
		expect(await hintsOf('n8n-nodes-base.executeWorkflowTrigger')).toContain('loop');
		expect(await hintsOf()).not.toContain('loop');
	});
});

describe('when no webhook comes in time', () => {
	it('returns the task IDs, and leaves the items of the node before untouched', async () => {
		const { simulator, url } = await startService({ renderSeconds: 600 });
		const items = [{ scene: 1 }, { scene: 2 }];
		const suspended = await n8n.run({ url, items, parameters: SUSPEND });
		const { json } = await suspended.expire();

		expect(json).toEqual(
			[...simulator.tasks.keys()].map((taskId) =>
				expect.objectContaining({ taskId, status: 'timeout', videoUrl: null, prompt: PROMPT }),
			),
		);
		const [start] = suspended.run.data.resultData.runData.Start;
		expect(start.data!.main[0]!.map(({ json: before }) => before)).toEqual([
			{ scene: 1 },
			{ scene: 2 },
		]);
	});

	it("keeps PiAPI's own task with Simplify off, before and after it resumes", async () => {
		const { simulator, url } = await startService({ renderSeconds: 1.2 });
		const suspended = await n8n.run({ url, parameters: { ...SUSPEND, simplify: false } });
		const [taskId] = simulator.tasks.keys();

		const { json } = await suspended.expire();
		expect(json).toEqual([
			{
				taskId,
				status: 'timeout',
				videoUrl: null,
				task: expect.objectContaining({ task_id: taskId }),
				waitingFor: 'webhook',
				whatToDo: expect.stringContaining('Task → Wait'),
			},
		]);
		expect(await resumed(suspended)).toEqual([
			{
				taskId,
				status: 'completed',
				videoUrl: expect.any(String),
				task: expect.objectContaining({ task_id: taskId, status: 'completed' }),
			},
		]);
	});

	it('is suspended for as long as Timeout says', async () => {
		const { url } = await startService({ renderSeconds: 600 });
		const options = { timeoutMinutes: 3 };
		const began = Date.now();
		const { run } = await n8n.run({ url, parameters: { ...SUSPEND, options } });
		const wakesAt = new Date(run.run.waitTill!).getTime();
		expect(wakesAt).toBeGreaterThanOrEqual(began + 3 * 60_000);
		expect(wakesAt).toBeLessThanOrEqual(Date.now() + 3 * 60_000);
	});
});

it('returns only the items that it has worked on, with Execute Once', async () => {
	const { simulator, url } = await startService({ renderSeconds: 1.2 });
	const settings = { executeOnce: true };
	const suspended = await n8n.run({ url, items: [{}, {}, {}], parameters: SUSPEND, settings });

	expect(simulator.tasks.size).toBe(1);
	expect((await suspended.expire()).json).toHaveLength(1);
	expect(await resumed(suspended)).toHaveLength(1);
});

it('creates nothing twice when the first item is that failed and Retry On Fail is on', async () => {
	const { simulator, url } = await startService({ renderSeconds: 1.2 });
	const items = [{ scene: '' }, { scene: PROMPT }];
	const parameters = { ...SUSPEND, prompt: '={{ $json.scene }}' };
	const settings = {
		onError: 'continueRegularOutput' as const,
		retryOnFail: true,
		maxTries: 3,
		waitBetweenTries: 1,
	};
	const suspended = await n8n.run({ url, items, parameters, settings });

	const [refused, made] = await resumed(suspended);
	expect(refused.error).toContain('[item 0]');
	expect(made).toMatchObject({ status: 'completed', prompt: PROMPT });
	expect(count(simulator, 'create')).toBe(1);
});

it('does not sleep on for a task that PiAPI has forgotten', async () => {
	const { simulator, url } = await startService(rendering(60, 1.2));
	const forgotten = () => [...simulator.tasks.keys()][0];
	simulator.addFault({
		route: 'read',
		calls: 'every',
		when: ({ path }) => count(simulator, 'read') > 2 && path.endsWith(forgotten()),
		effect: { kind: 'answer', status: 404 },
	});
	const suspended = await n8n.run({
		url,
		items: [{}, {}],
		parameters: { ...SUSPEND, options: { maxConcurrency: 1 } },
	});

	const [gone, made] = await resumed(suspended, 15_000);
	expect(gone).toMatchObject({
		taskId: forgotten(),
		errorMessage: expect.stringContaining('PiAPI does not know this task'),
	});
	expect(made).toMatchObject({ status: 'completed' });
});

describe('a task that failed', () => {
	const failing: SimulatorOptions = {
		renderSeconds: 1.2,
		outcome: (_, ordinal) => (ordinal === 1 ? { message: 'no GPU left' } : undefined),
	};

	it('is returned with its status and what to do, where the node would have stopped', async () => {
		const { simulator, url } = await startService(failing);
		const suspended = await n8n.run({ url, items: [{}, {}], parameters: SUSPEND });
		const [failed, made] = await resumed(suspended);

		expect(failed).toMatchObject({
			taskId: [...simulator.tasks.keys()][0],
			status: 'failed',
			errorMessage: expect.stringContaining('Luma could not make this video'),
			whatToDo: expect.stringContaining('no GPU left'),
		});
		expect(failed).not.toHaveProperty('error');
		expect(made).toMatchObject({ status: 'completed' });
	});

	it('is an item with its message under Continue', async () => {
		const { url } = await startService(failing);
		const settings = { onError: 'continueRegularOutput' as const };
		const suspended = await n8n.run({ url, items: [{}, {}], parameters: SUSPEND, settings });
		const [failed, made] = await resumed(suspended);

		expect(failed).toMatchObject({
			error: expect.stringContaining('Luma could not make this video'),
			status: 'failed',
		});
		expect(Object.keys(failed).slice(0, 3)).toEqual(['status', 'error', 'whatToDo']);
		expect(made).toMatchObject({ status: 'completed' });
	});

	it('goes to the error output where the node has one', async () => {
		const { simulator, url } = await startService(failing);
		const settings = { onError: 'continueErrorOutput' as const };
		const suspended = await n8n.run({ url, items: [{}, {}], parameters: SUSPEND, settings });
		expect(await resumed(suspended)).toEqual([expect.objectContaining({ status: 'completed' })]);

		const [{ errorItems }] = suspended.resumedRuns;
		expect(errorItems.map(({ json }) => json.error)).toEqual([
			expect.objectContaining({
				message: expect.stringContaining('Luma could not make this video'),
				taskId: [...simulator.tasks.keys()][0],
				status: 'failed',
			}),
		]);
	});
});

it('keeps an item that was refused in its place while the others sleep', async () => {
	const { url } = await startService({ renderSeconds: 1.2 });
	const items = [{ prompt: PROMPT }, { prompt: '' }, { prompt: PROMPT }];
	const settings = { onError: 'continueRegularOutput' as const };
	const parameters = { ...SUSPEND, prompt: '={{ $json.prompt }}' };
	const suspended = await n8n.run({ url, items, parameters, settings });

	const json = await resumed(suspended);
	expect(json.map(({ status, error }) => status ?? error)).toEqual([
		'completed',
		expect.stringContaining('[item 1]'),
		'completed',
	]);
});

describe('before anything is created', () => {
	it('rejects a webhook URL that PiAPI cannot reach', async () => {
		const parameters = SUSPEND;
		const credential = { baseUrl: 'https://api.piapi.ai' };
		const { error } = await runLuma({ url: 'https://api.piapi.ai', parameters, credential });
		expect(error?.message).toContain('PiAPI cannot call this n8n when videos are finished');
		expect(error?.message).toContain('http://127.0.0.1:5678');
		expect(error?.description).toContain('Wait Here');
	});

	it('rejects it in a dry run too', async () => {
		const parameters = { ...SUSPEND, options: { dryRun: true } };
		const credential = { baseUrl: 'https://api.piapi.ai' };
		const { error } = await runLuma({ url: 'https://api.piapi.ai', parameters, credential });
		expect(error?.message).toContain('PiAPI cannot call this n8n when videos are finished');
	});

	it('rejects a time limit that is too short to suspend', async () => {
		const { simulator, url } = await startService();
		const options = { timeoutMinutes: 1 };
		const { run } = await n8n.run({ url, parameters: { ...SUSPEND, options } });
		expect(run.error?.message).toContain("'Timeout (Minutes)' cannot be “1”");
		expect(run.error?.description).toContain('2 minutes');
		expect(simulator.tasks.size).toBe(0);
	});
});
