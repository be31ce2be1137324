import { expect, it } from '@jest/globals';

import { until } from '../../support/eventually';
import { startLuma } from '../../support/engine/engine';
import { runOnce } from '../../support/engine/runOnce';
import { FAST_POLLING, count, PROMPT, startService } from '../../support/engine/service';

it('creates one task and returns its video as a flat item', async () => {
	const service = { readsPerStep: 1, renderSeconds: Infinity };
	const { json, items, error, tasks, url, simulator } = await runOnce(
		{ options: FAST_POLLING },
		{ service },
	);

	const [{ taskId }] = tasks;
	expect(error).toBeUndefined();
	expect(json).toEqual([
		{
			taskId,
			status: 'completed',
			videoUrl: `${url}/media/${taskId}/video_raw.mp4`,
			thumbnailUrl: `${url}/media/${taskId}/thumbnail.jpg`,
			lastFrameUrl: `${url}/media/${taskId}/last_frame.jpg`,
			prompt: PROMPT,
			duration: 5,
			aspectRatio: '16:9',
			costUsd: 0.2,
			completedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
		},
	]);
	expect(items[0].pairedItem).toEqual({ item: 0 });
	expect(count(simulator, 'create')).toBe(1);
});

it('asks for what the fields say, and for nothing that was not set', async () => {
	const { calls } = await runOnce({ prompt: `  ${PROMPT} ` });

	expect(calls[0].body).toEqual({
		model: 'luma',
		task_type: 'video_generation',
		input: { model: 'ray-v2', prompt: PROMPT, duration: 5, aspect_ratio: '16:9' },
		config: { webhook_config: { endpoint: '', secret: expect.any(String) } },
	});
});

it('returns the task as PiAPI wrote it when Simplify is off, without a top-level error, paid once by Retry On Fail', async () => {
	const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
	const { json, tasks } = await runOnce({ simplify: false }, { settings });

	expect(Object.keys(json[0]).sort()).toEqual(['status', 'task', 'taskId', 'videoUrl']);
	expect(json[0].task).toMatchObject({
		task_id: json[0].taskId,
		error: { code: 0 },
		meta: { usage: {} },
	});
	expect(tasks).toHaveLength(1);
});

it('creates 50 tasks before any of them is ready, each once, and returns the videos paired and in order', async () => {
	const { simulator, url } = await startService({ renderSeconds: Infinity, concurrency: 50 });
	const items = Array.from({ length: 50 }, (_, index) => ({ scene: `Scene ${index}` }));
	const running = startLuma({ url, items, parameters: { prompt: '={{ $json.scene }}' } });
	await until('all are ordered', () => simulator.tasks.size === items.length);
	const statuses = [...simulator.tasks.values()].map(({ status }) => status);
	expect(new Set(statuses)).toEqual(new Set(['processing']));
	for (const task of simulator.tasks.values()) simulator.complete(task);
	const { json, items: output } = await running.done;

	expect(json.map(({ prompt }) => prompt)).toEqual(items.map(({ scene }) => scene));
	expect(output.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
	expect(json.every(({ status }) => status === 'completed')).toBe(true);
	expect(count(simulator, 'create')).toBe(50);
});

it('never has more creates under way than Max Concurrency', async () => {
	const effect = { kind: 'slow', seconds: 0.1 } as const;
	const faults = [{ route: 'create', calls: 'every', effect } as const];
	const { calls } = await runOnce(
		{ waitMode: 'none', options: { maxConcurrency: 2 } },
		{ items: Array.from({ length: 6 }, () => ({})), service: { faults } },
	);

	const starts = calls.map(({ at }) => at);
	const gaps = starts.slice(2).map((at, index) => at - starts[index]);
	expect(starts).toHaveLength(6);
	expect(Math.min(...gaps)).toBeGreaterThanOrEqual(95);
});
