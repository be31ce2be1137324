import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Simulator } from '../../simulator';
import { retryOf } from '../../support/engine/engine';
import { picture, useBinaryStore } from '../../support/engine/binaryData';
import { startMediaHost } from '../../support/engine/mediaHost';
import { CONTINUE, NEVER, openService, runOnce, SHORT } from '../../support/engine/runOnce';

const ONE_BY_ONE = { maxConcurrency: 1 };

const three = (options: IDataObject = {}) => ({ options: { numberOfVideos: 3, ...options } });

/** The seeds of the creates, in order: they are sent side by side. */
function seedsOf({ calls }: Simulator): unknown[] {
	const creates = calls.filter(({ route }) => route === 'create');
	return creates.map(({ body }) => (body as { input: IDataObject }).input.seed).sort();
}

function secondFails(_: unknown, ordinal: number) {
	return ordinal === 2 ? { message: 'no GPU left' } : undefined;
}

it('makes as many videos of each item as asked for, side by side, paired with the item', async () => {
	const { items, json, simulator } = await runOnce(
		{ prompt: '={{ $json.scene }}', options: { numberOfVideos: '={{ $json.many }}' } },
		{
			items: [
				{ scene: 'a fox', many: 2 },
				{ scene: 'a hen', many: 1 },
				{ scene: 'a bee', many: 3 },
			],
		},
	);

	const scenes = ['a fox', 'a fox', 'a hen', 'a bee', 'a bee', 'a bee'];
	expect(json.map(({ prompt }) => prompt)).toEqual(scenes);
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
		[0, 0, 1, 2, 2, 2].map((item) => ({ item })),
	);
	expect(new Set(json.map(({ videoUrl }) => videoUrl)).size).toBe(6);
	const routes = simulator.calls.map(({ route }) => route);
	expect(routes.slice(0, 6)).toEqual(Array(6).fill('create'));
});

it.each<[string, IDataObject, unknown[]]>([
	['follow one another', { seed: 41 }, [41, 42, 43]],
	['begin anew after the largest', { seed: 2 ** 32 - 2 }, [0, 2 ** 32 - 2, 2 ** 32 - 1]],
	['follow that of Additional Input', { seed: 1, additionalInput: '{ "seed": 7 }' }, [7, 8, 9]],
	['are left to Luma when none is set', {}, [undefined, undefined, undefined]],
])('seeds %s', async (_, options, seeds) => {
	const { simulator } = await runOnce(three(options));
	expect(seedsOf(simulator)).toEqual(seeds);
});

describe('files', () => {
	const store = useBinaryStore();

	it('have names that tell the videos of an item apart', async () => {
		const { items } = await runOnce(three({ binaryOutput: ['video', 'thumbnail'] }));

		expect(items.map(({ binary }) => binary?.data.fileName)).toEqual(
			[1, 2, 3].map((number) => `luma-a-red-fox-is-trotting-along-${number}.mp4`),
		);
		expect(items[1].binary?.dataThumbnail.fileName).toMatch(/-2-thumbnail\.jpg$/);
	});

	it('of the input are uploaded once for all videos of an item', async () => {
		const { json, count } = await runOnce(
			{ operation: 'imageToVideo', startImageSource: 'binary', ...three() },
			{ items: [await store.item(picture.png())] },
		);

		expect(json).toHaveLength(3);
		expect(count('upload')).toBe(1);
	});
});

describe('Max Spend', () => {
	const limited = three({ maxSpendUsd: 0.5 });

	it('counts each video, and creates none when not all of them fit', async () => {
		const { error, simulator } = await runOnce(limited);

		expect(error?.message).toContain('spending limit');
		expect(error?.message).toContain('video 3 of 3');
		expect(error?.description).toContain('$0.60');
		expect(simulator.tasks.size).toBe(0);
	});

	it('creates those that fit where On Error is set to continue', async () => {
		const { items, json, simulator } = await runOnce(limited, CONTINUE);

		expect(json.map(({ status }) => status)).toEqual(['completed', 'completed', undefined]);
		expect(json[2].error).toContain('video 3 of 3');
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(Array(3).fill({ item: 0 }));
		expect(simulator.tasks.size).toBe(2);
	});
});

it('shows the request of each video and their sum in a dry run', async () => {
	const { json, simulator } = await runOnce(
		{ duration: 10, ...three({ dryRun: true, seed: 5 }) },
		{ items: [{}, {}] },
	);

	expect(json).toHaveLength(6);
	for (const item of json) {
		expect(item).toMatchObject({ expectedCostUsd: 0.4, expectedCostOfAllItemsUsd: 2.4 });
	}
	const requests = json.map(({ request }) => request as { body: { input: IDataObject } });
	expect(requests.map(({ body }) => body.input.seed)).toEqual([5, 6, 7, 5, 6, 7]);
	expect(simulator.tasks.size).toBe(0);
});

it('gives a video that could not be made an item of its own where On Error is set to continue', async () => {
	const { json } = await runOnce(three(ONE_BY_ONE), {
		service: { outcome: secondFails },
		...CONTINUE,
	});

	expect(json.map(({ status }) => status)).toEqual(['completed', 'failed', 'completed']);
	expect(json[1].error).toContain('video 2 of 3');
});

it('has one message for a picture that cannot be used, however many videos were asked for', async () => {
	const svg = await startMediaHost(Buffer.from('<svg xmlns="x"></svg>'));
	const parameters = { operation: 'imageToVideo', startImageUrl: svg.url };
	const { json, simulator } = await runOnce({ ...parameters, ...three() }, CONTINUE);

	expect(json).toEqual([expect.objectContaining({ error: expect.stringContaining('SVG') })]);
	expect(simulator.tasks.size).toBe(0);
});

describe('a retry', () => {
	it('creates only the video that could not be made', async () => {
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		const { json, error, count } = await runOnce(three(ONE_BY_ONE), {
			service: { outcome: secondFails },
			settings,
		});

		expect(error).toBeUndefined();
		expect(json.map(({ status }) => status)).toEqual(Array(3).fill('completed'));
		expect(count('create')).toBe(4);
	});

	it.each([
		['with equal requests', {}],
		['with seeds', { seed: 11 }],
	])('by a person restores each video in its place: %s', async (_, seed) => {
		let renderSeconds = Infinity;
		const { execute, simulator, tasks, count } = await openService({
			renderSeconds: () => renderSeconds,
		});
		const parameters = three({ ...ONE_BY_ONE, ...seed, ...SHORT });
		const items = [{}, {}];
		const failed = await execute(parameters, { items });
		expect(failed.error?.message).toContain('time limit');

		renderSeconds = 0;
		tasks().forEach((task) => simulator.complete(task));
		const retried = await execute(parameters, { items, resume: retryOf(failed) });
		expect(retried.json.map(({ taskId }) => taskId)).toEqual([...simulator.tasks.keys()]);
		expect(count('create')).toBe(6);
	});

	it('for more videos keeps the one that was made', async () => {
		const { execute, simulator, tasks, count } = await openService({
			...NEVER,
			renderSeconds: (_, ordinal) => (ordinal === 1 ? Infinity : 0),
		});
		const failed = await execute({ options: SHORT });
		simulator.complete(tasks()[0]);

		const retried = await execute(three(), { resume: retryOf(failed) });
		expect(retried.json[0].taskId).toBe(tasks()[0].taskId);
		expect(retried.json).toHaveLength(3);
		expect(count('create')).toBe(3);
	});
});
