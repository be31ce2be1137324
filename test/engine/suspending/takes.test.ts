import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { until } from '../../../support/eventually';
import { count, PROMPT, startService } from '../../../support/engine/service';
import { startN8nWithWebhooks, type N8nWithWebhooks } from '../../../support/engine/suspendedRun';

const TWO_EACH = {
	waitMode: 'callback',
	prompt: '={{ $json.scene }}',
	options: { numberOfVideos: 2 },
};
const ITEMS = [{ scene: `${PROMPT} a` }, { scene: `${PROMPT} b` }];
/** The first video of each item keeps the item's place, which is all that n8n pairs by. */
const ORDER = [ITEMS[0].scene, ITEMS[1].scene, ITEMS[0].scene, ITEMS[1].scene];

let n8n: N8nWithWebhooks;
beforeEach(async () => {
	n8n = await startN8nWithWebhooks();
});
afterEach(async () => await n8n.close());

it('resumes once, when the last video of the last item has ended', async () => {
	const { simulator, url } = await startService({
		renderSeconds: (_, ordinal) => [1.6, 1.2, 1.9, 1.4][ordinal - 1],
	});
	const suspended = await n8n.run({ url, items: ITEMS, parameters: TWO_EACH });
	await until('it is resumed', () => suspended.resumedRuns.length > 0, 20_000);

	const [{ items, json }] = suspended.resumedRuns;
	expect(json.map(({ prompt }) => prompt)).toEqual(ORDER);
	expect(json.every(({ status }) => status === 'completed')).toBe(true);
	expect(new Set(json.map(({ taskId }) => taskId)).size).toBe(4);
	expect(items.slice(0, 2).map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	expect(count(simulator, 'create')).toBe(4);
	expect(suspended.resumedRuns).toHaveLength(1);
});

it('returns an item for each video when no webhook comes in time, and leaves the node before untouched', async () => {
	const { simulator, url } = await startService({ renderSeconds: 600 });
	const suspended = await n8n.run({ url, items: ITEMS, parameters: TWO_EACH });
	const { json } = await suspended.expire();

	expect(json.map(({ prompt, status }) => [prompt, status])).toEqual(
		ORDER.map((prompt) => [prompt, 'timeout']),
	);
	expect(new Set(json.map(({ taskId }) => taskId))).toEqual(new Set(simulator.tasks.keys()));
	const [start] = suspended.run.data.resultData.runData.Start;
	expect(start.data!.main[0]!.map(({ json: before }) => before)).toEqual(ITEMS);
});

describe('a later node that reads the matching item of an earlier one', () => {
	const run = async (text: string, parameters: object = TWO_EACH) => {
		const { simulator, url } = await startService({ renderSeconds: 600 });
		const later = { rounds: text };
		const { run: suspended } = await n8n.run({
			url,
			items: ITEMS,
			parameters: { ...parameters },
			later,
		});
		return { message: suspended.error?.message ?? '', created: count(simulator, 'create') };
	};

	it.each([
		"={{ $('Start').item.json.id }}",
		'={{ $("Start").itemMatching(0).json.id }}',
		'=Of {{ $(`Start`).item.json.id }}',
	])('is named before anything is paid: %s', async (text) => {
		const { message, created } = await run(text);
		expect(message).toMatch(/“Later”.*“Start”.*'Wait Mode'/);
		expect(created).toBe(0);
	});

	it.each([
		["$('Start').first().json.id", TWO_EACH],
		[`$('Luma Dream Machine').item.json.taskId`, TWO_EACH],
		["$('Start').item.json.id", { ...TWO_EACH, options: {} }],
	])('holds up nothing that n8n can find: %s', async (expression, parameters) => {
		const { message, created } = await run(`={{ ${expression} }}`, parameters);
		expect(message).toBe('');
		expect(created).toBeGreaterThan(0);
	});
});

it('names the right item when one of several videos could not be made', async () => {
	const { url } = await startService({
		renderSeconds: 1.2,
		outcome: (_, ordinal) => (ordinal === 4 ? { message: 'no GPU left' } : undefined),
	});
	const suspended = await n8n.run({
		url,
		items: ITEMS,
		parameters: { ...TWO_EACH, options: { ...TWO_EACH.options, maxConcurrency: 1 } },
		settings: { onError: 'continueRegularOutput' },
	});
	await until('it is resumed', () => suspended.resumedRuns.length > 0, 20_000);

	const [{ json }] = suspended.resumedRuns;
	expect(json.map(({ status }) => status)).toEqual([
		'completed',
		'completed',
		'completed',
		'failed',
	]);
	expect(json[3].error).toContain('[item 1]');
});
