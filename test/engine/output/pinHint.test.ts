import { expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { LUMA, runLuma, type LumaRun, type LumaRunOptions } from '../../../support/engine/engine';
import { FAST_POLLING, PROMPT, startService } from '../../../support/engine/service';

async function hintsOf(options: IDataObject, more: Partial<LumaRunOptions> = {}) {
	const { simulator, url } = await startService();
	const { parameters, ...rest } = more;
	const run: LumaRun = await runLuma({
		url,
		parameters: { prompt: PROMPT, options: { ...FAST_POLLING, ...options }, ...parameters },
		...rest,
	});
	const [{ hints = [] }] = run.data.resultData.runData[LUMA];
	return { simulator, run, hints: hints.map(({ message }) => message) };
}

it('advises to pin the output after a manual run that has paid, and says what it has paid', async () => {
	const { hints } = await hintsOf({}, { items: [{}, {}] });

	expect(hints).toEqual([expect.stringContaining('$0.40 this time')]);
	expect(hints[0]).toContain('pin this output');
});

it('advises to download the files with a node of its own, since n8n pins no files', async () => {
	const { hints, run } = await hintsOf({ binaryOutput: ['video'] });

	expect(run.items[0].binary).toBeDefined();
	expect(hints).toEqual([expect.stringMatching(/'Binary Output'.*Video → Download/)]);
});

it('shows each video to watch, with its image, take and item', async () => {
	const { hints, run } = await hintsOf({ numberOfVideos: 2 }, { items: [{}, {}] });

	expect(hints).toHaveLength(1);
	for (const { videoUrl, thumbnailUrl } of run.json) {
		expect(hints[0]).toContain(`<a href="${String(videoUrl)}" target="_blank">`);
		expect(hints[0]).toContain(`<img src="${String(thumbnailUrl)}"`);
	}
	expect(hints[0]).toContain('Watch video 2 of 2 [item 1]</a>');
});

it('shows ten videos at most, and says how many more there are', async () => {
	const { hints } = await hintsOf({ numberOfVideos: 6, maxSpendUsd: 0 }, { items: [{}, {}] });

	expect(hints[0].match(/<a /g)).toHaveLength(10);
	expect(hints[0]).toContain('and 2 more');
});

it('gives no such advice in production, in a dry run, or where a task was only waited for', async () => {
	expect((await hintsOf({}, { mode: 'trigger' })).hints).toEqual([]);
	expect((await hintsOf({ numberOfVideos: 2 }, { mode: 'webhook' })).hints).toEqual([]);

	const dry = await hintsOf({ dryRun: true });
	expect(dry.run.json[0].dryRun).toBe(true);
	expect(dry.hints.join()).not.toContain('pin');

	const { simulator, run } = await hintsOf({});
	const wait = { resource: 'task', operation: 'wait', taskId: run.json[0].taskId };
	const waited = await runLuma({ url: simulator.baseUrl, parameters: wait as IDataObject });
	expect(waited.json[0].status).toBe('completed');
	const [{ message }] = waited.data.resultData.runData[LUMA][0].hints ?? [];
	expect(message).toMatch(/^<a .*Watch video<\/a>$/);
});
