import { describe, expect, it } from '@jest/globals';
import { NodeHelpers, type IDataObject } from 'n8n-workflow';

import { Luma } from '../../nodes/Luma/Luma.node';
import { runAgent, type Outcome, type Tool } from '../../support/engine/agent';
import { node } from '../../support/engine/engine';
import { FAST_POLLING, count, PROMPT, startService } from '../../support/engine/service';

const FROM_MODEL = {
	prompt: "={{ $fromAI('prompt', 'what the video shows', 'string') }}",
	duration: "={{ $fromAI('duration', 'seconds, 5 or 10', 'number') }}",
};

const parameters = {
	resource: 'video',
	operation: 'textToVideo',
	prompt: FROM_MODEL.prompt,
	options: FAST_POLLING,
};

function read(answer: string): IDataObject[] {
	return JSON.parse(answer) as IDataObject[];
}

describe('the node as the tool of an agent', () => {
	it('describes to the model what it does and what to give', async () => {
		const { url } = await startService();
		let seen: Tool | undefined;
		await runAgent({
			url,
			parameters: { ...parameters, duration: FROM_MODEL.duration },
			model: { call: async (tool) => (seen = tool) },
		});

		expect(seen?.name).toBe('Luma_Dream_Machine');
		expect(seen?.description).toBe('Create video from text in Luma Dream Machine');
		const { prompt, duration } = seen?.schema.shape ?? {};
		expect(prompt.description).toBe('what the video shows');
		expect(duration.description).toBe('seconds, 5 or 10');
	});

	it("makes the model's video and answers with its address in one flat object", async () => {
		const { simulator, url } = await startService();
		let answer = '';
		const { data } = await runAgent({
			url,
			parameters: { ...parameters, duration: FROM_MODEL.duration },
			model: {
				call: async (tool) => (answer = await tool.invoke({ prompt: PROMPT, duration: 10 })),
			},
		});

		expect(data.resultData.error).toBeUndefined();
		const [task] = simulator.tasks.values();
		expect(read(answer)).toEqual([
			expect.objectContaining({
				taskId: task.taskId,
				status: 'completed',
				videoUrl: expect.stringMatching(/^http.*\.mp4$/),
				duration: 10,
			}),
		]);
		const values = Object.values(read(answer)[0]);
		expect(values.filter((value) => value !== null && typeof value === 'object')).toEqual([]);
		expect(task.input).toMatchObject({ prompt: PROMPT, duration: 10 });
		expect(simulator.tasks.size).toBe(1);
	});

	it('makes a video for every call that asks for another one, and one for all that ask for the same', async () => {
		const { simulator, url } = await startService();
		const prompts = [PROMPT, 'A cat yawns on a windowsill', PROMPT];
		const answers: string[] = [];
		await runAgent({
			url,
			parameters,
			model: {
				call: async (tool) => {
					for (const prompt of prompts) answers.push(await tool.invoke({ prompt }));
					answers.push(
						...(await Promise.all(prompts.map(async (prompt) => await tool.invoke({ prompt })))),
					);
				},
			},
		});

		const made = answers.flatMap(read);
		expect(made.map(({ prompt }) => prompt)).toEqual([...prompts, ...prompts]);
		expect(new Set(made.map(({ taskId }) => taskId)).size).toBe(2);
		expect(simulator.tasks.size).toBe(2);
	});

	it('makes one video for calls at the same time that ask for the same', async () => {
		const { simulator, url } = await startService({ answerSeconds: 0.1 });
		const answers: string[] = [];
		await runAgent({
			url,
			parameters,
			model: {
				call: async (tool) => {
					const calls = [1, 2, 3].map(async () => await tool.invoke({ prompt: PROMPT }));
					answers.push(...(await Promise.all(calls)));
				},
			},
		});

		expect(answers.flatMap(read).map(({ status }) => status)).toEqual(Array(3).fill('completed'));
		expect(simulator.tasks.size).toBe(1);
	});

	it.each([
		['seed', { seed: 7 }, { seed: 8 }],
		['number of videos', { numberOfVideos: 1 }, { numberOfVideos: 2 }],
	])('makes other videos where the %s differs', async (name, one, other) => {
		const { simulator, url } = await startService();
		const given = { [Object.keys(one)[0]]: `={{ $fromAI('choice', '${name}', 'number') }}` };
		const answers: string[] = [];
		await runAgent({
			url,
			parameters: { ...parameters, options: { ...FAST_POLLING, ...given } },
			model: {
				call: async (tool) => {
					for (const [choice] of [one, other, one].map(Object.values)) {
						answers.push(await tool.invoke({ prompt: PROMPT, choice }));
					}
				},
			},
		});

		const [first, second, third] = answers.map(read);
		const ids = [...first, ...second].map(({ taskId }) => taskId);
		expect(new Set(ids)).toEqual(new Set(simulator.tasks.keys()));
		expect(ids).toHaveLength(simulator.tasks.size);
		expect(third[0].taskId).toBe(first[0].taskId);
	});

	it('pays once when the agent fails after the answer and is tried again', async () => {
		const { simulator, url } = await startService();
		let tries = 0;
		const { data } = await runAgent({
			url,
			parameters,
			agent: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			model: {
				call: async (tool) => {
					await tool.invoke({ prompt: PROMPT });
					if (++tries < 3) throw new Error('The model gave no answer');
				},
			},
		});

		expect(data.resultData.error).toBeUndefined();
		expect(tries).toBe(3);
		expect(simulator.tasks.size).toBe(1);
	});

	it('returns each of several videos of a call', async () => {
		const { simulator, url } = await startService();
		let answer = '';
		await runAgent({
			url,
			parameters: { ...parameters, options: { ...FAST_POLLING, numberOfVideos: 2 } },
			model: { call: async (tool) => void (answer = await tool.invoke({ prompt: PROMPT })) },
		});

		const made = read(answer).map(({ taskId }) => taskId);
		expect(new Set(made)).toEqual(new Set(simulator.tasks.keys()));
		expect(made).toHaveLength(2);
	});

	it('says what to do when the model gives nothing to show, and creates nothing', async () => {
		const { simulator, url } = await startService();
		let answer = '';
		await runAgent({
			url,
			parameters,
			model: {
				call: async (tool) =>
					(answer = await tool.invoke({ prompt: ' ' }).catch((error: Error) => error.message)),
			},
		});

		expect(answer).toMatch(/The prompt is empty/);
		expect(answer).toMatch(/Describe what the video should show/);
		expect(count(simulator, 'create')).toBe(0);
	});

	it.each([
		['lumaTool', ['poll', 'none']],
		['luma', ['poll', 'callback', 'none']],
	])('can sleep only where nobody waits for an answer: %s', (name, modes) => {
		const description = { ...new Luma().description, name };
		const { properties } = description;
		const own = { resource: 'video', operation: 'textToVideo' };
		const luma = node({ name: 'Luma', type: name, parameters: own });
		const shown = properties.filter(
			(field) =>
				field.name === 'waitMode' && NodeHelpers.displayParameter(own, field, luma, description),
		);
		const values = shown.flatMap(({ options = [] }) =>
			options.map((option) => 'value' in option && option.value),
		);
		expect(values).toEqual(modes);
	});

	it('says what to choose when it is set to suspend, and creates nothing', async () => {
		const { simulator, url } = await startService();
		let answer = '';
		await runAgent({
			url,
			parameters: { ...parameters, waitMode: 'callback' },
			model: {
				call: async (tool) =>
					(answer = await tool.invoke({ prompt: PROMPT }).catch((error: Error) => error.message)),
			},
		});

		expect(answer).toMatch(/Wait Mode/);
		expect(count(simulator, 'create')).toBe(0);
	});

	it.each([
		[{}, 5],
		[{ maxSpendUsd: 0.4 }, 2],
		[{ maxSpendUsd: 0 }, 6],
	])('spends $1 in one execution unless the options say otherwise: %j', async (own, expected) => {
		const { simulator, url } = await startService({ renderSeconds: 0 });
		const answers: string[] = [];
		await runAgent({
			url,
			parameters: { ...parameters, options: { ...FAST_POLLING, ...own } },
			model: {
				call: async (tool) => {
					for (let call = 1; call <= 6; call++) {
						const answer = tool.invoke({ prompt: `${PROMPT} ${call}` });
						answers.push(await answer.catch((error: Error) => error.message));
					}
				},
			},
		});

		expect(simulator.tasks.size).toBe(expected);
		const rejected = answers.filter((answer) => answer.includes('Max Spend (USD)'));
		expect(rejected).toHaveLength(6 - expected);
	});

	it('pays once when Retry On Fail calls the tool again after the time limit', async () => {
		const { simulator, url } = await startService({ renderSeconds: 1 });
		await runAgent({
			url,
			parameters: { ...parameters, options: { ...FAST_POLLING, timeoutMinutes: 0.01 } },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			model: { call: async (tool) => await tool.invoke({ prompt: PROMPT }) },
		});

		expect(simulator.tasks.size).toBe(1);
	});
});

describe('the node as a tool that the engine runs for an agent', () => {
	it('makes a video for every call that asks for another one, and one for all that ask for the same', async () => {
		const { simulator, url } = await startService();
		const prompts = [PROMPT, 'A cat yawns on a windowsill', PROMPT];
		const outcomes: Outcome[] = [];
		const { data } = await runAgent({
			url,
			parameters,
			model: {
				inputs: prompts.map((prompt) => ({ prompt })),
				take: (brought) => outcomes.push(...brought),
			},
		});

		expect(data.resultData.error).toBeUndefined();
		const videos = outcomes.map((outcome) => outcome.data?.ai_tool?.[0]?.[0].json);
		expect(videos.map((video) => video?.prompt)).toEqual(prompts);
		expect(videos[0]?.videoUrl).toMatch(/^http.*\.mp4$/);
		expect(new Set(videos.map((video) => video?.taskId)).size).toBe(2);
		expect(simulator.tasks.size).toBe(2);
	});

	it('pays once when Retry On Fail comes back after the time limit', async () => {
		const { simulator, url } = await startService({ renderSeconds: 1 });
		const outcomes: Outcome[] = [];
		await runAgent({
			url,
			parameters: { ...parameters, options: { ...FAST_POLLING, timeoutMinutes: 0.01 } },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			model: { inputs: [{ prompt: PROMPT }], take: (brought) => outcomes.push(...brought) },
		});

		expect(outcomes[0].data?.ai_tool?.[0]?.[0].json.status).toBe('completed');
		expect(simulator.tasks.size).toBe(1);
	});
});
