import { expect, it } from '@jest/globals';

import { AdjustableClock } from '../../support/virtualTime/adjustableClock';
import { until } from '../../support/eventually';
import { runLuma, startLuma } from '../../support/engine/engine';
import { FAST_POLLING, count, PROMPT, startService } from '../../support/engine/service';

it('creates one task and returns its video as a flat item', async () => {
	const { simulator, url } = await startService();
	const { json, items, error } = await runLuma({
		url,
		parameters: { prompt: PROMPT, options: FAST_POLLING },
	});

	const [taskId] = simulator.tasks.keys();
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
	const { simulator, url } = await startService();
	await runLuma({ url, parameters: { prompt: `  ${PROMPT} `, options: FAST_POLLING } });

	expect(simulator.calls[0].body).toEqual({
		model: 'luma',
		task_type: 'video_generation',
		input: { model: 'ray-v2', prompt: PROMPT, duration: 5, aspect_ratio: '16:9' },
		config: { webhook_config: { endpoint: '', secret: expect.any(String) } },
	});
});

it('sends every option that is set, and lets the additional input win', async () => {
	const { simulator, url } = await startService();
	await runLuma({
		url,
		parameters: {
			prompt: PROMPT,
			aspectRatio: '9:16',
			duration: 10,
			options: {
				...FAST_POLLING,
				model: 'ray-v1',
				loop: true,
				expandPrompt: true,
				seed: 42,
				serviceMode: 'public',
				additionalInput: '{ "seed": 7, "camera_motion": "orbit" }',
			},
		},
	});

	expect(simulator.calls[0].body).toEqual({
		model: 'luma',
		task_type: 'video_generation',
		input: {
			model: 'ray-v1',
			prompt: PROMPT,
			duration: 10,
			aspect_ratio: '9:16',
			loop: true,
			expand_prompt: true,
			seed: 7,
			camera_motion: 'orbit',
		},
		config: {
			service_mode: 'public',
			webhook_config: { endpoint: '', secret: expect.any(String) },
		},
	});
});

it('reads the parameters of each item by its own expressions', async () => {
	const { url } = await startService();
	const { json } = await runLuma({
		url,
		items: [{ idea: 'a lighthouse in a storm' }, { idea: 'a bee landing on clover' }],
		parameters: { prompt: '=Close shot of {{ $json.idea }}', options: FAST_POLLING },
	});

	expect(json.map(({ prompt }) => prompt)).toEqual([
		'Close shot of a lighthouse in a storm',
		'Close shot of a bee landing on clover',
	]);
});

it('returns the task as PiAPI wrote it when Simplify is off, without a top-level error', async () => {
	const { url } = await startService();
	const { json } = await runLuma({
		url,
		parameters: { prompt: PROMPT, simplify: false, options: FAST_POLLING },
	});

	expect(Object.keys(json[0]).sort()).toEqual(['status', 'task', 'taskId', 'videoUrl']);
	expect(json[0].task).toMatchObject({
		task_id: json[0].taskId,
		error: { code: 0 },
		meta: { usage: {} },
	});
});

it('creates one task only when Retry On Fail is on and the first try succeeds', async () => {
	const { simulator, url } = await startService();
	const { error } = await runLuma({
		url,
		parameters: { prompt: PROMPT, simplify: false, options: FAST_POLLING },
		settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
	});

	expect(error).toBeUndefined();
	expect(count(simulator, 'create')).toBe(1);
});

it('returns the task at once when it does not wait', async () => {
	const { simulator, url } = await startService({ queueSeconds: 60 });
	const { json } = await runLuma({ url, parameters: { prompt: PROMPT, waitMode: 'none' } });

	expect(json[0]).toMatchObject({
		taskId: [...simulator.tasks.keys()][0],
		status: 'pending',
		videoUrl: null,
		completedAt: null,
		costUsd: 0.2,
	});
	expect(count(simulator, 'read')).toBe(0);
});

it('creates 50 tasks before any of them is ready, each once, and returns the videos paired and in order', async () => {
	const clock = new AdjustableClock();
	const { simulator, url } = await startService({ clock, renderSeconds: 3600, concurrency: 50 });
	const items = Array.from({ length: 50 }, (_, index) => ({ scene: `Scene ${index}` }));
	const running = startLuma({ url, items, parameters: { prompt: '={{ $json.scene }}' } });
	await until('all are ordered', () => simulator.tasks.size === items.length);
	const statuses = [...simulator.tasks.values()].map(({ status }) => status);
	expect(new Set(statuses)).toEqual(new Set(['processing']));
	clock.advance(3_600_000);
	const { json, items: output } = await running.done;

	expect(json.map(({ prompt }) => prompt)).toEqual(items.map(({ scene }) => scene));
	expect(output.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
	expect(json.every(({ status }) => status === 'completed')).toBe(true);
	expect(count(simulator, 'create')).toBe(50);
});

it('never has more creates under way than Max Concurrency', async () => {
	const { simulator, url } = await startService({
		faults: [{ route: 'create', calls: 'every', effect: { kind: 'slow', seconds: 0.1 } }],
	});
	await runLuma({
		url,
		items: Array.from({ length: 6 }, () => ({})),
		parameters: { prompt: PROMPT, waitMode: 'none', options: { maxConcurrency: 2 } },
	});

	const starts = simulator.calls.map(({ at }) => at);
	const gaps = starts.slice(2).map((at, index) => at - starts[index]);
	expect(starts).toHaveLength(6);
	expect(Math.min(...gaps)).toBeGreaterThanOrEqual(95);
});
