import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { runAgent, type Tool } from '../../../support/engine/agent';
import { LUMA, runLuma, type LumaRun } from '../../../support/engine/engine';
import { FAST_POLLING, count, PROMPT, startService } from '../../../support/engine/service';

const getMany = { resource: 'task', operation: 'getMany' };

async function make(url: string, howMany: number, parameters: IDataObject = {}) {
	const run = await runLuma({
		url,
		items: Array.from({ length: howMany }, () => ({})),
		parameters: { prompt: PROMPT, waitMode: 'none', options: { maxConcurrency: 1 }, ...parameters },
	});
	return run.json.map(({ taskId }) => String(taskId));
}

it('lists the newest tasks first, as flat items in the words of the other operations', async () => {
	const { url } = await startService({ queueSeconds: 60 });
	const options = { maxConcurrency: 1, serviceMode: 'public' };
	const made = await make(url, 3, { options });
	const { json } = await runLuma({ url, parameters: { ...getMany, limit: 2 } });

	expect(json.map(({ taskId }) => taskId)).toEqual([made[2], made[1]]);
	expect(json[0]).toEqual({
		taskId: made[2],
		status: 'pending',
		action: 'video_generation',
		serviceMode: 'public',
		costUsd: 0.2,
		createdAt: expect.stringMatching(/Z$/),
		updatedAt: expect.stringMatching(/Z$/),
	});
});

describe.each(['snake', 'camel'] as const)(
	'when the list names its fields in %s case',
	(historyCase) => {
		it('reads page after page until it has all', async () => {
			const { simulator, url } = await startService({
				historyCase,
				queueSeconds: 60,
				balanceUsd: 1000,
			});
			const made = await make(url, 205);
			const { json } = await runLuma({ url, parameters: { ...getMany, returnAll: true } });

			expect(json.map(({ taskId }) => taskId).sort()).toEqual(made.sort());
			expect(count(simulator, 'history')).toBe(3);
		});
	},
);

it('finds the tasks of one status', async () => {
	const { url } = await startService({
		outcome: (_, ordinal) => (ordinal === 2 ? { message: 'no GPU left', atOnce: true } : undefined),
	});
	await runLuma({
		url,
		items: [{}, {}, {}],
		parameters: { prompt: PROMPT, options: { ...FAST_POLLING, maxConcurrency: 1 } },
		settings: { onError: 'continueRegularOutput' },
	});
	const { json } = await runLuma({ url, parameters: { ...getMany, status: 'failed' } });

	expect(json).toHaveLength(1);
	expect(json[0]).toMatchObject({ status: 'failed', costUsd: 0 });
});

it('keeps to the times that were asked for', async () => {
	const { url } = await startService({ queueSeconds: 60 });
	await make(url, 1);
	const hour = 3_600_000;
	const past = new Date(Date.now() - hour).toISOString();
	const soon = new Date(Date.now() + hour).toISOString();

	const within = await runLuma({
		url,
		parameters: { ...getMany, createdAfter: past, createdBefore: soon },
	});
	const before = await runLuma({ url, parameters: { ...getMany, createdBefore: past } });
	const after = await runLuma({
		url,
		parameters: { ...getMany, createdAfter: '={{ $now.plus({ hours: 1 }) }}' },
	});

	expect([within, before, after].map(({ json }) => json.length)).toEqual([1, 0, 0]);
});

it.each([
	['a limit of nothing', { limit: 0 }, "'Limit' cannot be “0”"],
	[
		'a time that is a word',
		{ createdAfter: '=yesterday' },
		"'Created After' is not a time: “yesterday”",
	],
	[
		'times in the wrong order',
		{ createdAfter: '2026-02-01T00:00:00Z', createdBefore: '2026-01-01T00:00:00Z' },
		"'Created After' lies after 'Created Before'",
	],
	['an unknown status', { status: '=lost' }, "'Status' cannot be “lost”"],
])('says what is wrong with %s, before any request', async (_, parameters, message) => {
	const { simulator, url } = await startService();
	const { error } = await runLuma({ url, parameters: { ...getMany, ...parameters } });

	expect(error?.message).toBe(`${message}`);
	expect(simulator.calls).toEqual([]);
});

describe('with Include Details', () => {
	const detailed = { ...getMany, includeDetails: true };

	function hintsOf({ data }: LumaRun): string[] {
		return (data.resultData.runData[LUMA][0].hints ?? []).map(({ message }) => message);
	}

	it('each task has its prompt and links, for one request a task', async () => {
		const { simulator, url } = await startService({ renderSeconds: 0 });
		const [taskId] = await make(url, 1);
		await make(url, 1, { prompt: `${PROMPT}, again` });
		const run = await runLuma({ url, parameters: detailed });

		expect(run.json.map(({ prompt }) => prompt)).toEqual([`${PROMPT}, again`, PROMPT]);
		const links = { videoUrl: expect.stringMatching(/mp4$/), thumbnailUrl: expect.any(String) };
		expect(run.json[1]).toMatchObject({ taskId, status: 'completed', costUsd: 0.2, ...links });
		expect(Object.keys(run.json[0])).toHaveLength(10);
		expect(count(simulator, 'read')).toBe(2);
		expect(hintsOf(run)).toEqual([]);
	});

	it('reads 50 tasks at most, and says that the others have no details', async () => {
		const { simulator, url } = await startService({ queueSeconds: 60, balanceUsd: 1000 });
		await make(url, 52);
		const run = await runLuma({ url, parameters: { ...detailed, returnAll: true } });

		const prompts = run.json.map(({ prompt }) => prompt);
		expect(prompts).toEqual([...Array.from({ length: 50 }, () => PROMPT), null, null]);
		expect(count(simulator, 'read')).toBe(50);
		expect(hintsOf(run)).toEqual([expect.stringContaining('first 50')]);
	});

	it('lists a task all the same that PiAPI has deleted', async () => {
		const unknown = { kind: 'answer', status: 404 } as const;
		const { url } = await startService({
			faults: [{ route: 'read', calls: [1], effect: unknown }],
		});
		const [taskId] = await make(url, 1);
		const { json } = await runLuma({ url, parameters: detailed });
		expect(json).toEqual([expect.objectContaining({ taskId, prompt: null, videoUrl: null })]);
	});

	it("reads the tasks where an agent's tool is to give a field that only they have", async () => {
		const { simulator, url } = await startService({ queueSeconds: 60 });
		const [taskId] = await make(url, 1);
		const answerWith = async (...outputFields: string[]) => {
			let answer = '';
			const model = { call: async (tool: Tool) => (answer = await tool.invoke({})) };
			const parameters = { ...getMany, output: 'selected', outputFields };
			await runAgent({ url, parameters, model });
			return JSON.parse(answer) as IDataObject[];
		};

		expect(await answerWith('status')).toEqual([{ taskId, status: 'pending' }]);
		expect(count(simulator, 'read')).toBe(0);
		expect(await answerWith('prompt')).toEqual([{ taskId, prompt: PROMPT }]);
		expect(count(simulator, 'read')).toBe(1);
	});

	it("gives PiAPI's own tasks with Simplify off", async () => {
		const { url } = await startService({ queueSeconds: 60 });
		const [taskId] = await make(url, 1);
		const { json } = await runLuma({ url, parameters: { ...detailed, simplify: false } });
		expect(json[0].task).toMatchObject({ task_id: taskId, input: { prompt: PROMPT } });
	});
});

describe('cancelling a task', () => {
	const cancel = { resource: 'task', operation: 'cancel', taskId: '={{ $json.taskId }}' };

	it('returns the money when it has not started', async () => {
		const { simulator, url } = await startService({ queueSeconds: 60, balanceUsd: 1 });
		const [taskId] = await make(url, 1);
		const { json } = await runLuma({ url, items: [{ taskId }], parameters: cancel });

		expect(json).toEqual([
			{
				taskId,
				cancelled: true,
				status: 'cancelled',
				message: expect.stringContaining('not charged'),
			},
		]);
		expect(simulator.balancePoints).toBe(10_000_000);
	});

	it('explains that a running task cannot be cancelled', async () => {
		const { url } = await startService({ renderSeconds: 60 });
		const [taskId] = await make(url, 1);
		const { json, error } = await runLuma({ url, items: [{ taskId }], parameters: cancel });

		expect(error).toBeUndefined();
		expect(json).toEqual([
			{
				taskId,
				cancelled: false,
				status: 'processing',
				message: expect.stringContaining('Task → Wait'),
			},
		]);
	});

	it('explains that PiAPI does not know the task', async () => {
		const { url } = await startService();
		const { error } = await runLuma({
			url,
			items: [{ taskId: 'c42f6ec7-0000-4b8e-9d5e-000000000000' }],
			parameters: cancel,
		});

		expect(error?.message).toContain('PiAPI does not know this task');
	});
});
