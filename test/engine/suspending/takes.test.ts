import { describe, expect, it } from '@jest/globals';

import { count, PROMPT } from '../../../support/engine/service';
import { startN8n } from '../../../support/engine/suspendedRun';

const TWO_EACH = {
	waitMode: 'callback',
	prompt: '={{ $json.scene }}',
	options: { numberOfVideos: 2 },
};
const ITEMS = [{ scene: `${PROMPT} a` }, { scene: `${PROMPT} b` }];
/** The first video of each item keeps the item's place, which is all that n8n pairs by. */
const ORDER = [ITEMS[0].scene, ITEMS[1].scene, ITEMS[0].scene, ITEMS[1].scene];

describe('several videos of each item', () => {
	it('resume it once, when the last one has ended; the right item is named for one that failed', async () => {
		const n8n = await startN8n();
		const settings = { onError: 'continueRegularOutput' as const };
		const { json: waiting } = await n8n.run({ items: ITEMS, parameters: TWO_EACH, settings });
		const [last, ...others] = waiting
			.map(({ taskId }) => n8n.simulator.tasks.get(String(taskId))!)
			.reverse();
		n8n.simulator.fail(last, { message: 'no GPU left' });
		n8n.complete(...others);
		const json = await n8n.resumed();

		expect(waiting.map(({ prompt }) => prompt)).toEqual(ORDER);
		expect(json.slice(0, 3).map(({ prompt }) => prompt)).toEqual(ORDER.slice(0, 3));
		expect(json.map(({ taskId }) => taskId)).toEqual(waiting.map(({ taskId }) => taskId));
		const statuses = json.map(({ status }) => status);
		expect(statuses).toEqual(['completed', 'completed', 'completed', 'failed']);
		expect(json[3].error).toContain('[item 1]');
		const [{ items }, ...again] = n8n.resumedRuns;
		expect(items.slice(0, 2).map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
		]);
		expect(again).toEqual([]);
		expect(count(n8n.simulator, 'create')).toBe(4);
	});

	it('are an item each when no webhook comes in time, and the node before is left untouched', async () => {
		const n8n = await startN8n();
		const { data } = await n8n.run({ items: ITEMS, parameters: TWO_EACH });
		const { json } = await n8n.expire();

		const timeout = { status: 'timeout', videoUrl: null };
		expect(json).toMatchObject(ORDER.map((prompt) => ({ prompt, ...timeout })));
		expect(new Set(json.map(({ taskId }) => taskId))).toEqual(new Set(n8n.simulator.tasks.keys()));
		const [start] = data.resultData.runData.Start;
		expect(start.data!.main[0]!.map((item) => item.json)).toEqual(ITEMS);
	});
});

describe('a later node that reads the matching item of an earlier one', () => {
	it.each([
		["={{ $('Start').item.json.id }}", TWO_EACH, true],
		['={{ $("Start").itemMatching(0).json.id }}', TWO_EACH, true],
		['=Of {{ $(`Start`).item.json.id }}', TWO_EACH, true],
		["={{ $('Start').first().json.id }}", TWO_EACH, false],
		["={{ $('Luma Dream Machine').item.json.taskId }}", TWO_EACH, false],
		["={{ $('Start').item.json.id }}", { ...TWO_EACH, options: {} }, false],
	])(
		'is named before anything is paid where n8n could not find it: %s, %j',
		async (text, parameters, isNamed) => {
			const n8n = await startN8n();
			const { error } = await n8n.run({ items: ITEMS, parameters, later: { rounds: text } });
			const named = expect.stringMatching(/“Later”.*“Start”.*'Wait Mode'/);
			expect(error?.message).toEqual(isNamed ? named : undefined);
			expect(n8n.tasks.length > 0).toBe(!isNamed);
		},
	);
});
