/* eslint-disable no-console */
import { expect, it } from '@jest/globals';

import type { FaultEffect } from '../../../simulator';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { CONTINUE, runOnce } from '../../../support/engine/runOnce';

useBinaryStore();

const ITEMS = 3;

/** Every kind of fault that a media host can have. */
const EFFECTS: FaultEffect[] = [
	{ kind: 'reset' },
	{ kind: 'hang', seconds: 0.3 },
	{ kind: 'slow', seconds: 0.2 },
	{ kind: 'cutOff' },
	{ kind: 'html', status: 200 },
	...[502, 520].map((status) => ({ kind: 'html', status }) as const),
	...[401, 403, 404, 408, 410, 429, 500, 503].map(
		(status) => ({ kind: 'answer', status }) as const,
	),
	{ kind: 'answer', status: 200, body: '' },
	{ kind: 'answer', status: 200, body: { code: 500 } },
	{ kind: 'answer', status: 206, body: 'part' },
	{ kind: 'answer', status: 302, headers: { location: 'ftp://127.0.0.1/video.mp4' } },
	{ kind: 'answer', status: 302, headers: {} },
];

/** First, middle and last download, and all of them with all their repetitions. */
const CALLS = [[1], [2], [3], 'every'] as const;

/** Runs some items with one fault, and tells what became of their videos. */
async function outcomeOf(effect: FaultEffect, calls: (typeof CALLS)[number]) {
	const faults = [
		{ route: 'media' as const, calls: calls === 'every' ? calls : [...calls], effect },
	];
	const items = Array.from({ length: ITEMS }, (_, index) => ({ scene: `Scene ${index}` }));
	const parameters = { prompt: '={{ $json.scene }}', options: { binaryOutput: ['video'] } };
	const run = await runOnce(parameters, { items, service: { faults }, ...CONTINUE });
	const survived = run.items.filter(({ binary }) => binary?.data.mimeType === 'video/mp4').length;
	// The message names the task, the item keeps its video's address, and there is something to do.
	const refused = run.json.filter(
		({ error, whatToDo, taskId, videoUrl }) =>
			String(error).includes(String(taskId)) && whatToDo && videoUrl,
	);
	const told = new Set(run.json.map(({ taskId, videoUrl }) => videoUrl && taskId));
	expect(run.tasks.filter(({ taskId }) => !told.has(taskId))).toEqual([]);
	expect(run.tasks).toHaveLength(ITEMS);
	expect(survived + refused.length).toBe(ITEMS);
	return survived === ITEMS ? 'survived' : 'refused';
}

it('loses no paid video to a download that goes wrong, and pays none twice', async () => {
	const trials = EFFECTS.flatMap((effect) => CALLS.map((calls) => outcomeOf(effect, calls)));
	const outcomes = await Promise.all(trials);

	const survived = outcomes.filter((outcome) => outcome === 'survived').length;
	console.info(`${outcomes.length} faults of downloads: ${survived} survived, the rest refused`);
	expect(survived).toBeGreaterThan(outcomes.length / 3);
});
