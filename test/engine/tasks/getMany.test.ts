import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { askTool } from '../../../support/engine/agent';
import { runLuma } from '../../../support/engine/engine';
import { count, PROMPT, startService } from '../../../support/engine/service';
import { startServiceWith } from '../../../support/engine/webhookRequests';
import { answer, fault } from '../../../support/faults';

const GET_MANY = { resource: 'task', operation: 'getMany' };

async function getMany(url: string, own: IDataObject = {}) {
	return await runLuma({ url, parameters: { ...GET_MANY, ...own } });
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
		const { simulator, url, made } = await startServiceWith(205, service);
		const { json } = await getMany(url, { returnAll: true });

		expect(json.map(({ taskId }) => taskId).sort()).toEqual(made.sort());
		expect(count(simulator, 'history')).toBe(3);
	},
);

it('finds the tasks of one status', async () => {
	const { simulator, url, made } = await startServiceWith(3, { renderSeconds: Infinity });
	const [, failed] = made;
	simulator.fail(simulator.tasks.get(failed)!);
	const { json } = await getMany(url, { status: 'failed' });
	expect(json).toEqual([expect.objectContaining({ taskId: failed, status: 'failed', costUsd: 0 })]);
});

it('keeps to the times that were asked for', async () => {
	const { url } = await startServiceWith(1);
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

describe('with Include Details', () => {
	const detailed = { includeDetails: true };

	it('each task has its prompt and links, for one request a task', async () => {
		const prompts = [PROMPT, `${PROMPT}, again`];
		const { simulator, url, made } = await startServiceWith(prompts, { renderSeconds: 0 });
		const run = await getMany(url, detailed);

		expect(run.json.map(({ prompt }) => prompt)).toEqual([`${PROMPT}, again`, PROMPT]);
		const links = { videoUrl: expect.stringMatching(/mp4$/), thumbnailUrl: expect.any(String) };
		expect(run.json[1]).toMatchObject({
			taskId: made[0],
			status: 'completed',
			costUsd: 0.2,
			...links,
		});
		expect(Object.keys(run.json[0])).toHaveLength(10);
		expect(count(simulator, 'read')).toBe(2);
		expect(run.hints).toEqual([]);
	});

	it('reads 50 tasks at most, and says that the others have no details', async () => {
		const { simulator, url } = await startServiceWith(52);
		const run = await getMany(url, { ...detailed, returnAll: true });

		const prompts = run.json.map(({ prompt }) => prompt);
		expect(prompts).toEqual([...Array<string>(50).fill(PROMPT), null, null]);
		expect(count(simulator, 'read')).toBe(50);
		expect(run.hints).toEqual([expect.stringContaining('first 50')]);
	});

	it('lists a task all the same that PiAPI has deleted', async () => {
		const { url, made } = await startServiceWith(1, { faults: [fault('read', answer(404))] });
		const { json } = await getMany(url, detailed);
		expect(json).toEqual([
			expect.objectContaining({ taskId: made[0], prompt: null, videoUrl: null }),
		]);
	});

	it("reads the tasks where an agent's tool is to give a field that only they have", async () => {
		const { simulator, url, made } = await startServiceWith(1, { queueSeconds: Infinity });
		const [taskId] = made;
		const answerWith = async (...outputFields: string[]) => {
			const parameters = { ...GET_MANY, output: 'selected', outputFields };
			const { answers } = await askTool({ url, parameters });
			return JSON.parse(answers[0]) as IDataObject[];
		};

		expect(await answerWith('status')).toEqual([{ taskId, status: 'pending' }]);
		expect(count(simulator, 'read')).toBe(0);
		expect(await answerWith('prompt')).toEqual([{ taskId, prompt: PROMPT }]);
		expect(count(simulator, 'read')).toBe(1);
	});

	it("gives PiAPI's own tasks with Simplify off", async () => {
		const { url, made } = await startServiceWith(1);
		const { json } = await getMany(url, { ...detailed, simplify: false });
		expect(json[0].task).toMatchObject({ task_id: made[0], input: { prompt: PROMPT } });
	});
});
