import { describe, expect, it } from '@jest/globals';

import { dialects, type SimulatedTask } from '../../../simulator';
import { AdjustableClock } from '../../../support/virtualTime/adjustableClock';
import { until } from '../../../support/eventually';
import { runLuma, startLuma } from '../../../support/engine/engine';
import { FAST_POLLING, count, PROMPT, startService } from '../../../support/engine/service';

describe.each(dialects)('when PiAPI writes its tasks in the form “%s”', (dialect) => {
	it('finds the video', async () => {
		const { url } = await startService({ dialect });
		const { json } = await runLuma({ url, parameters: { prompt: PROMPT, options: FAST_POLLING } });

		expect(json[0].status).toBe('completed');
		const video = await fetch(String(json[0].videoUrl));
		expect(video.headers.get('content-type')).toBe('video/mp4');
	});
});

it('takes the file without watermark where there are two', async () => {
	const { url } = await startService({ dialect: 'works' });
	const { json } = await runLuma({ url, parameters: { prompt: PROMPT, options: FAST_POLLING } });

	expect(json[0].videoUrl).toMatch(/video_raw\.mp4$/);
});

it('reads capitalised status words, and continues to wait at words it has never seen', async () => {
	const { url } = await startService({
		statusWords: { pending: 'Queueing', processing: 'retry', completed: 'Completed' },
	});
	const { json } = await runLuma({ url, parameters: { prompt: PROMPT, options: FAST_POLLING } });

	expect(json[0].status).toBe('completed');
});

it("reads other clients' words for an end: finished, rejected", async () => {
	const { url } = await startService({
		statusWords: { completed: 'finished', failed: 'Rejected' },
		outcome: (_, ordinal) => (ordinal === 2 ? { message: 'no GPU left' } : undefined),
	});
	const { json } = await runLuma({
		url,
		items: [{}, {}],
		parameters: { prompt: PROMPT, options: { ...FAST_POLLING, maxConcurrency: 1 } },
		settings: { onError: 'continueRegularOutput' },
	});

	expect(json.map(({ status }) => status)).toEqual(['completed', 'failed']);
	expect(json[1].whatToDo).toContain('no GPU left');
});

it('waits on when reads go wrong for a while', async () => {
	const { simulator, url } = await startService({
		faults: [
			{ route: 'read', calls: [1], effect: { kind: 'html', status: 502 } },
			{ route: 'read', calls: [2], effect: { kind: 'reset' } },
			{ route: 'read', calls: [3], effect: { kind: 'cutOff' } },
			{ route: 'read', calls: [4], effect: { kind: 'answer', status: 404 } },
			{ route: 'read', calls: [5], effect: { kind: 'answer', status: 200, body: { code: 500 } } },
			{ route: 'read', calls: [6], effect: { kind: 'answer', status: 429 } },
		],
	});
	const { json, error } = await runLuma({
		url,
		parameters: { prompt: PROMPT, options: FAST_POLLING },
	});

	expect(error).toBeUndefined();
	expect(json[0].status).toBe('completed');
	expect(count(simulator, 'create')).toBe(1);
	expect(count(simulator, 'read')).toBeGreaterThanOrEqual(7);
});

it('names the task when the time is up', async () => {
	const { simulator, url } = await startService({ renderSeconds: 60 });
	const { error } = await runLuma({
		url,
		parameters: { prompt: PROMPT, options: { ...FAST_POLLING, timeoutMinutes: 0.01 } },
	});

	const [taskId] = simulator.tasks.keys();
	expect(error?.message).toBe(`The video was not finished within the time limit (task ${taskId})`);
	expect(error?.description).toContain('Task → Wait');
});

it('returns the task when the time is up and On Timeout says so', async () => {
	const { simulator, url } = await startService({ renderSeconds: 60 });
	const { json, error } = await runLuma({
		url,
		parameters: {
			prompt: PROMPT,
			options: { ...FAST_POLLING, timeoutMinutes: 0.01, onTimeout: 'output' },
		},
	});

	expect(error).toBeUndefined();
	expect(json[0]).toMatchObject({
		taskId: [...simulator.tasks.keys()][0],
		status: 'timeout',
		videoUrl: null,
	});
});

it('lets no item wait for its neighbour: the slow one is the only late one', async () => {
	const clock = new AdjustableClock();
	const { simulator, url } = await startService({
		clock,
		renderSeconds: ({ prompt }) => (prompt === 'slow' ? 3600 : 0.2),
	});
	const running = startLuma({
		url,
		items: [{ scene: 'slow' }, { scene: 'quick' }],
		parameters: { prompt: '={{ $json.scene }}', options: { ...FAST_POLLING, maxConcurrency: 1 } },
	});
	const isRead = ({ taskId, endedAt = Infinity }: SimulatedTask) =>
		simulator.calls.some((call) => call.taskId === taskId && call.at >= endedAt);
	await until('the quick one is read', () => [...simulator.tasks.values()].some(isRead));
	const statuses = [...simulator.tasks.values()].map(({ status }) => status);
	expect(statuses.sort()).toEqual(['completed', 'processing']);
	clock.advance(3_600_000);
	const { json } = await running.done;

	expect(json.map(({ prompt }) => prompt)).toEqual(['slow', 'quick']);
	expect(count(simulator, 'create')).toBe(2);
});

it('says what Luma said when a video was rejected', async () => {
	const { simulator, url } = await startService({
		outcome: () => ({ message: 'task failed', rawMessage: 'prompt did not pass moderation' }),
	});
	const { error } = await runLuma({ url, parameters: { prompt: PROMPT, options: FAST_POLLING } });

	const [taskId] = simulator.tasks.keys();
	expect(error?.message).toBe(`Luma's content check rejected this video (task ${taskId})`);
	expect(error?.description).toContain('prompt did not pass moderation');
});

it('takes a task that failed in the answer to its creation as failed', async () => {
	const { simulator, url } = await startService({
		outcome: () => ({ message: 'the model is not available', atOnce: true }),
	});
	const { error } = await runLuma({ url, parameters: { prompt: PROMPT, waitMode: 'none' } });

	expect(error?.message).toContain('Luma could not make this video');
	expect(error?.description).toContain('the model is not available');
	expect(count(simulator, 'create')).toBe(1);
});

it('keeps the good items, and what is known of the bad one, when On Error is set to continue', async () => {
	const { simulator, url } = await startService({
		outcome: (_, ordinal) => (ordinal === 2 ? { message: 'no GPU left' } : undefined),
	});
	const { json, items } = await runLuma({
		url,
		items: [{ scene: 'one' }, { scene: 'two' }, { scene: '' }],
		parameters: { prompt: '={{ $json.scene }}', options: { ...FAST_POLLING, maxConcurrency: 1 } },
		settings: { onError: 'continueRegularOutput' },
	});

	expect(json[0]).toMatchObject({ status: 'completed', prompt: 'one' });
	expect(json[0]).not.toHaveProperty('error');
	expect(json[1]).toMatchObject({
		error: expect.stringMatching(/^Luma could not make this video .*\[item 1\]$/),
		whatToDo: expect.stringContaining('no GPU left'),
		taskId: [...simulator.tasks.keys()][1],
		status: 'failed',
		costUsd: 0,
	});
	// n8n's table shows them first.
	expect(Object.keys(json[1]).slice(0, 3)).toEqual(['status', 'error', 'whatToDo']);
	expect(json[2]).toMatchObject({ error: 'The prompt is empty [item 2]' });
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
		{ item: 0 },
		{ item: 1 },
		{ item: 2 },
	]);
	expect(count(simulator, 'create')).toBe(2);
});

it('sends items that failed to the error output when the node has one', async () => {
	const { url } = await startService({
		outcome: (_, ordinal) => (ordinal === 1 ? { message: 'no GPU left' } : undefined),
	});
	const { json, errorItems } = await runLuma({
		url,
		items: [{ scene: 'one' }, { scene: 'two' }],
		parameters: { prompt: '={{ $json.scene }}', options: { ...FAST_POLLING, maxConcurrency: 1 } },
		settings: { onError: 'continueErrorOutput' },
	});

	expect(json.map(({ prompt }) => prompt)).toEqual(['two']);
	expect(errorItems.map(({ json: { scene, status } }) => [scene, status])).toEqual([
		['one', 'failed'],
	]);
});

it('names all tasks of the run when one of them ends it', async () => {
	const { simulator, url } = await startService({
		renderSeconds: (_, ordinal) => (ordinal === 3 ? 0.2 : 30),
		outcome: (_, ordinal) => (ordinal === 3 ? { message: 'no GPU left' } : undefined),
	});
	const { error } = await runLuma({
		url,
		items: [{}, {}, {}],
		parameters: { prompt: PROMPT, options: FAST_POLLING },
	});

	const told = `${error?.message} ${error?.description}`;
	for (const taskId of simulator.tasks.keys()) expect(told).toContain(taskId);
});

it('ends without waiting for its video when the execution is stopped', async () => {
	const { simulator, url } = await startService({ renderSeconds: 3600 });
	const running = startLuma({ url, parameters: { prompt: PROMPT } });
	await until('the video is ordered', () => simulator.tasks.size === 1);

	running.stop();
	await running.done;
	expect([...simulator.tasks.values()].map(({ status }) => status)).toEqual(['processing']);
	expect(count(simulator, 'create')).toBe(1);
});
