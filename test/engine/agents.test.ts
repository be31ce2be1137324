import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { SimulatorOptions } from '../../simulator';
import { askEngine, askTool, runAgent, type AgentOptions } from '../../support/engine/agent';
import { fieldsShown, TEXT_TO_VIDEO } from '../../support/engine/engine';
import { READY_IN_A_LATER_TRY, SHORT } from '../../support/engine/runOnce';
import { FAST_POLLING, PROMPT, startService } from '../../support/engine/service';

const FROM_MODEL = {
	prompt: "={{ $fromAI('prompt', 'what the video shows', 'string') }}",
	duration: "={{ $fromAI('duration', 'seconds, 5 or 10', 'number') }}",
};

const CAT = 'A cat yawns on a windowsill';

type Own = Partial<Omit<AgentOptions, 'url'>> & { service?: SimulatorOptions };

/** An agent with the node as its tool, and with a PiAPI of its own. */
async function agent({ parameters, service, ...own }: Own = {}) {
	const { simulator, url } = await startService({ renderSeconds: 0, ...service });
	const options = {
		url,
		...own,
		parameters: {
			prompt: FROM_MODEL.prompt,
			...parameters,
			options: { ...FAST_POLLING, ...(parameters?.options as IDataObject) },
		},
	};
	return { simulator, options };
}

/** What the tool answers to calls one after the other. */
async function ask(inputs: IDataObject[], own?: Own) {
	const { simulator, options } = await agent(own);
	const { run, answers } = await askTool(options, inputs);
	return { answers, run, tasks: [...simulator.tasks.values()] };
}

const read = (answer: string) => JSON.parse(answer) as IDataObject[];

describe('the node as the tool of an agent', () => {
	it("makes the model's video and answers with its address in one flat object", async () => {
		const parameters = { duration: FROM_MODEL.duration };
		const { answers, run, tasks } = await ask([{ prompt: PROMPT, duration: 10 }], { parameters });

		expect(run.data.resultData.error).toBeUndefined();
		const [answer] = read(answers[0]);
		expect(answer).toMatchObject({
			taskId: tasks[0].taskId,
			status: 'completed',
			videoUrl: expect.stringMatching(/^http.*\.mp4$/),
			duration: 10,
		});
		const values = Object.values(answer);
		expect(values.filter((value) => value !== null && typeof value === 'object')).toEqual([]);
		expect(tasks.map(({ input }) => input)).toMatchObject([{ prompt: PROMPT, duration: 10 }]);
	});

	it('makes one video for calls that ask for the same, one after the other or at the same time', async () => {
		const { simulator, options } = await agent({ service: { answerSeconds: 0.1 } });
		const prompts = [PROMPT, CAT, PROMPT];
		const made: IDataObject[] = [];
		await runAgent(options, async (tool) => {
			const invoke = async (prompt: string) => read(await tool.invoke({ prompt }))[0];
			made.push(...(await Promise.all(prompts.map(invoke))));
			for (const prompt of prompts) made.push(await invoke(prompt));
		});

		expect(made.map(({ prompt }) => prompt)).toEqual([...prompts, ...prompts]);
		expect(made.map(({ status }) => status)).toEqual(Array(6).fill('completed'));
		expect(new Set(made.map(({ taskId }) => taskId))).toEqual(new Set(simulator.tasks.keys()));
		expect(simulator.tasks.size).toBe(2);
	});

	it.each([
		['seed', [7, 8, 7]],
		['numberOfVideos', [1, 2, 1]],
	])('makes other videos where %s differs', async (name, choices) => {
		const given = { [name]: `={{ $fromAI('choice', '${name}', 'number') }}` };
		const inputs = choices.map((choice) => ({ prompt: PROMPT, choice }));
		const { answers, tasks } = await ask(inputs, { parameters: { options: given } });

		const [first, second, third] = answers.map(read);
		const ids = [...first, ...second].map(({ taskId }) => taskId);
		expect(ids.sort()).toEqual(tasks.map(({ taskId }) => taskId).sort());
		expect(third[0].taskId).toBe(first[0].taskId);
	});

	it('pays once when the agent fails after the answer and is tried again', async () => {
		const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		const { simulator, options } = await agent({ agent: retry });
		let tries = 0;
		const { data } = await runAgent(options, async (tool) => {
			await tool.invoke({ prompt: PROMPT });
			if (++tries < 3) throw new Error('The model gave no answer');
		});

		expect(data.resultData.error).toBeUndefined();
		expect(tries).toBe(3);
		expect(simulator.tasks.size).toBe(1);
	});

	it.each([
		['nothing to show', {}, ' ', /The prompt is empty.*Describe what the video should show/s],
		['a video to sleep for', { waitMode: 'callback' }, PROMPT, /Wait Mode/],
	])(
		'says what to do when it is asked for %s, and creates nothing',
		async (_, own, prompt, said) => {
			const { answers, tasks } = await ask([{ prompt }], { parameters: own });

			expect(answers[0]).toMatch(said);
			expect(tasks).toEqual([]);
		},
	);

	it.each([
		['lumaTool', ['poll', 'none']],
		['luma', ['poll', 'callback', 'none']],
	] as const)('can sleep only where nobody waits for an answer: %s', (type, modes) => {
		const [{ options = [] }] = fieldsShown(type, ['waitMode'], TEXT_TO_VIDEO);
		expect(options.map((option) => 'value' in option && option.value)).toEqual(modes);
	});

	it.each([
		[{}, 5],
		[{ maxSpendUsd: 0.4 }, 2],
		[{ maxSpendUsd: 0 }, 6],
	])('spends $1 in one execution unless the options say otherwise: %j', async (own, expected) => {
		const inputs = [1, 2, 3, 4, 5, 6].map((call) => ({ prompt: `${PROMPT} ${call}` }));
		const { answers, tasks } = await ask(inputs, { parameters: { options: own } });

		expect(tasks).toHaveLength(expected);
		const rejected = answers.filter((answer) => answer.includes('Max Spend (USD)'));
		expect(rejected).toHaveLength(6 - expected);
	});
});

describe('the node as a tool that the engine runs for an agent', () => {
	it('makes a video for every call that asks for another one, and one for all that ask for the same', async () => {
		const { simulator, options } = await agent();
		const prompts = [PROMPT, CAT, PROMPT];
		const inputs = prompts.map((prompt) => ({ prompt }));
		const { run, videos } = await askEngine(options, inputs);

		expect(run.data.resultData.error).toBeUndefined();
		expect(videos.map((video) => video?.prompt)).toEqual(prompts);
		expect(videos[0]?.videoUrl).toMatch(/^http.*\.mp4$/);
		expect(new Set(videos.map((video) => video?.taskId)).size).toBe(2);
		expect(simulator.tasks.size).toBe(2);
	});
});

describe('pays once when Retry On Fail comes back after the time limit', () => {
	const late: Own = {
		service: READY_IN_A_LATER_TRY,
		parameters: { options: SHORT },
		settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
	};

	it('to the tool that the agent calls', async () => {
		expect((await ask([{ prompt: PROMPT }], late)).tasks).toHaveLength(1);
	});

	it('to the tool that the engine runs', async () => {
		const { simulator, options } = await agent(late);
		const { videos } = await askEngine(options, [{ prompt: PROMPT }]);

		expect(videos).toMatchObject([{ status: 'completed' }]);
		expect(simulator.tasks.size).toBe(1);
	});
});
