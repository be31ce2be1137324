import { expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { runLuma } from '../../../support/engine/engine';
import { count, PROMPT, startService } from '../../../support/engine/service';
import { createTasks } from '../../../support/engine/webhookRequests';

async function getMany(url: string, own: IDataObject = {}) {
	return await runLuma({ url, parameters: { resource: 'task', operation: 'getMany', ...own } });
}

it('lists the newest tasks first, as flat items in the words of the other operations', async () => {
	const { url } = await startService({ queueSeconds: Infinity });
	const options = { maxConcurrency: 1, serviceMode: 'public' };
	const { json: made } = await runLuma({
		url,
		items: [{}, {}, {}],
		parameters: { prompt: PROMPT, waitMode: 'none', options },
	});
	const { json } = await getMany(url, { limit: 2 });

	expect(json.map(({ taskId }) => taskId)).toEqual([made[2].taskId, made[1].taskId]);
	expect(json[0]).toEqual({
		taskId: made[2].taskId,
		status: 'pending',
		action: 'video_generation',
		serviceMode: 'public',
		costUsd: 0.2,
		createdAt: expect.stringMatching(/Z$/),
		updatedAt: expect.stringMatching(/Z$/),
	});
});

it.each(['snake', 'camel'] as const)(
	'reads page after page until it has all, also with fields named in %s case',
	async (historyCase) => {
		const service = { historyCase, queueSeconds: Infinity, balanceUsd: 1000 };
		const { simulator, url } = await startService(service);
		const made = await createTasks(url, 205);
		const { json } = await getMany(url, { returnAll: true });

		expect(json.map(({ taskId }) => taskId).sort()).toEqual(made.sort());
		expect(count(simulator, 'history')).toBe(3);
	},
);

it('finds the tasks of one status', async () => {
	const { simulator, url } = await startService({ renderSeconds: Infinity });
	const [, failed] = await createTasks(url, 3);
	simulator.fail(simulator.tasks.get(failed)!);
	const { json } = await getMany(url, { status: 'failed' });
	expect(json).toEqual([expect.objectContaining({ taskId: failed, status: 'failed', costUsd: 0 })]);
});

it('keeps to the times that were asked for', async () => {
	const { url } = await startService();
	await createTasks(url, 1);
	const past = new Date(Date.now() - 3_600_000).toISOString();
	const soon = new Date(Date.now() + 3_600_000).toISOString();
	const found: number[] = [];
	for (const times of [
		{ createdAfter: past, createdBefore: soon },
		{ createdBefore: past },
		{ createdAfter: '={{ $now.plus({ hours: 1 }) }}' },
	]) {
		found.push((await getMany(url, times)).json.length);
	}
	expect(found).toEqual([1, 0, 0]);
});

it.each([
	[{ limit: 0 }, "'Limit' cannot be “0”"],
	[{ createdAfter: '=yesterday' }, "'Created After' is not a time: “yesterday”"],
	[
		{ createdAfter: '2026-02-01T00:00:00Z', createdBefore: '2026-01-01T00:00:00Z' },
		"'Created After' lies after 'Created Before'",
	],
	[{ status: '=lost' }, "'Status' cannot be “lost”"],
])('says what is wrong with %j, before any request', async (parameters, message) => {
	const { simulator, url } = await startService();
	expect((await getMany(url, parameters)).error?.message).toBe(message);
	expect(simulator.calls).toEqual([]);
});
