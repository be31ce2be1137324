import { expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { runOnce } from '../../../support/engine/runOnce';

const TWO = { items: [{}, {}] };
const made = async (options: IDataObject, more: Parameters<typeof runOnce>[1] = {}) =>
	await runOnce({ options }, more);

it('advises to pin the output after a manual run that has paid, and says what it has paid', async () => {
	const { hints } = await made({}, TWO);

	expect(hints).toEqual([expect.stringContaining('$0.40 this time')]);
	expect(hints[0]).toContain('pin this output');
});

it('advises to download the files with a node of its own, since n8n pins no files', async () => {
	const { hints, items } = await made({ binaryOutput: ['video'] });

	expect(items[0].binary).toBeDefined();
	expect(hints).toEqual([expect.stringMatching(/'Binary Output'.*Video → Download/)]);
});

it('shows each video to watch, with its image, take and item', async () => {
	const { hints, json } = await made({ numberOfVideos: 2 }, TWO);

	expect(hints).toHaveLength(1);
	for (const { videoUrl, thumbnailUrl } of json) {
		expect(hints[0]).toContain(`<a href="${String(videoUrl)}" target="_blank">`);
		expect(hints[0]).toContain(`<img src="${String(thumbnailUrl)}"`);
	}
	expect(hints[0]).toContain('Watch video 2 of 2 [item 1]</a>');
});

it('shows ten videos at most, and says how many more there are', async () => {
	const { hints } = await made({ numberOfVideos: 6, maxSpendUsd: 0 }, TWO);

	expect(hints[0].match(/<a /g)).toHaveLength(10);
	expect(hints[0]).toContain('and 2 more');
});

it('gives no such advice in production, in a dry run, or where a task was only waited for', async () => {
	expect((await made({}, { mode: 'trigger' })).hints).toEqual([]);
	expect((await made({ numberOfVideos: 2 }, { mode: 'webhook' })).hints).toEqual([]);

	const dry = await made({ dryRun: true });
	expect(dry.json[0].dryRun).toBe(true);
	expect(dry.hints.join()).not.toContain('pin');

	const first = await made({});
	const wait = { resource: 'task', operation: 'wait', taskId: first.json[0].taskId };
	const { json, hints } = await first.execute(wait);
	expect(json[0].status).toBe('completed');
	expect(hints[0]).toMatch(/^<a .*Watch video<\/a>$/);
});
