import { describe, expect, it } from '@jest/globals';

import { isCreationTag } from '../../../nodes/Luma/piapi/webhookTag';
import { VirtualClock, type Fault } from '../../../simulator';
import type { LumaRunOptions } from '../../../support/engine/engine';
import { count, PROMPT } from '../../../support/engine/service';
import { startN8n, SUSPEND } from '../../../support/engine/suspendedRun';
import { letTimeFly, N8N_URL } from '../../../support/engine/webhookCall';
import { until } from '../../../support/eventually';
import { answer, fault, page, rewritingText } from '../../../support/faults';

const WAIT = { resource: 'task', operation: 'wait', taskId: '={{ $json.taskId }}' };
const OF_ITEM = { ...SUSPEND, prompt: '={{ $json.prompt }}' };
const TWO = [{}, {}];
const onError = 'continueRegularOutput';
const COMPLETED = expect.objectContaining({ status: 'completed' });

letTimeFly();

it('is suspended once its task is created, and resumes with the video when the webhook comes', async () => {
	const n8n = await startN8n();
	const { run } = await n8n.run();

	expect(run.status).toBe('waiting');
	const { endpoint, secret } = n8n.tasks[0].config.webhook_config!;
	expect(endpoint).toBe(`${N8N_URL}/webhook-waiting/4711/luma`);
	expect(isCreationTag(secret, 'simulated-key', '4711')).toBe(true);
	n8n.complete();
	const [item] = await n8n.resumed();
	expect(item).toMatchObject({ status: 'completed', videoUrl: expect.stringMatching(/^http/) });
	expect(count(n8n.simulator, 'read')).toBe(2);
});

describe('where the link of the video comes later than its webhook', () => {
	it('a repeat brings the link', async () => {
		const clock = new VirtualClock(Date.now());
		const service = { clock, linkLagSeconds: 3600, callbackRetrySeconds: [3600] };
		const n8n = await startN8n({ ...service, callbackContentType: '' });
		await n8n.run();
		n8n.complete();
		await clock.pass(0);
		await until('PiAPI is to repeat it', () => n8n.answers[0] === 503);
		await clock.pass(3_600_000);
		const [item] = await n8n.resumed();
		expect(item).toMatchObject({ status: 'completed', videoUrl: expect.stringContaining(n8n.url) });
	});

	it('it wakes at its time limit and says so, if there is no repeat any more', async () => {
		const n8n = await startN8n({ linkLagSeconds: 3_600, callbackRetrySeconds: [] });
		await n8n.run();
		n8n.complete();
		await until('its webhook is answered', () => n8n.answers.length > 0);

		expect([n8n.answers, n8n.resumedRuns]).toEqual([[503], []]);
		const { json } = await n8n.expire();
		expect(json[0]).toMatchObject({ taskId: n8n.tasks[0].taskId, status: 'timeout' });
		expect(json[0].whatToDo).toContain('Task → Wait');
	});
});

describe('it resumes once, with all items in their order,', () => {
	const items = ['a', 'b', 'c', 'd'].map((prompt) => ({ prompt: `${PROMPT} ${prompt}` }));
	it.each([
		['when the last of its tasks has ended', [1, 3, 0, 2], [503, 503, 503, 200]],
		['when others had ended before it was suspended', [0], [200]],
	])('%s', async (_, order, answers) => {
		const renderSeconds = ({ prompt = '' }) =>
			order.length === 1 && !prompt.endsWith('a') ? 0 : Infinity;
		const n8n = await startN8n({ renderSeconds, callbackRetrySeconds: [] });
		await n8n.run({ items, parameters: OF_ITEM });
		const { length: before } = n8n.answers;
		for (const [ended, index] of order.entries()) {
			n8n.complete(n8n.tasks.find(({ input }) => input.prompt === items[index].prompt)!);
			await until('its webhook is answered', () => n8n.answers.length > before + ended);
		}
		expect(n8n.answers.slice(before)).toEqual(answers);
		expect(n8n.resumedRuns).toHaveLength(1);
		const [{ json, items: out }] = n8n.resumedRuns;
		expect(json.map(({ prompt }) => prompt)).toEqual(items.map(({ prompt }) => prompt));
		expect(json.every(({ status }) => status === 'completed')).toBe(true);
		expect(out.map(({ pairedItem }) => pairedItem)).toEqual(items.map((__, item) => ({ item })));
	});
});

describe('PiAPI is asked to repeat a webhook', () => {
	const onReads = (effect: Fault['effect']) => [fault('read', effect, [2, 3, 4, 5, 6])];
	it.each([
		['that comes before the record of the task', onReads({ kind: 'lag', seconds: 60 }), 503],
		['while PiAPI cannot be read', onReads(page(502)), 503],
		['when n8n could not resume the execution', [], 500],
	])('%s', async (_, faults, status) => {
		const n8n = await startN8n({ faults });
		n8n.failsNextStart = status === 500;
		await n8n.run();
		n8n.complete();
		expect(await n8n.resumed()).toEqual([COMPLETED]);
		expect(n8n.answers).toEqual([status, 200]);
	});

	it('also when its connection had ended before n8n could not resume the execution', async () => {
		const n8n = await startN8n();
		n8n.failsNextStart = n8n.losesNextConnection = true;
		await n8n.run();
		n8n.complete();
		expect(await n8n.resumed()).toEqual([COMPLETED]);
	});
});

it('is brought without its waiting time where PiAPI tells no times', async () => {
	const effect = rewritingText((text) => text.replaceAll('created_at', 'made_at'));
	const n8n = await startN8n({ faults: [fault('read', effect, 'every')] });
	await n8n.run();
	n8n.complete();
	const [item] = await n8n.resumed();
	expect(item.status).toBe('completed');
	expect(item).not.toHaveProperty('waitSeconds');
});

describe('what it waits for', () => {
	it('is known whatever the words in the items are', async () => {
		const n8n = await startN8n();
		await n8n.run();
		n8n.stored = n8n.stored.replace(/PiAPI did not call n8n[^"]*/g, 'Warten Sie.');
		expect(n8n.stored).toContain('Warten Sie');
		n8n.complete();
		expect(await n8n.resumed()).toEqual([COMPLETED]);
	});

	it('is no item that only looks like one that is waited for', async () => {
		const n8n = await startN8n();
		const { json } = await n8n.run({ items: TWO });
		// As an earlier time limit of the node leaves it: nobody is going to tell of that task.
		n8n.stored = n8n.stored.replace('"waitingFor":"webhook",', '');
		n8n.complete(n8n.tasks.find(({ taskId }) => taskId === json[1].taskId)!);

		const statuses = (await n8n.resumed()).map(({ status }) => status);
		expect(statuses).toEqual(['timeout', 'completed']);
	});

	it('is no item of the node before that has the words of one', async () => {
		const n8n = await startN8n();
		await n8n.run({ items: TWO });
		const [open, awaited] = (await n8n.expire()).json;
		// Task → Wait passes it on as it is, since it says why there is no video.
		const kept = { ...open, error: 'Luma could not make this video', status: 'failed' };
		expect(kept).toMatchObject({ taskId: expect.any(String), waitingFor: 'webhook' });
		await n8n.run({ items: [kept, awaited], parameters: { ...WAIT, waitMode: 'callback' } });

		n8n.complete(n8n.simulator.tasks.get(String(awaited.taskId))!);
		expect(await n8n.resumed()).toEqual([
			kept,
			expect.objectContaining({ taskId: awaited.taskId, status: 'completed' }),
		]);
	});

	it('is no task that has ended in the meantime', async () => {
		const n8n = await startN8n({ renderSeconds: 0 });
		const { run, json } = await n8n.run();
		expect(run.status).toBe('success');
		expect(json).toEqual([COMPLETED]);
	});

	it('is no task that PiAPI has forgotten', async () => {
		const n8n = await startN8n();
		const { json } = await n8n.run({ items: TWO });
		const forgotten = String(json[0].taskId);
		const when: Fault['when'] = ({ path }) => path.endsWith(forgotten);
		n8n.simulator.addFault({ ...fault('read', answer(404), 'every'), when });
		n8n.complete(n8n.simulator.tasks.get(String(json[1].taskId))!);

		const unknown = expect.stringContaining('PiAPI does not know this task');
		expect(await n8n.resumed()).toEqual([
			expect.objectContaining({ taskId: forgotten, errorMessage: unknown }),
			COMPLETED,
		]);
	});
});

describe('when no webhook comes in time', () => {
	it('is suspended for as long as Timeout says', async () => {
		const n8n = await startN8n();
		const began = Date.now();
		const { run } = await n8n.run({ parameters: { ...SUSPEND, options: { timeoutMinutes: 3 } } });
		const wakesAt = new Date(run.waitTill!).getTime();
		expect(wakesAt).toBeGreaterThanOrEqual(began + 3 * 60_000);
		expect(wakesAt).toBeLessThanOrEqual(Date.now() + 3 * 60_000);
	});
});

it('returns only the items that it has worked on, with Execute Once', async () => {
	const n8n = await startN8n();
	await n8n.run({ items: [{}, {}, {}], settings: { executeOnce: true } });
	expect(n8n.tasks).toHaveLength(1);
	expect((await n8n.expire()).json).toHaveLength(1);
	n8n.complete();
	expect(await n8n.resumed()).toHaveLength(1);
});

describe('a task that failed', () => {
	const fail = async (settings: LumaRunOptions['settings'] = {}) => {
		const n8n = await startN8n();
		const { json } = await n8n.run({ items: TWO, settings });
		const failed = n8n.simulator.tasks.get(String(json[0].taskId))!;
		n8n.simulator.fail(failed, { message: 'no GPU left' });
		n8n.complete();
		return { taskId: failed.taskId, resumed: await n8n.resumed() };
	};
	const message = expect.stringContaining('Luma could not make this video');

	it('is returned with its status and what to do, where the node would have stopped', async () => {
		const { taskId, resumed } = await fail();
		const whatToDo = expect.stringContaining('no GPU left');
		const failed = { taskId, status: 'failed', errorMessage: message, whatToDo };
		expect(resumed).toEqual([expect.objectContaining(failed), COMPLETED]);
		expect(resumed[0]).not.toHaveProperty('error');
	});

	it('is an item with its message under Continue', async () => {
		const { resumed } = await fail({ onError });
		const failed = { error: message, status: 'failed' };
		expect(resumed).toEqual([expect.objectContaining(failed), COMPLETED]);
		expect(Object.keys(resumed[0]).slice(0, 3)).toEqual(['status', 'error', 'whatToDo']);
	});
});

describe('before anything is created', () => {
	it.each([{}, { dryRun: true }])(
		'rejects a webhook URL that PiAPI cannot reach (%j)',
		async (options) => {
			const n8n = await startN8n();
			const { error } = await n8n.run({
				parameters: { ...SUSPEND, options },
				credential: { baseUrl: 'https://api.piapi.ai' },
				n8nUrl: 'http://127.0.0.1:5678',
			});
			expect(error?.message).toContain('PiAPI cannot call this n8n when videos are finished');
			expect(error?.message).toContain('http://127.0.0.1:5678');
			expect(error?.description).toContain('Wait Here');
			expect(n8n.tasks).toEqual([]);
		},
	);

	it('rejects a time limit that is too short to suspend', async () => {
		const n8n = await startN8n();
		const { error } = await n8n.run({
			parameters: { ...SUSPEND, options: { timeoutMinutes: 1 } },
		});
		expect(error?.message).toContain("'Timeout (Minutes)' cannot be “1”");
		expect(error?.description).toContain('2 minutes');
		expect(n8n.tasks).toEqual([]);
	});
});
