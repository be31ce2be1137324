/* eslint-disable no-console */
import { expect, it } from '@jest/globals';

import type { FaultEffect, SimulatorOptions } from '../../../simulator';
import { useBinaryStore } from '../../../support/engine/binaryData';
import { runLuma, type LumaRun } from '../../../support/engine/engine';
import { FAST_POLLING, startService } from '../../../support/engine/service';

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

interface Counts {
	faults: number;
	survived: number;
	refused: number;
	lost: number;
	paidTwice: number;
}

/** Runs some items with one fault, and counts what became of each video. */
async function countsOf(effect: FaultEffect, calls: (typeof CALLS)[number]): Promise<Counts> {
	const fault = { route: 'media', calls: calls === 'every' ? calls : [...calls], effect } as const;
	const service: SimulatorOptions = { renderSeconds: 0.1, faults: [fault] };
	const { simulator, url } = await startService(service);
	const run = await runLuma({
		url,
		items: Array.from({ length: ITEMS }, (_, index) => ({ scene: `Scene ${index}` })),
		parameters: {
			prompt: '={{ $json.scene }}',
			options: { ...FAST_POLLING, binaryOutput: ['video'] },
		},
		settings: { onError: 'continueRegularOutput' },
	});
	const refused = run.json.filter(isRefusedClearly).length;
	const survived = run.items.filter(({ binary }) => binary?.data.mimeType === 'video/mp4').length;
	const told = new Set(run.json.map(({ taskId, videoUrl }) => videoUrl && taskId));
	return {
		faults: 1,
		survived: Number(survived === ITEMS),
		refused: Number(survived < ITEMS && survived + refused === ITEMS),
		lost: [...simulator.tasks.keys()].filter((taskId) => !told.has(taskId)).length,
		paidTwice: simulator.tasks.size - ITEMS,
	};
}

/** The message names the task, the item keeps its video's address, and there is something to do. */
function isRefusedClearly({ error, whatToDo, taskId, videoUrl }: LumaRun['json'][number]): boolean {
	return String(error).includes(String(taskId)) && Boolean(whatToDo) && Boolean(videoUrl);
}

it('loses no paid video to a download that goes wrong, and pays none twice', async () => {
	const trials = EFFECTS.flatMap((effect) => CALLS.map((calls) => countsOf(effect, calls)));
	const counts = await Promise.all(trials);
	const total = (name: keyof Counts) => counts.reduce((sum, one) => sum + one[name], 0);

	console.info(
		`    call  faults  survived  refused clearly  lost  paid twice\ndownload  ${String(total('faults')).padStart(6)}  ${String(total('survived')).padStart(8)}  ${String(total('refused')).padStart(15)}  ${String(total('lost')).padStart(4)}  ${String(total('paidTwice')).padStart(10)}`,
	);
	expect(total('lost')).toBe(0);
	expect(total('paidTwice')).toBe(0);
	expect(total('survived') + total('refused')).toBe(counts.length);
	expect(total('survived')).toBeGreaterThan(counts.length / 3);
});
