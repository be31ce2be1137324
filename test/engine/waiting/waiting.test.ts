import { describe, expect, it } from '@jest/globals';

import { dialects } from '../../../simulator';
import { until } from '../../../support/eventually';
import { startLuma } from '../../../support/engine/engine';
import { CONTINUE, NEVER, openService, runOnce, SHORT } from '../../../support/engine/runOnce';

const BY_SCENE = { prompt: '={{ $json.scene }}', options: { maxConcurrency: 1 } };

it.each(dialects)(
	'finds the video when PiAPI writes its tasks in the form “%s”',
	async (dialect) => {
		const { json } = await runOnce({}, { service: { dialect } });

		expect(json[0].status).toBe('completed');
		const video = await fetch(String(json[0].videoUrl));
		expect(video.headers.get('content-type')).toBe('video/mp4');
		// Of two files it takes the one without watermark.
		if (dialect === 'works') expect(json[0].videoUrl).toMatch(/video_raw\.mp4$/);
	},
);

it('reads capitalised status words, and continues to wait at words it has never seen', async () => {
	const { json } = await runOnce(
		{},
		{
			service: {
				readsPerStep: 2,
				renderSeconds: Infinity,
				queueSeconds: Infinity,
				statusWords: { pending: 'Queueing', processing: 'retry', completed: 'Completed' },
			},
		},
	);

	expect(json[0].status).toBe('completed');
});

describe('when the time is up', () => {
	it('names the task', async () => {
		const { error, tasks } = await runOnce({ options: SHORT }, { service: NEVER });

		const [{ taskId }] = tasks;
		expect(error?.message).toBe(
			`The video was not finished within the time limit (task ${taskId})`,
		);
		expect(error?.description).toContain('Task → Wait');
		expect(error?.description).toContain('Retry in the Executions list');
		expect(error?.description).not.toMatch(/Nothing was charged/);
	});

	it('returns the task when On Timeout says so', async () => {
		const options = { ...SHORT, onTimeout: 'output' };
		const { json, error, tasks } = await runOnce({ options }, { service: NEVER });

		expect(error).toBeUndefined();
		const [{ taskId }] = tasks;
		expect(json[0]).toMatchObject({ taskId, status: 'timeout', videoUrl: null });
	});
});

it('lets no item wait for its neighbour: the slow one is the only late one', async () => {
	const { optionsOf, tasks, simulator } = await openService(NEVER);
	const items = [{ scene: 'slow' }, { scene: 'quick' }];
	const running = startLuma(optionsOf(BY_SCENE, { items }));
	await until('both are there', () => tasks().length === 2);
	const [slow, quick] = tasks();
	simulator.complete(quick);
	const { length: before } = simulator.calls;
	const isRead = () => simulator.calls.slice(before).some(({ taskId }) => taskId === quick.taskId);
	await until('the quick one is read', isRead);
	simulator.complete(slow);
	const { json } = await running.done;

	expect(json.map(({ prompt }) => prompt)).toEqual(['slow', 'quick']);
	expect(tasks()).toHaveLength(2);
});

it('says what Luma said when a video was rejected', async () => {
	const message = { message: 'task failed', rawMessage: 'prompt did not pass moderation' };
	const { error, tasks } = await runOnce({}, { service: { outcome: () => message } });

	const [{ taskId }] = tasks;
	expect(error?.message).toBe(`Luma's content check rejected this video (task ${taskId})`);
	expect(error?.description).toContain('prompt did not pass moderation');
});

it('takes a task that failed in the answer to its creation as failed', async () => {
	const { error, count } = await runOnce(
		{ waitMode: 'none' },
		{ service: { outcome: () => ({ message: 'the model is not available', atOnce: true }) } },
	);

	expect(error?.message).toContain('Luma could not make this video');
	expect(error?.description).toContain('the model is not available');
	expect(count('create')).toBe(1);
});

describe('items that failed', () => {
	it('are kept beside the good ones, with what is known of them, when On Error is set to continue', async () => {
		const { json, items, tasks } = await runOnce(BY_SCENE, {
			service: {
				outcome: (_, ordinal) => (ordinal === 2 ? { message: 'no GPU left' } : undefined),
			},
			items: [{ scene: 'one' }, { scene: 'two' }, { scene: '' }],
			...CONTINUE,
		});

		expect(json[0]).toMatchObject({ status: 'completed', prompt: 'one' });
		expect(json[0]).not.toHaveProperty('error');
		expect(json[1]).toMatchObject({
			error: expect.stringMatching(/^Luma could not make this video .*\[item 1\]$/),
			whatToDo: expect.stringContaining('no GPU left'),
			taskId: tasks[1].taskId,
			status: 'failed',
			costUsd: 0,
		});
		// n8n's table shows them first.
		expect(Object.keys(json[1]).slice(0, 3)).toEqual(['status', 'error', 'whatToDo']);
		expect(json[2]).toMatchObject({ error: 'The prompt is empty [item 2]' });
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2].map((item) => ({ item })));
		expect(tasks).toHaveLength(2);
	});

	it('go to the error output when the node has one', async () => {
		const { json, errorItems } = await runOnce(BY_SCENE, {
			service: {
				outcome: (_, ordinal) => (ordinal === 1 ? { message: 'no GPU left' } : undefined),
			},
			items: [{ scene: 'one' }, { scene: 'two' }],
			settings: { onError: 'continueErrorOutput' },
		});

		expect(json.map(({ prompt }) => prompt)).toEqual(['two']);
		expect(errorItems.map(({ json: { scene, status } }) => [scene, status])).toEqual([
			['one', 'failed'],
		]);
	});

	it('and end the run are told with all tasks of the run', async () => {
		const { error, tasks } = await runOnce(
			{},
			{
				service: {
					renderSeconds: (_, ordinal) => (ordinal === 3 ? 0 : Infinity),
					outcome: (_, ordinal) => (ordinal === 3 ? { message: 'no GPU left' } : undefined),
				},
				items: [{}, {}, {}],
			},
		);

		const told = `${error?.message} ${error?.description}`;
		for (const { taskId } of tasks) expect(told).toContain(taskId);
	});
});
