import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Simulator } from '../../simulator';
import { retryOf, runLuma } from '../../support/engine/engine';
import { picture, useBinaryStore } from '../../support/engine/binaryData';
import { startMediaHost } from '../../support/engine/mediaHost';
import { count, FAST_POLLING, PROMPT, startService } from '../../support/engine/service';

const THREE = { prompt: PROMPT, options: { ...FAST_POLLING, numberOfVideos: 3 } };
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const CONTINUE = { onError: 'continueRegularOutput' as const };

/** The seeds of the creates, in the order in which they were sent. */
function seedsOf({ calls }: Simulator): unknown[] {
	const creates = calls.filter(({ route }) => route === 'create');
	return creates.map(({ body }) => (body as { input: IDataObject }).input.seed);
}

function noVideoForTask(ordinalWithoutVideo: number) {
	return (_: unknown, ordinal: number) =>
		ordinal === ordinalWithoutVideo ? { message: 'no GPU left' } : undefined;
}

it('makes as many videos of each item as asked for, side by side, paired with the item', async () => {
	const { simulator, url } = await startService();
	const { items, json } = await runLuma({
		url,
		items: [
			{ scene: 'a fox', many: 2 },
			{ scene: 'a hen', many: 1 },
			{ scene: 'a bee', many: 3 },
		],
		parameters: {
			prompt: '={{ $json.scene }}',
			options: { ...FAST_POLLING, numberOfVideos: '={{ $json.many }}' },
		},
	});

	const scenes = ['a fox', 'a fox', 'a hen', 'a bee', 'a bee', 'a bee'];
	expect(json.map(({ prompt }) => prompt)).toEqual(scenes);
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
		[0, 0, 1, 2, 2, 2].map((item) => ({ item })),
	);
	expect(new Set(json.map(({ videoUrl }) => videoUrl)).size).toBe(6);
	const routes = simulator.calls.map(({ route }) => route);
	expect(routes.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => 'create'));
});

describe('seeds', () => {
	it.each([
		['follow one another', 41, [41, 42, 43]],
		['begin anew after the largest', 2 ** 32 - 2, [2 ** 32 - 2, 2 ** 32 - 1, 0]],
	])('%s', async (_, seed, seeds) => {
		const { simulator, url } = await startService();
		await runLuma({ url, parameters: { ...THREE, options: { ...THREE.options, seed } } });
		expect(seedsOf(simulator).sort()).toEqual([...seeds].sort());
	});

	it('follow one another from the seed of the additional input', async () => {
		const { simulator, url } = await startService();
		const options = { ...THREE.options, seed: 1, additionalInput: '{ "seed": 7 }' };
		await runLuma({ url, parameters: { ...THREE, options } });
		expect(seedsOf(simulator).sort()).toEqual([7, 8, 9]);
	});

	it('are left to Luma when none is set', async () => {
		const { simulator, url } = await startService();
		await runLuma({ url, parameters: THREE });
		expect(seedsOf(simulator)).toEqual([undefined, undefined, undefined]);
	});
});

describe('files', () => {
	const store = useBinaryStore();

	it('have names that tell the videos of an item apart', async () => {
		const { url } = await startService();
		const options = { ...THREE.options, binaryOutput: ['video', 'thumbnail'] };
		const { items } = await runLuma({ url, parameters: { ...THREE, options } });

		expect(items.map(({ binary }) => binary?.data.fileName)).toEqual(
			[1, 2, 3].map((number) => `luma-a-red-fox-is-trotting-along-${number}.mp4`),
		);
		expect(items[1].binary?.dataThumbnail.fileName).toMatch(/-2-thumbnail\.jpg$/);
	});

	it('of the input are uploaded once for all videos of an item', async () => {
		const { simulator, url } = await startService();
		const { json } = await runLuma({
			url,
			items: [await store.item(picture.png())],
			parameters: { ...THREE, operation: 'imageToVideo', startImageSource: 'binary' },
		});

		expect(json).toHaveLength(3);
		expect(count(simulator, 'upload')).toBe(1);
	});
});

describe('Max Spend', () => {
	const options = { ...THREE.options, maxSpendUsd: 0.5 };

	it('counts each video, and creates none when not all of them fit', async () => {
		const { simulator, url } = await startService();
		const { error } = await runLuma({ url, parameters: { ...THREE, options } });

		expect(error?.message).toContain('spending limit');
		expect(error?.message).toContain('video 3 of 3');
		expect(error?.description).toContain('$0.60');
		expect(simulator.tasks.size).toBe(0);
	});

	it('creates those that fit where On Error is set to continue', async () => {
		const { simulator, url } = await startService();
		const { items, json } = await runLuma({
			url,
			parameters: { ...THREE, options },
			settings: CONTINUE,
		});

		expect(json.map(({ status }) => status)).toEqual(['completed', 'completed', undefined]);
		expect(json[2].error).toContain('video 3 of 3');
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 0 },
			{ item: 0 },
		]);
		expect(simulator.tasks.size).toBe(2);
	});
});

it('shows the request of each video and their sum in a dry run', async () => {
	const { simulator, url } = await startService();
	const { json } = await runLuma({
		url,
		items: [{}, {}],
		parameters: { ...THREE, duration: 10, options: { ...THREE.options, dryRun: true, seed: 5 } },
	});

	expect(json).toHaveLength(6);
	for (const item of json) {
		expect(item).toMatchObject({ expectedCostUsd: 0.4, expectedCostOfAllItemsUsd: 2.4 });
	}
	const seeds = json.map(
		({ request }) => (request as { body: { input: IDataObject } }).body.input.seed,
	);
	expect(seeds).toEqual([5, 6, 7, 5, 6, 7]);
	expect(simulator.tasks.size).toBe(0);
});

it('gives a video that could not be made an item of its own where On Error is set to continue', async () => {
	const { url } = await startService({ outcome: noVideoForTask(2) });
	const { json } = await runLuma({
		url,
		parameters: { ...THREE, options: { ...THREE.options, maxConcurrency: 1 } },
		settings: CONTINUE,
	});

	expect(json.map(({ status }) => status)).toEqual(['completed', 'failed', 'completed']);
	expect(json[1].error).toContain('video 2 of 3');
});

it('has one message for a picture that cannot be used, however many videos were asked for', async () => {
	const svg = await startMediaHost(Buffer.from('<svg xmlns="x"></svg>'));
	const { simulator, url } = await startService();
	const { json } = await runLuma({
		url,
		parameters: { ...THREE, operation: 'imageToVideo', startImageUrl: svg.url },
		settings: CONTINUE,
	});

	expect(json).toEqual([expect.objectContaining({ error: expect.stringContaining('SVG') })]);
	expect(simulator.tasks.size).toBe(0);
});

describe('a retry', () => {
	it('creates only the video that could not be made', async () => {
		const { simulator, url } = await startService({ outcome: noVideoForTask(2) });
		const { json, error } = await runLuma({
			url,
			parameters: { ...THREE, options: { ...THREE.options, maxConcurrency: 1 } },
			settings: RETRY_ON_FAIL,
		});

		expect(error).toBeUndefined();
		expect(json.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
		expect(count(simulator, 'create')).toBe(4);
	});

	it.each([
		['with equal requests', {}],
		['with seeds', { seed: 11 }],
	])('by a person restores each video in its place: %s', async (_, own) => {
		const { simulator, url } = await startService({ renderSeconds: 1 });
		const tooShort = { ...FAST_POLLING, ...own, maxConcurrency: 1, timeoutMinutes: 0.01 };
		const options = {
			url,
			items: [{}, {}],
			parameters: { ...THREE, options: { ...THREE.options, ...tooShort } },
		};
		const failed = await runLuma(options);
		expect(failed.error?.message).toContain('time limit');

		const retried = await runLuma({ ...options, resume: retryOf(failed) });
		expect(retried.json.map(({ taskId }) => taskId)).toEqual([...simulator.tasks.keys()]);
		expect(count(simulator, 'create')).toBe(6);
	});

	it('for more videos keeps the one that was made', async () => {
		const { simulator, url } = await startService({ renderSeconds: 1 });
		const tooShort = { ...FAST_POLLING, timeoutMinutes: 0.01 };
		const failed = await runLuma({ url, parameters: { prompt: PROMPT, options: tooShort } });
		const [taskId] = simulator.tasks.keys();

		const retried = await runLuma({ url, parameters: THREE, resume: retryOf(failed) });
		expect(retried.json[0].taskId).toBe(taskId);
		expect(retried.json).toHaveLength(3);
		expect(count(simulator, 'create')).toBe(3);
	});
});
